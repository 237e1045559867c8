"""Every edge of a number's type in turn: drawn at random, some of them would not come in a run.

`int(math.log10(n)) + 1` miscounts the digits of 10**15 - 1, and of few other numbers.
"""

import math
from collections.abc import Iterator, Sequence

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.bounded import Bounded, edges, is_finite
from perfbot.sandbox.inputs.containers import Items, Unions
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.scalars import (
    FLOAT_EDGES,
    HUGE_EDGES,
    SMALL_EDGES,
    Floats,
    Integers,
    Shape,
)
from perfbot.sandbox.inputs.scope import Scope
from perfbot.sandbox.inputs.signature import Signature
from perfbot.sandbox.inputs.strategy import samples, shapes_of

KEPT = 8
"""So many items of an observed list are kept beside the edge."""
Number = int | float


def with_edge_numbers(
    signature: Signature, observed: Sequence[Arguments], names: Scope
) -> Iterator[list[Arguments]]:
    """For each argument of a declared number type, or a list of one: an input with each edge in it.

    The inputs of an argument come together, those below zero apart, the smallest number first.
    """
    base = _base(signature, observed, names)
    if base is None:
        return
    seen = [it for item in observed if (it := signature.bind(item)) is not None]
    for name, shape in shapes_of(signature, seen, names).items():
        for negative in (False, True) if name in base else ():
            yield [
                signature.call({**{key: fresh(item) for key, item in base.items()}, name: value})
                for value in _values(shape, base[name], negative)
            ]


def _base(
    signature: Signature, observed: Sequence[Arguments], names: Scope
) -> dict[str, object] | None:
    """The first input seen, or one that is drawn."""
    for item in (*observed[:1], *samples(signature, observed, count=1, max_size=4, names=names)):
        bound = signature.bind(item)
        if bound is not None:
            return bound
    return None


def _values(shape: Shape, seen: object, negative: bool) -> Iterator[object]:
    if isinstance(shape, Unions):
        for option in shape.options:
            yield from _values(option, seen, negative)
        return
    inner = shape.shape if isinstance(shape, Bounded) else shape
    if isinstance(inner, Items) and inner.kind == "list":
        kept = seen[:KEPT] if isinstance(seen, list) else []
        for number in _numbers(inner.element, negative):
            for made in ([number], [*kept, number]):
                if not isinstance(shape, Bounded) or shape.bounds.allow(made):
                    yield made
    else:
        yield from _numbers(shape, negative)


def _numbers(shape: Shape, negative: bool) -> Iterator[Number]:
    """The edges of a shape of declared numbers on one side of zero; none of another shape."""
    inner = shape.shape if isinstance(shape, Bounded) else shape
    found: list[Number] = []
    if isinstance(inner, Integers) and inner.declared:
        found = [*SMALL_EDGES, *HUGE_EDGES]
        if isinstance(shape, Bounded):
            for limit, inwards in ((shape.bounds.low, 1), (shape.bounds.high, -1)):
                if is_finite(limit):
                    found += [math.floor(limit), math.floor(limit) + inwards]
    elif isinstance(inner, Floats) and inner.declared:
        found = [*FLOAT_EDGES, *(edges(shape.bounds) if isinstance(shape, Bounded) else ())]
    found.sort(key=lambda number: -1.0 if number != number else min(abs(number), 1e308))
    distinct = {(type(number), repr(number)): number for number in found}
    for number in distinct.values():
        allowed = not isinstance(shape, Bounded) or shape.bounds.allow(number)
        if allowed and (number < 0) is negative:
            yield number
