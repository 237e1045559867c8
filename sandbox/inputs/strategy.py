"""The strategy of a target's argument lists: annotations, observed inputs and new literals."""

import itertools
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from perfbot.sandbox.inputs import annotations, arrays, observed
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.bounded import unbounded
from perfbot.sandbox.inputs.choices import DrawnChoices, SeededChoices
from perfbot.sandbox.inputs.containers import Items, Mappings, Records
from perfbot.sandbox.inputs.drawing import Drawing, Literals
from perfbot.sandbox.inputs.generic import BARE, OPEN
from perfbot.sandbox.inputs.inferred import with_classes
from perfbot.sandbox.inputs.program_format import StandardInput, format_of
from perfbot.sandbox.inputs.relations import relations_in
from perfbot.sandbox.inputs.scalars import Constants, Shape
from perfbot.sandbox.inputs.scope import Scope
from perfbot.sandbox.inputs.signature import (
    KEYWORDS,
    VARIADIC,
    Parameter,
    Signature,
    default_values,
    flat,
    literals_new_in,
    signature_of,
)
from perfbot.sandbox.inputs.source import Source
from perfbot.sandbox.inputs.within import has_bounds

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["Parameter", "Signature", "build", "literals_new_in", "samples", "signature_of"]

MAX_OBSERVED = 100
"""Observed inputs that are generalised; of more, an evenly spaced sample."""
SHORT_LENGTH = 300
"""Int literals up to here (or `max_size`) are also tried as the length of a list."""
MAX_DEPTH = 20
"""Observed values nested deeper (or within themselves) are not changed."""


def build(
    signature: Signature,
    observed_inputs: Sequence[Arguments] = (),
    *,
    literals: Sequence[object] = (),
    max_size: int = 64,
    max_int: int | None = None,
    break_percent: int = 10,
    names: Scope | None = None,
) -> "SearchStrategy[Arguments] | None":
    """A strategy of argument lists, or None where some required parameter's values are unknown.

    `literals` are fed in wherever their type fits. Containers hold at most `max_size` elements
    (a literal's value apart), ints that are arguments themselves stay within `max_int`.
    `break_percent` of the draws ignore relations that all observed inputs keep.
    `names` is the scope of the target's file.
    """
    from hypothesis import strategies

    source = source_of(signature, observed_inputs, max_size=max_size, names=names)
    if source is None:
        return None
    known = literals_from(literals, max_size)

    @strategies.composite
    def arguments(draw: "DrawFn") -> Arguments:
        drawing = Drawing(DrawnChoices(draw), max_size, known, max_int)
        return source.draw(drawing, break_percent)

    return arguments()


def samples(
    signature: Signature,
    observed_inputs: Sequence[Arguments] = (),
    *,
    count: int,
    seed: int = 0,
    literals: Sequence[object] = (),
    max_size: int = 64,
    max_int: int | None = None,
    break_percent: int = 10,
    names: Scope | None = None,
) -> tuple[Arguments, ...]:
    """Up to `count` distinct argument lists from the same source as `build`, without Hypothesis.

    Over ten times as fast and more varied (Hypothesis repeats itself in order to explore), but
    nothing can shrink them. Deterministic in `seed`. None at all where `build` gives None.
    """
    source = source_of(signature, observed_inputs, max_size=max_size, names=names)
    if source is None:
        return ()
    known = literals_from(literals, max_size)
    found: dict[str, Arguments] = {}
    for attempt in range(3 * count):
        choices = SeededChoices(seed * 1_000_003 + attempt)
        made = source.draw(Drawing(choices, max_size, known, max_int), break_percent)
        found.setdefault(repr(made), made)
        if len(found) == count:
            break
    return tuple(found.values())


def literals_from(values: Sequence[object], max_size: int) -> Literals:
    """Literals by type: ints with their neighbours, and as lengths where they are small."""
    every = flat(values)
    ints = observed.of(int, every)
    near = dict.fromkeys(value + step for value in ints for step in (0, -1, 1))
    limit = max(SHORT_LENGTH, max_size)
    floats = observed.of(float, every)
    return Literals(
        # A literal itself weighs as much as its two neighbours together.
        ints=(*ints, *near),
        floats=(*floats, *(float(value) for value in ints if abs(value) < 2**53)),
        texts=tuple(value for value in observed.of(str, every) if value),
        data=tuple(value for value in observed.of(bytes, every) if value),
        lengths=tuple(value for value in (*ints, *near) if 0 <= value <= limit),
        characters=tuple(chr(value) for value in near if is_character(value)),
    )


def is_character(code_point: int) -> bool:
    """Whether UTF-8 can hold it, in more than one byte."""
    return 0x80 <= code_point <= sys.maxunicode and not 0xD800 <= code_point <= 0xDFFF


