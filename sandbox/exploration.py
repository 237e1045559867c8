"""Generated argument lists: many distinct ones at once, and Hypothesis to shrink what refutes.

Inputs are either *inside* what annotations declare and what the observed inputs have in common, or
*beyond* it: longer alphabets, lengths that no longer agree, numbers out of order. An original that
raises by accident on an input beyond was never meant to take it (DESIGN section 5.7: outside the
domain), so no edit is judged there.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.scope import Scope
from perfbot.sandbox.inputs.signature import Signature
from perfbot.sandbox.inputs.strategy import build, samples

SHRINK_S = 2.0
EXAMPLES = 300
INSIDE, BEYOND = 0, 100
"""Percent of the draws that break what all observed inputs have in common."""
READ_BYTES = 1 << 20
"""Inputs above this size are not read for one number in them."""
Number = TypeVar("Number", int, float)
Visit = Callable[[bytes], bool]
"""Takes encoded arguments; True: this input refutes, shrink it."""


def arguments_of(inputs: bytes) -> Arguments:
    """Encoded [args, kwargs] as values that the parent may hold."""
    args, kwargs = decode(inputs)
    return Arguments(tuple(args), dict(kwargs))


def inputs_of(arguments: Arguments) -> bytes:
    """The encoded form of an argument list. Raises: WireError."""
    return encode([arguments.args, dict(arguments.kwargs)])


def largest(kind: type[Number], inputs: bytes) -> Number:
    """The largest absolute value of an argument of that number type; 0 beside large data."""
    if len(inputs) > READ_BYTES:
        return kind(0)
    arguments: Arguments = arguments_of(inputs)
    values = [*arguments.args, *arguments.kwargs.values()]
    return max(
        (abs(item) for item in values if isinstance(item, kind) and type(item) is kind),
        default=kind(0),
    )


@dataclass(frozen=True, slots=True)
class Source:
    """What inputs are drawn from: the target's header, and inputs seen before."""

    signature: Signature
    observed: tuple[Arguments, ...]
    names: Scope
    max_size: int
    max_int: int | None
    literals: tuple[object, ...] = ()


def draw(source: Source, count: int, seed: int, *, breaking: int) -> Iterator[bytes]:
    """Up to `count` distinct encoded inputs; none where a parameter's values are unknown."""
    return encoded(drawn(source, count, seed, breaking=breaking))


def drawn(source: Source, count: int, seed: int, *, breaking: int) -> tuple[Arguments, ...]:
    """The same as argument lists."""
    return samples(
        source.signature,
        source.observed,
        count=count,
        seed=seed,
        literals=source.literals,
        max_size=source.max_size,
        max_int=source.max_int,
        break_percent=breaking,
        names=source.names,
    )


def encoded(made: Iterable[Arguments]) -> Iterator[bytes]:
    """The encoded form of each of the argument lists that can travel."""
    for arguments in made:
        try:
            yield inputs_of(arguments)
        except WireError:
            continue  # too deep


def smallest(source: Source, refutes: Visit, *, seed: int, breaking: int) -> bytes | None:
    """The smallest input that Hypothesis finds for which `refutes` is true, or None.

    It shrinks what it finds for at most `SHRINK_S` seconds.
    """
    import hypothesis
    from hypothesis.errors import HypothesisException

    strategy = build(
        source.signature,
        source.observed,
        literals=source.literals,
        max_size=source.max_size,
        max_int=source.max_int,
        break_percent=breaking,
        names=source.names,
    )
    if strategy is None:
        return None
    refuting: list[bytes] = []
    deadline = time.monotonic() + SHRINK_S

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(strategy)
    def search(arguments: Arguments) -> None:
        if time.monotonic() > deadline:
            return
        try:
            inputs = inputs_of(arguments)
        except WireError:
            return
        if refutes(inputs):
            refuting.append(inputs)
            raise Refuted

    try:
        search()
    except (Refuted, HypothesisException):
        # Flaky is what Hypothesis calls a search that ran out of our time while shrinking.
        if not refuting:
            raise
    return min(refuting, key=len) if refuting else None


class Refuted(Exception):
    """Tells Hypothesis that an input refutes."""
