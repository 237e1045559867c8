"""What strategies draw, for tests of them."""

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.strategy import samples, signature_of

MATRICES = [([[1, 2, 3], [4, 5, 6]],), ([[1, 2], [3, 4], [5, 6]],), ([[7]],)]


def drawn(strategy: SearchStrategy[object] | None, count: int = 300) -> list[object]:
    """What Hypothesis draws from a strategy, in a fixed order."""
    assert strategy is not None
    found: list[object] = []

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: object) -> None:
        found.append(value)

    collect()
    return found


def many(source: str, *inputs: tuple[object, ...], count: int = 300, **options: object) -> list[
    tuple[object, ...]
]:  # fmt: skip
    """Argument tuples sampled for a header, given observed ones."""
    observed = [Arguments(args) for args in inputs]
    made = samples(signature_of(source), observed, count=count, **options)  # type: ignore[arg-type]
    return [item.args for item in made if not item.kwargs]


def share(values: Sequence[object], holds: Callable[..., bool]) -> float:
    """The part of the values for which something holds."""
    return sum(map(holds, values)) / len(values)
