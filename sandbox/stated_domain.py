"""What a target's docstring and annotations forbid, less what its own code has a say in.

A `raise` of the original's own for what is forbidden is behaviour, and edits have to keep it.
"""

from collections.abc import Iterator

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.exploration import encoded
from perfbot.sandbox.inputs.bounded import Bounded, just_outside
from perfbot.sandbox.inputs.choices import SeededChoices
from perfbot.sandbox.inputs.containers import Unions
from perfbot.sandbox.inputs.drawing import Drawing
from perfbot.sandbox.inputs.scalars import Shape
from perfbot.sandbox.inputs.signature import Signature, marked
from perfbot.sandbox.inputs.stated import just_below, least_ints
from perfbot.sandbox.inputs.strategy import samples
from perfbot.sandbox.patience import FUZZ_CPU_S, FUZZ_WALL_S


def stated_floors(baseline: Baseline) -> dict[str, int]:
    """The least ints that the docstring allows, less those below which the original has a say."""
    observed = baseline.observed()
    floors = least_ints(baseline.target.source, baseline.signature, observed)
    bound = next((it for item in observed if (it := baseline.signature.bind(item))), {})
    for name, floor in list(floors.items()):
        value = just_below(floor, bound.get(name))
        if value is None:
            del floors[name]
            continue
        for inputs in encoded([baseline.signature.call({**bound, name: value})]):
            outcome = baseline.oracle.ask(inputs, cpu_s=FUZZ_CPU_S, wall_s=FUZZ_WALL_S).outcomes[0]
            if outcome.status == "raise" and outcome.explicit:
                del floors[name]
    return floors


def with_enforced(baseline: Baseline) -> Signature:
    """The signature, in which parameters are marked whose bounds the original itself enforces."""
    shapes = baseline.bounded_shapes().items()
    return marked(
        baseline.signature, {name for name, shape in shapes if refuses(baseline, name, shape)}
    )


def refuses(baseline: Baseline, name: str, shape: Shape) -> bool:
    """Whether the original raises, by a `raise` of its own, just outside a parameter's bounds."""
    signature = baseline.signature
    drawn = samples(signature, (), count=1, names=baseline.scope(), max_size=baseline.size_limit)
    bound = next(
        (it for item in (*baseline.observed(), *drawn) if (it := signature.bind(item))), {}
    )
    values = just_outside_of(shape, name) if name in bound else ()
    for inputs in encoded(signature.call({**bound, name: value}) for value in values):
        outcome = baseline.oracle.ask(inputs, cpu_s=FUZZ_CPU_S, wall_s=FUZZ_WALL_S).outcomes[0]
        if outcome.status == "raise" and outcome.explicit:
            return True
    return False


def just_outside_of(shape: Shape, name: str) -> Iterator[object]:
    """Values that miss a bound of the parameter itself, not of what its values hold."""
    options = shape.options if isinstance(shape, Unions) else (shape,)
    found = {type(it.shape): it for it in options if isinstance(it, Bounded)}
    for option in found.values():
        yield from just_outside(option, Drawing(SeededChoices(0), 20), (name,))
