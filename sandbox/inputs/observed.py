"""Shapes from observed values: what they have in common, generalised, with no special values.

`None` for a shape means that nothing is known, so that no value can be drawn.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from perfbot.sandbox.drivers.values import Drained
from perfbot.sandbox.inputs import arrays, text
from perfbot.sandbox.inputs.containers import Field, Items, Mappings, Positions, Records, Unions
from perfbot.sandbox.inputs.drawing import Drawing
from perfbot.sandbox.inputs.scalars import (
    Complexes,
    Constants,
    Data,
    Floats,
    Integers,
    Opaques,
    Shape,
    Texts,
)
from perfbot.sandbox.inputs.special import MAKERS, Specials

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
MAX_SEEN = 400
"""Values looked at per place; of more, an evenly spaced sample."""
MAX_DEPTH = 8
MAX_DECIMALS = 6
RECORD_MAX_KEYS = 20
TABLE_MIN_ROWS = 3
SEQUENCES: dict[type, str] = {
    list: "list",
    tuple: "tuple",
    set: "set",
    frozenset: "frozenset",
    Drained: "iterator",
}


def strategy_from(values: Sequence[object]) -> "SearchStrategy[object] | None":
    """A strategy for values like the observed ones, or None where there are none."""
    shape = infer(values)
    return None if shape is None else as_strategy(shape)


def as_strategy(shape: Shape, *, max_size: int = 64) -> "SearchStrategy[object]":
    """The Hypothesis strategy that draws from `shape`."""
    from hypothesis import strategies

    from perfbot.sandbox.inputs.choices import DrawnChoices

    @strategies.composite
    def drawn(draw: strategies.DrawFn) -> object:
        return shape.draw(Drawing(DrawnChoices(draw), max_size), ("value",))

    return drawn()


def infer(values: Sequence[object], depth: int = 0) -> Shape | None:
    """The shape of the observed values: one option per type, the frequent ones more often."""
    by_type: dict[type, list[object]] = {}
    for value in sampled(values):
        by_type.setdefault(type(value), []).append(value)
    options: list[Shape] = []
    total = sum(len(group) for group in by_type.values())
    for kind, group in by_type.items():
        weight = 1 if len(by_type) == 1 else max(1, round(4 * len(group) / total))
        options += [_of_type(kind, group, depth)] * weight
    if not options:
        return None
    return options[0] if len(by_type) == 1 else Unions(tuple(options))


def _of_type(kind: type, values: list[object], depth: int) -> Shape:
    if kind is int:
        return integers(values)
    if kind is float:
        return floats(values)
    if kind is str:
        return texts(values)
    if kind is bool:
        return Constants((False, True))
    if kind is complex:
        return complexes(values)
    if kind in (bytes, bytearray):
        return data(values, mutable=kind is bytearray)
    if kind in MAKERS:
        return specials(kind, values)
    if arrays.is_array(values[0]):
        return arrays.arrays_like(values) or Opaques(tuple(values[:50]))
    if depth < MAX_DEPTH:
        if kind is tuple and len({len(value) for value in of(tuple, values)}) == 1:
            return _positions("tuple", of(tuple, values), depth)
        if kind is list and depth > 0 and _are_rows_of_a_table(of(list, values)):
            return _positions("list", of(list, values), depth)
        if kind in SEQUENCES:
            return _items(SEQUENCES[kind], values, depth)
        if kind is dict:
            return _dict(of(dict, values), depth)
    return Constants((None,)) if kind is type(None) else Opaques(tuple(values[:50]))


def of(kind: type[T], values: Iterable[object]) -> list[T]:
    """Those of the values whose type is exactly `kind`."""
    return [value for value in values if type(value) is kind]


def sampled(values: Sequence[object]) -> Sequence[object]:
    """At most `MAX_SEEN` of the values, evenly spaced, the first and last among them."""
    if len(values) <= MAX_SEEN:
        return values
    stride = len(values) / (MAX_SEEN - 1)
    return [values[int(at * stride)] for at in range(MAX_SEEN - 1)] + [values[-1]]


def elements(values: Iterable[object]) -> list[object]:
    """The elements of all the observed containers together, a fair share from each."""
    found: list[object] = []
    for value in values:
        if isinstance(value, Drained):
            found.extend(sampled(value.items))
        elif isinstance(value, (list, tuple, range)):
            found.extend(sampled(value))
        elif isinstance(value, dict):
            found.extend(sampled(list(value)))
        elif isinstance(value, (set, frozenset)):
            found.extend(sampled(sorted(value, key=repr)))  # not in the order of their hashes
    return found


def lengths(values: Iterable[object]) -> list[int]:
    """The lengths of the observed containers."""
    return [
        len(value.items) if isinstance(value, Drained) else len(value)
        for value in values
        if isinstance(value, (Drained, list, tuple, range, set, frozenset, dict, str, bytes))
    ]


def integers(values: Iterable[object], *, declared: bool = False) -> Integers:
    """Ints near the observed ones; bools among them do not count."""
    seen: list[int] = sorted(set(of(int, values)))
    if not seen:
        return Integers(declared)
    shown = of(int, sampled(seen))
    near = sorted({value + step for value in shown for step in (-1, 0, 1)})
    return Integers(declared, tuple(near), seen[0], seen[-1])


def floats(values: Iterable[object], *, declared: bool = False) -> Floats:
    """Floats of the observed range and precision; NaN and infinities only as observed."""
    seen = list(dict.fromkeys(of(float, values)))
    finite = [value for value in seen if abs(value) < float("inf")]
    if not finite:
        return Floats(declared, tuple(seen))
    decimals = max(_decimals(value) for value in finite)
    known = decimals if decimals <= MAX_DECIMALS else None
    # Where zero was observed, its sign is within what was observed.
    zeros = (0.0, -0.0) if 0.0 in finite else ()
    return Floats(declared, (*seen, *zeros), min(finite), max(finite), known)


def _decimals(value: float) -> int:
    written = repr(value)
    if "e" in written:
        return MAX_DECIMALS + 1
    return len(written.partition(".")[2].rstrip("0"))


def texts(values: Iterable[object], *, declared: bool = False) -> Texts:
    """Strings of the observed alphabet or format."""
    seen = of(str, values)
    longest = max(map(len, seen), default=8)
    short = tuple(dict.fromkeys(value for value in seen if len(value) <= 200))
    return Texts(text.style_of(seen), declared, short, longest)


def data(values: Iterable[object], *, mutable: bool, declared: bool = False) -> Data:
    """bytes or bytearray over the observed bytes."""
    seen = [bytes(value) for value in values if isinstance(value, (bytes, bytearray))]
    observed = bytes(sorted(set(b"".join(value[:200] for value in seen))))
    every = bytes(range(256))
    alphabet = observed + every if declared else observed + b"abc019 "
    return Data(mutable, alphabet, tuple(seen[:50]), max(map(len, seen), default=8))


def complexes(values: Iterable[object], *, declared: bool = False) -> Complexes:
    """Complex numbers whose parts are like the observed parts."""
    seen = of(complex, values)
    parts: list[object] = [part for value in seen for part in (value.real, value.imag)]
    return Complexes(floats(parts, declared=declared))


def specials(kind: type, values: Iterable[object], *, declared: bool = False) -> Specials:
    """Values of a standard type near the observed ones."""
    return Specials(kind, declared, tuple(value for value in values if type(value) is kind)[:50])


def _items(kind: str, values: list[object], depth: int) -> Shape:
    element = infer(elements(values), depth + 1)
    if element is None:  # only empty ones were observed
        return Opaques(tuple(values[:1]))
    return Items(kind, element, max(lengths(values)))


def _positions(kind: str, values: Sequence[Sequence[object]], depth: int) -> Shape:
    columns = [infer(column, depth + 1) for column in zip(*values, strict=True)]
    return Positions(tuple(shape for shape in columns if shape is not None), kind)


def _are_rows_of_a_table(values: Sequence[list[object]]) -> bool:
    """Whether lists of one length have a type per position, as in `[["ann", 3], ["bob", 5]]`."""
    if len(values) < TABLE_MIN_ROWS or len({len(value) for value in values}) != 1:
        return False
    columns = [{type(item) for item in column} for column in zip(*values, strict=True)]
    return all(len(kinds) == 1 for kinds in columns) and len(set.union(set(), *columns)) > 1


def _dict(values: list[dict[object, object]], depth: int) -> Shape:
    record = _record(values, depth)
    if record is not None:
        return record
    key = infer(elements(values), depth + 1)
    value = infer([item for each in values for item in each.values()], depth + 1)
    if key is None or value is None:
        return Opaques(({},))
    return Mappings(key, value, max(map(len, values)))


def _record(values: list[dict[object, object]], depth: int) -> Records | None:
    """A record where str keys recur from dict to dict, or where values' types go by key."""
    filled = [value for value in values if value]
    keys = dict.fromkeys(key for value in filled for key in value)
    if not keys or len(keys) > RECORD_MAX_KEYS or not all(type(key) is str for key in keys):
        return None
    mixed = len({type(item) for value in filled for item in value.values()}) > 1
    share = sum(len(value) for value in filled) / (len(keys) * len(filled))
    if not (mixed if len(filled) < 3 else share >= 0.75):
        return None
    fields = []
    for key in of(str, keys):
        shape = infer([value[key] for value in filled if key in value], depth + 1)
        if shape is not None:
            fields.append(Field(key, shape, any(key not in value for value in values)))
    return Records(tuple(fields))
