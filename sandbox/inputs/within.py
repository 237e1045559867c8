"""Whether the values of an argument list keep to the bounds that annotations declare.

Not all that is tried is drawn from the annotations' shapes: observed inputs are changed and grown,
and CrossHair proposes what it likes. What is outside a bound is outside the domain.
"""

import collections
from collections.abc import Iterable, Mapping, Sequence

from perfbot.sandbox.drivers.values import Drained, Made, Object
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.bounded import Bounded
from perfbot.sandbox.inputs.containers import Items, Mappings, Positions, Records, Unions
from perfbot.sandbox.inputs.instances import Chosen, Deferred, Instances
from perfbot.sandbox.inputs.scalars import (
    Complexes,
    Constants,
    Data,
    Floats,
    Integers,
    Shape,
    Texts,
)
from perfbot.sandbox.inputs.signature import Signature
from perfbot.sandbox.inputs.special import Specials

MAX_DEPTH = 40
"""Values nested deeper are not looked at."""
KINDS: Mapping[str, type] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": collections.deque,
    "iterator": Drained,
}


def arguments_within(
    shapes: Mapping[str, Shape], signature: Signature, arguments: Arguments
) -> bool:
    """Whether each argument keeps to the bounds in its parameter's shape."""
    bound = signature.bind(arguments) or {}
    return all(within(shape, bound[name]) for name, shape in shapes.items() if name in bound)


def within(shape: Shape | None, value: object, depth: int = 0) -> bool:
    """Whether a value, and all that it holds, keeps to the bounds in a shape.

    What the shape says nothing of does: a value of another type than the annotation's.
    """
    if shape is None or depth > MAX_DEPTH or not fits(shape, value):
        return True
    if isinstance(shape, Bounded):
        return shape.bounds.allow(value) and within(shape.shape, value, depth)
    if isinstance(shape, (Unions, Chosen)):
        fitting = [option for option in shape.options if fits(option, value)]
        return not fitting or any(within(option, value, depth + 1) for option in fitting)
    if isinstance(shape, Deferred):
        return within(shape.shape, value, depth + 1)
    return all(within(part, item, depth + 1) for part, item in parts(shape, value))


def parts(shape: Shape, value: object) -> Iterable[tuple[Shape, object]]:
    """What a value that fits the shape holds, with the shapes of it."""
    if isinstance(shape, Items):
        items = value.items if isinstance(value, Drained) else value
        return [(shape.element, item) for item in items]  # type: ignore[attr-defined]
    if isinstance(shape, Positions) and isinstance(value, (list, tuple)):
        return zip(shape.items, value, strict=False)
    if isinstance(shape, Mappings) and isinstance(value, dict):
        keys = [(shape.key, key) for key in value]
        return keys + [(shape.value, item) for item in value.values()]
    if isinstance(shape, Records) and isinstance(value, dict):
        return [(it.value, value[it.key]) for it in shape.fields if it.key in value]
    if isinstance(shape, Instances):
        held = fields_of(shape, value)
        return [(it.shape, held[it.name]) for it in shape.arguments if it.name in held]
    return ()


def fits(shape: Shape, value: object) -> bool:
    """Whether the shape, its bounds apart, is of a value of this type."""
    if isinstance(shape, Bounded):
        return fits(shape.shape, value)
    if isinstance(shape, (Unions, Chosen)):
        return any(fits(option, value) for option in shape.options)
    if isinstance(shape, Deferred):
        return shape.shape is not None and fits(shape.shape, value)
    if isinstance(shape, Constants):
        return any(type(item) is type(value) and item == value for item in shape.values)
    if isinstance(shape, Instances):
        named = isinstance(value, (Made, Object)) and (value.module, value.qualname)
        return named == (shape.module, shape.qualname)
    if isinstance(shape, Positions):
        return isinstance(value, KINDS[shape.kind])
    return isinstance(value, types_of(shape))


def types_of(shape: Shape) -> type | tuple[type, ...]:
    """The types of a shape's values; none where that is not known, or any class of the project."""
    match shape:
        case Integers():
            return int
        case Floats():
            return (float, int)
        case Texts():
            return str
        case Data():
            return bytearray if shape.mutable else bytes
        case Complexes():
            return complex
        case Specials():
            return shape.kind
        case Items():
            return KINDS[shape.kind]
        case Mappings() | Records():
            return dict
    return ()


def fields_of(shape: Instances, value: object) -> Mapping[str, object]:
    """What an object is made of, by the names of its constructor's arguments."""
    if isinstance(value, Made):
        positional: Sequence[str] = [it.name for it in shape.arguments if it.positional]
        return {**dict(zip(positional, value.args, strict=False)), **value.kwargs}
    state = value.state if isinstance(value, Object) else None
    if isinstance(state, tuple) and state[:1] == ("state",):
        return {**(state[2] or {}), **state[3]}
    return {}


def has_bounds(shape: Shape | None, opened: frozenset[int] = frozenset()) -> bool:
    """Whether a shape, or a part of it, is bounded."""
    if shape is None or id(shape) in opened:
        return False
    opened |= {id(shape)}
    inner: Sequence[Shape | None]
    match shape:
        case Bounded():
            return True
        case Unions() | Chosen():
            inner = shape.options
        case Items():
            inner = [shape.element]
        case Positions():
            inner = shape.items
        case Mappings():
            inner = [shape.key, shape.value]
        case Records():
            inner = [item.value for item in shape.fields]
        case Instances():
            inner = [item.shape for item in shape.arguments]
        case Deferred():
            inner = [shape.shape]
        case _:
            return False
    return any(has_bounds(item, opened) for item in inner)
