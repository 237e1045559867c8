"""Elements of the types that an edit asks about, where elements may be anything.

`isinstance(item, (list, tuple))` in place of `isinstance(item, list)` differs on tuples alone, of
which neither the calls seen nor a bare `list` in an annotation says anything; `type(item) is dict`
in place of `isinstance(item, dict)` on what is derived from dict.
"""

import ast
import re
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from perfbot.sandbox.drivers.values import Made
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.generic import BARE, MOST, MOST_VOLUME, OPEN, unbounded
from perfbot.sandbox.inputs.growth import volume
from perfbot.sandbox.inputs.signature import Parameter, Signature

Place = tuple[object, ...]
"""Indices and keys on the way to an element, from the argument on."""
WIDEST, DEEPEST = 3, 3
"""So many elements of a container are looked at, and so many levels."""
MOST_INPUTS = 80
OPEN_KINDS = BARE | OPEN | {"dict", "Dict", "Mapping"}


def sequence(value: object) -> tuple[object, ...]:
    """The items of a list or tuple; anything else is one item."""
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def hashed(value: object) -> tuple[object, ...]:
    """Of these the ones that a set of plain values can hold."""
    return tuple(item for item in sequence(value) if isinstance(item, (int, float, str, bytes)))


MAKERS: Mapping[str, Callable[[object], object]] = {
    "tuple": sequence,
    "list": lambda value: list(sequence(value)),
    "set": lambda value: set(hashed(value)),
    "frozenset": lambda value: frozenset(hashed(value)),
    "dict": lambda value: dict.fromkeys(hashed(value), 1),
    "str": lambda value: value if isinstance(value, str) else "ab",
    "bytes": lambda value: value if isinstance(value, bytes) else b"ab",
    "bytearray": lambda _value: bytearray(b"ab"),
    "int": lambda value: value if type(value) is int else 3,
    "bool": lambda _value: True,
    "float": lambda value: value if isinstance(value, float) else 1.5,
    "complex": lambda _value: 1j,
    "NoneType": lambda _value: None,
    "OrderedDict": lambda value: OrderedDict(
        value if isinstance(value, dict) else dict.fromkeys(hashed(value), 1)
    ),
    "defaultdict": lambda value: defaultdict(list, value if isinstance(value, dict) else {}),
    "StackSummary": lambda value: Made("traceback", "StackSummary", (list(sequence(value)),), {}),
    "DefragResult": lambda value: Made(
        "urllib.parse", "DefragResult", (*sequence(value), "", "")[:2], {}
    ),
}
SUBCLASSES = {
    "int": ("bool",),
    "dict": ("OrderedDict", "defaultdict"),
    "list": ("StackSummary",),
    "tuple": ("DefragResult",),
}
"""What is an instance of a type, but not of that type itself: classes that every Python has."""
FAMILIES = {
    "Sequence": ("tuple", "list", "str", "bytes"),
    "MutableSequence": ("list", "bytearray"),
    "Iterable": ("tuple", "str", "set", "dict"),
    "Collection": ("tuple", "str", "set", "dict"),
    "Container": ("tuple", "str", "set", "dict"),
    "Sized": ("tuple", "str", "set", "dict"),
    "Mapping": ("dict",),
    "MutableMapping": ("dict",),
    "Set": ("set", "frozenset"),
    "Hashable": ("tuple", "str"),
    "Number": ("int", "float", "complex", "bool"),
    "Real": ("float", "int", "bool"),
    "Integral": ("int", "bool"),
}
"""Abstract classes of `collections.abc` and `numbers`, by some of their kinds."""


def asked_types(source: str) -> frozenset[str]:
    """The types that a text asks whether values are instances of; where it asks for the very type,
    also those that are derived from it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
                found |= named(kinds)
            case ast.Compare(left=ast.Call(func=ast.Name(id="type"), args=[_]), comparators=kinds):
                exact = {name for item in kinds for name in named(item)}
                found |= exact.union(*(SUBCLASSES.get(name, ()) for name in exact))
            case ast.MatchClass(cls=kind):
                found |= named(kind)
            case ast.MatchSequence():
                found |= {"list", "tuple"}
            case ast.MatchMapping():
                found.add("dict")
    every = {kind for name in found for kind in FAMILIES.get(name, (name,))}
    return frozenset(every & MAKERS.keys())


def named(node: ast.expr) -> set[str]:
    """Every name in an expression that lists types."""
    return set(re.findall(r"[A-Za-z_]\w*", ast.unparse(node)))


def retyped(
    signature: Signature, observed: Sequence[Arguments], original: str, edit: str
) -> Iterator[Arguments]:
    """Observed inputs in which one element is of a type that the edit asks about and the original
    does not, where nothing says of which types elements are. `original` and `edit` are files."""
    kinds = sorted(asked_types(edit) - asked_types(original))
    free = {item.name for item in signature.parameters if is_open(item, unbounded(original))}
    if not kinds or not free:
        return
    made = 0
    small = [item for item in observed if volume(item) <= MOST_VOLUME]
    for values in [bound for item in small[:MOST] if (bound := signature.bind(item)) is not None]:
        for name in sorted(free & values.keys()):
            for place in places(values[name]):
                for kind in kinds:
                    if made == MOST_INPUTS:
                        return
                    made += 1
                    changed = with_change(values[name], place, MAKERS[kind])
                    yield signature.call({**values, name: changed})


def is_open(parameter: Parameter, variables: frozenset[str]) -> bool:
    """Whether nothing is said of what the parameter's elements are."""
    text = parameter.annotation
    if text is None or text.rpartition(".")[2] in OPEN_KINDS:
        return True
    return bool((OPEN | variables) & set(re.findall(r"\w+", text)))


def places(value: object, depth: int = 0) -> Iterator[Place]:
    """Where elements are, the outermost first."""
    if depth == DEEPEST:
        return
    inner = list(islice(parts(value), WIDEST))
    yield from ((key,) for key, _ in inner)
    for key, item in inner:
        yield from ((key, *rest) for rest in places(item, depth + 1))


def parts(value: object) -> Iterator[tuple[object, object]]:
    if isinstance(value, (list, tuple)):
        yield from enumerate(value)
    elif isinstance(value, dict):
        yield from value.items()


def with_change(value: object, place: Place, change: Callable[[object], object]) -> object:
    """A copy of `value` in which what is at `place` was changed."""
    if not place:
        return fresh(change(value))
    key, *rest = place
    if isinstance(value, dict):
        return {
            name: with_change(item, tuple(rest), change) if name == key else fresh(item)
            for name, item in value.items()
        }
    if not isinstance(value, (list, tuple)):
        return fresh(value)
    made = [
        with_change(item, tuple(rest), change) if at == key else fresh(item)
        for at, item in enumerate(value)
    ]
    return made if isinstance(value, list) else tuple(made)
