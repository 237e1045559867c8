"""Hypothesis in the parent: draws argument lists, and shrinks one that refutes."""

import time
from collections.abc import Callable, Sequence

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.inputs.annotations import aliases_in
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.signature import Signature
from perfbot.sandbox.inputs.strategy import build

SHRINK_S = 3.0
Visit = Callable[[bytes], bool]
"""Takes encoded arguments; True: this input refutes, shrink it."""


def arguments_of(inputs: bytes) -> Arguments:
    """Encoded [args, kwargs] as values that the parent may hold."""
    args, kwargs = decode(inputs)
    return Arguments(tuple(args), dict(kwargs))


def inputs_of(arguments: Arguments) -> bytes:
    """The encoded form of an argument list. Raises: WireError."""
    return encode([arguments.args, dict(arguments.kwargs)])


def explore(
    signature: Signature,
    observed: Sequence[Arguments],
    visit: Visit,
    *,
    file_source: str,
    examples: int,
    seed: int,
    max_size: int,
    max_int: int | None = None,
    literals: Sequence[object] = (),
    budget_s: float = 30.0,
) -> bytes | None:
    """Draw up to `examples` inputs and visit each; the smallest one that refutes, or None.

    None also where the parameters' values are unknown: no annotation and nothing observed.
    Hypothesis shrinks what refutes for at most `SHRINK_S` seconds.
    """
    import hypothesis
    from hypothesis.errors import HypothesisException

    strategy = build(
        signature,
        observed,
        literals=literals,
        max_size=max_size,
        max_int=max_int,
        aliases=aliases_in(file_source),
    )
    if strategy is None:
        return None
    refuting: list[bytes] = []
    deadline = time.monotonic() + budget_s

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(strategy)
    def search(arguments: Arguments) -> None:
        nonlocal deadline
        if time.monotonic() > deadline:
            return
        try:
            inputs = inputs_of(arguments)
        except WireError:
            return
        if visit(inputs):
            if not refuting:
                deadline = time.monotonic() + SHRINK_S
            refuting.append(inputs)
            raise Refuted

    try:
        search()
    except (Refuted, HypothesisException):
        # Flaky is what Hypothesis calls a search that ran out of our time while shrinking.
        if not refuting:
            raise
    return min(refuting, key=len) if refuting else None


class Refuted(Exception):  # noqa: N818 - a signal to Hypothesis, not an error
    """Tells Hypothesis that an input refutes."""
