"""What travels on the wire besides Python's own data: tags, and stand-ins for other objects.

The side that must not build a user's objects (perfbot itself) holds these stand-ins instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BIGNUM, NEGATIVE_BIGNUM, SHAREABLE, SHARED, ARRAY, ARRAY_F, SET = 2, 3, 28, 29, 40, 1040, 258
# RFC 8746 typed arrays, little-endian.
TYPED = {
    "|u1": 64, "<u2": 69, "<u4": 70, "<u8": 71, "|i1": 72, "<i2": 77, "<i4": 78, "<i8": 79,
    "<f2": 84, "<f4": 85, "<f8": 86,
}  # fmt: skip
TYPED_BACK = {tag: dtype for dtype, tag in TYPED.items()}
# From RFC 8949's first-come-first-served range; private to this wire.
(
    TUPLE, FROZENSET, BYTEARRAY, SURROGATES, COMPLEX, RANGE, OBJECT, ENUM, NAMED, FUNCTION, DRAINED,
    DTYPED, SCALAR, PATH, EXCEPTION, ELLIPSIS, PACKED_INTS, PACKED_FLOATS, MEMORY, MADE, VIEW,
) = range(47_000, 47_021)  # fmt: skip


class WireError(Exception):
    """A value that cannot be sent, or bytes that are not of this wire."""


@dataclass(frozen=True, eq=False)
class Object:
    """An object of a class that only the sandbox may build: its class's name and its state."""

    module: str
    qualname: str
    state: Any

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """An argument that was a nameless function: what it would do is not known here."""
        raise WireError("a function that cannot be sent was called")


@dataclass(frozen=True)
class Enum:
    """A member of an enumeration, by name; a combination of flags, by value."""

    module: str
    qualname: str
    name: Any


@dataclass(frozen=True)
class Named:
    """A class, module, or importable function, by name."""

    kind: str
    module: str
    qualname: str


@dataclass(frozen=True, eq=False)
class Drained:
    """What an iterator or generator gave when it was run to its end (or to `MAX_ITEMS`)."""

    kind: str
    items: list[Any]
    ended: str
    final: Any


@dataclass(frozen=True, eq=False)
class Raised:
    """An exception: its class's name, its args and its other state."""

    module: str
    qualname: str
    args: tuple[Any, ...]
    state: Any


@dataclass(frozen=True, eq=False)
class Made:
    """A value named by the call that makes it: `module.qualname(*args, **kwargs)`.

    perfbot draws the arguments of a project's class so; its constructor runs in the sandbox.
    """

    module: str
    qualname: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True, eq=False)
class View:
    """An array that is a view of a larger one: every `steps[i]`-th element along axis `i`."""

    array: Any
    steps: tuple[int, ...]


# Calls that the wire makes of values it has no other form for; either side's values may hold them.
PLAIN_CALLS = frozenset([("re", "compile"), ("builtins", "memoryview")])
# Classes that are plain data and that either side may build.
PLAIN = frozenset(
    [
        ("decimal", "Decimal"), ("fractions", "Fraction"), ("uuid", "UUID"),
        ("datetime", "datetime"), ("datetime", "date"), ("datetime", "time"),
        ("datetime", "timedelta"), ("datetime", "timezone"),
        ("collections", "deque"), ("collections", "OrderedDict"), ("collections", "Counter"),
        ("array", "array"), ("builtins", "slice"), ("array", "_array_reconstructor"),
    ]
)  # fmt: skip


def made_in_c(kind: type) -> bool:
    """Whether a type was made by C code: its state is then what its own `__reduce_ex__` tells.

    The flags are Py_TPFLAGS_HEAPTYPE and Py_TPFLAGS_IMMUTABLETYPE.
    """
    return not kind.__flags__ & (1 << 9) or bool(kind.__flags__ & (1 << 8))