def source_of(
    signature: Signature,
    observed_inputs: Sequence[Arguments],
    *,
    max_size: int = 64,
    names: Scope | None = None,
) -> Source | None:
    """What is known of a target's inputs, or None where a required parameter is unknown."""
    inputs = [signature.bind(item) for item in _spread(observed_inputs)]
    seen = [item for item in inputs if item is not None]
    shapes = shapes_of(signature, seen, names if names is not None else Scope(""))
    if any(item.required and item.name not in shapes for item in signature.parameters):
        return None
    given = {name for item in seen for name in item}
    rarely = {item.name for item in signature.parameters if seen and item.name not in given}
    twins = [
        (one, other)
        for one, other in itertools.combinations(shapes, 2)
        if _alike(shapes[one], shapes[other])
    ]
    if any(isinstance(shape, StandardInput) for shape in shapes.values()):
        # A changed copy would break its format; the format itself has what was seen.
        return Source(signature, shapes, relations_in([]), (), frozenset(rarely), ())
    small = tuple(item for item in seen if _weight(item, 8 * max_size) <= 8 * max_size)
    cut = small or tuple(
        {name: _cut(value, max_size) for name, value in item.items()} for item in seen[:20]
    )
    shared = all(arrays.shares_axes(item) for item in seen)
    return Source(
        signature, shapes, relations_in(seen), cut, frozenset(rarely), tuple(twins), shared
    )


def shapes_of(
    signature: Signature, seen: Sequence[Mapping[str, object]], scope: Scope
) -> dict[str, Shape]:
    """The shape of each parameter of which something is known, given what it was seen to hold."""
    shapes: dict[str, Shape] = {}
    for parameter in signature.parameters:
        values = [item[parameter.name] for item in seen if parameter.name in item]
        shape = _shape(parameter, values, scope)
        if shape is not None:
            shapes[parameter.name] = shape
    return shapes


def bounded_shapes(
    signature: Signature, observed_inputs: Sequence[Arguments], scope: Scope
) -> dict[str, Shape]:
    """The shapes of the parameters whose annotations bound their values, or what these hold."""
    inputs = [signature.bind(item) for item in _spread(observed_inputs)]
    shapes = shapes_of(signature, [item for item in inputs if item is not None], scope)
    return {name: shape for name, shape in shapes.items() if has_bounds(shape)}


def _spread(items: Sequence[Arguments]) -> Sequence[Arguments]:
    if len(items) <= MAX_OBSERVED:
        return items
    return [items[at * len(items) // MAX_OBSERVED] for at in range(MAX_OBSERVED)]


def _shape(parameter: Parameter, values: Sequence[object], scope: Scope) -> Shape | None:
    if parameter.kind == VARIADIC:
        inner = _single(parameter, observed.elements(values), scope)
        return None if inner is None else Items("tuple", inner, 4)
    if parameter.kind == KEYWORDS:
        known = observed.infer(values)
        if isinstance(known, (Records, Mappings)):
            return known
        inner = _single(parameter, (), scope)
        return None if inner is None else Mappings(Constants(("a", "b", "key", "x1")), inner, 3)
    return _single(parameter, values, scope)


def _single(parameter: Parameter, values: Sequence[object], scope: Scope) -> Shape | None:
    if parameter.annotation == "StandardInput":
        texts = tuple(value for value in values if isinstance(value, str))
        return StandardInput(format_of(texts)) if texts else None
    if parameter.annotation is not None:
        declared = annotations.shape_for(parameter.annotation, values, names=scope)
        if declared is not None:
            declared = unbounded(declared) if parameter.enforced else declared
            says_nothing = parameter.annotation.rpartition(".")[2] in OPEN | BARE
            return with_classes(declared, scope) if says_nothing else declared
    seen = observed.infer([*values, *default_values(parameter)])
    return None if seen is None else with_classes(seen, scope)


def _alike(one: Shape, other: Shape) -> bool:
    """Whether both are lists or both are dicts: a caller may pass the same one twice."""
    one, other = unbounded(one), unbounded(other)
    if isinstance(one, Items) and isinstance(other, Items):
        return one.kind == other.kind == "list" and type(one.element) is type(other.element)
    return isinstance(one, Mappings) and isinstance(other, Mappings)


def _weight(value: object, enough: int, depth: int = 0) -> int:
    """How many values and characters a value holds, counted up to a little over `enough`."""
    if isinstance(value, (str, bytes, bytearray)):
        return 1 + len(value) // 8
    if arrays.is_array(value):
        return 1 + value.size // 8  # type: ignore[attr-defined, no-any-return]
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if not isinstance(value, (list, tuple, set, frozenset)):
        return 1
    if len(value) > enough or depth > MAX_DEPTH:
        return enough + 1
    total = 1
    for item in value:
        total += _weight(item, enough, depth + 1)
        if total > enough:
            break
    return total


def _cut(value: object, most: int, depth: int = 0) -> object:
    """A value with every container in it cut to its first `most` elements."""
    if isinstance(value, (str, bytes)):
        return value[: 4 * most]
    if arrays.is_array(value):
        return arrays.cut(value, most)
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(_cut(item, max(2, most // 4), depth + 1) for item in value[:most])
    if isinstance(value, dict):
        kept = itertools.islice(value.items(), most)
        return {key: _cut(item, max(2, most // 4), depth + 1) for key, item in kept}
    if isinstance(value, (set, frozenset)):
        return type(value)(sorted(value, key=repr)[:most])
    return value
