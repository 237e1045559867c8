"""The other direction: CBOR bytes to Python values.

With no resolver, only plain data is built and other objects become their stand-ins: this is how
perfbot reads what a candidate sent. With `build=True` (inside the sandbox only) objects are made
from their class and state, without calling the user's constructors. Arguments that perfbot drew
may name a constructor to call (`Made`); they, and nothing else, are read with `calls=True`.
"""

from __future__ import annotations

import array
import importlib
import pathlib
import struct
from collections.abc import Callable
from typing import Any, Literal

from .build import build_object, find, new_object
from .values import (
    ARRAY,
    ARRAY_F,
    BIGNUM,
    BYTEARRAY,
    COMPLEX,
    DRAINED,
    DTYPED,
    ELLIPSIS,
    ENUM,
    EXCEPTION,
    FROZENSET,
    FUNCTION,
    MADE,
    MEMORY,
    NAMED,
    NEGATIVE_BIGNUM,
    OBJECT,
    PACKED_FLOATS,
    PACKED_INTS,
    PATH,
    PLAIN,
    PLAIN_CALLS,
    RANGE,
    SCALAR,
    SET,
    SHAREABLE,
    SHARED,
    SURROGATES,
    TUPLE,
    TYPED_BACK,
    VIEW,
    Drained,
    Enum,
    Made,
    Named,
    Object,
    Raised,
    View,
    WireError,
)  # fmt: skip

PENDING = object()
UNSHARED = (tuple, frozenset, Enum, Named)


def decode(data: bytes, *, build: bool = False, calls: bool = False) -> Any:
    """The value that `data` holds. Raises WireError where it is not exactly one value."""
    decoder = Decoder(data, build, calls)
    try:
        value = decoder.get()
    except (struct.error, LookupError, TypeError, ValueError, AttributeError, ImportError,
            ArithmeticError, RecursionError, MemoryError, SyntaxError) as error:  # fmt: skip
        raise WireError(f"malformed: {type(error).__name__}: {error}") from error
    if decoder.at != len(data):
        raise WireError(f"malformed: {len(data) - decoder.at} bytes left over")
    return value


class Decoder:
    """Reads one graph of values; objects that were marked shareable are numbered in order."""

    def __init__(self, data: bytes, build: bool, calls: bool = False) -> None:
        self.data = data
        self.build = build
        self.calls = calls
        self.at = 0
        self.shared: list[Any] = []
        self.slot = -1

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise WireError("malformed: truncated")
        chunk = self.data[self.at : self.at + count]
        self.at += count
        return chunk

    def get_head(self) -> tuple[int, int, int]:
        first = self.take(1)[0]
        major, low = first >> 5, first & 31
        if low < 24:
            return major, low, low
        if low > 27:
            raise WireError(f"malformed: head {first:#x}")
        width = 1 << (low - 24)
        return major, int.from_bytes(self.take(width), "big"), low

    def get(self) -> Any:
        slot, self.slot = self.slot, -1
        major, n, low = self.get_head()
        if major == 0:
            return n
        if major == 1:
            return -1 - n
        if major == 2:
            return self.take(n)
        if major == 3:
            return self.take(n).decode()
        if major == 4:
            return self.fill_list(self.note(slot, []), n)
        if major == 5:
            return self.fill_dict(self.note(slot, {}), n)
        if major == 6:
            return self.get_tagged(n, slot)
        return self.get_simple(n, low)

    def get_simple(self, n: int, low: int) -> Any:
        if low == 27:
            return struct.unpack(">d", n.to_bytes(8, "big"))[0]
        return {20: False, 21: True, 22: None}[n]

    def note(self, slot: int, value: Any) -> Any:
        """Remember a container before it is filled, so that cycles find it."""
        if slot >= 0:
            self.shared[slot] = value
        return value

    def fill_list(self, items: list[Any], n: int) -> list[Any]:
        if n > len(self.data):
            raise WireError("malformed: count")
        for _ in range(n):
            items.append(self.get())
        return items

    def fill_dict(self, pairs: dict[Any, Any], n: int) -> dict[Any, Any]:
        for _ in range(n):
            key = self.get()
            pairs[key] = self.get()
        return pairs

    def get_tagged(self, tag: int, slot: int) -> Any:
        if tag == SHAREABLE:
            number = len(self.shared)
            self.shared.append(PENDING)
            self.slot = number
            value = self.get()
            if type(value) in UNSHARED:
                # Nested ones, each named twice by the next, would take for ever to hash.
                raise WireError("malformed: a shared value that cannot change")
            self.shared[number] = value
            return value
        if tag == SHARED:
            value = self.shared[self.get()]
            if value is PENDING:
                raise WireError("malformed: a cycle through an object that cannot hold one")
            return value
        reader = READERS.get(tag)
        if reader is None:
            raise WireError(f"malformed: tag {tag}")
        return reader(self, slot)

    def get_list(self) -> list[Any]:
        value = self.get()
        if type(value) is not list:
            raise WireError("malformed: not a list")
        return value

    def get_bytes(self) -> bytes:
        value = self.get()
        if type(value) is not bytes:
            raise WireError("malformed: not bytes")
        return value

    def get_packed(self, slot: int, code: str) -> Any:
        numbers = array.array(code)
        numbers.frombytes(self.get_bytes())
        return self.note(slot, numbers.tolist())

    def get_set(self, slot: int) -> Any:
        found = self.note(slot, set())
        found.update(self.get_list())
        return found

    def get_tuple(self, slot: int) -> Any:
        return tuple(self.get_list())

    def get_bignum(self, slot: int) -> int:
        return int.from_bytes(self.get_bytes(), "big")

    def get_negative_bignum(self, slot: int) -> int:
        return -1 - int.from_bytes(self.get_bytes(), "big")

    def get_complex(self, slot: int) -> complex:
        real, imaginary = self.get_list()
        return complex(real, imaginary)

    def get_special(self, slot: int) -> Any:
        return NotImplemented if self.get() else Ellipsis

    def get_enum(self, slot: int) -> Any:
        module, qualname, name = self.get_list()
        if self.build:
            kind = find(module, qualname)
            return kind[name] if type(name) is str else kind(name)
        require_text(module, qualname, name if type(name) is str else "")
        return Enum(module, qualname, name)

    def get_named(self, slot: int) -> Any:
        kind, module, qualname = self.get_list()
        if not self.build:
            if kind != "dtype":
                require_text(kind, module, qualname)
            return Named(kind, module, qualname)
        if kind == "dtype":
            return importlib.import_module("numpy").dtype(qualname)
        return find(module, qualname) if qualname else importlib.import_module(module)

    def get_function(self, slot: int) -> Any:
        node = self.note(slot, Object("", "function", None))
        object.__setattr__(node, "state", tuple(self.get_list()))
        return node

    def get_drained(self, slot: int) -> Any:
        kind, items, ended, final = self.get_list()
        return iter(items) if self.build else Drained(kind, items, ended, final)

    def get_path(self, slot: int) -> Any:
        kind, name = self.get_list()
        return pathlib.PurePosixPath(name) if "Pure" in kind else pathlib.Path(name)

    def get_made(self, slot: int) -> Any:
        module, qualname, args, kwargs = self.get_list()
        require_text(module, qualname)
        if type(args) is not tuple or type(kwargs) is not dict:
            raise WireError("malformed: no arguments")
        if not self.build:
            return Made(module, qualname, args, kwargs)
        if not self.calls and (module, qualname) not in PLAIN_CALLS:
            raise WireError(f"malformed: {qualname} may not be called")
        function = find(module, qualname)
        try:
            return function(*args, **kwargs)
        except Exception as error:
            # What the user's constructor did with arguments that it does not take.
            raise WireError(f"{qualname} refuses: {type(error).__name__}: {error}") from error

    def get_view(self, slot: int) -> Any:
        array, steps = self.get_list()
        if not self.build:
            return View(array, steps)
        import numpy

        if len(steps) != array.ndim or not all(type(step) is int and step for step in steps):
            raise WireError("malformed: view")
        shape = [count * abs(step) for count, step in zip(array.shape, steps)]
        whole = numpy.zeros(shape, dtype=array.dtype)
        found = whole[tuple(slice(None, None, step) for step in steps)]
        found[...] = array
        return found

    def get_exception(self, slot: int) -> Any:
        module, qualname, args, state = self.get_list()
        if not self.build:
            require_text(module, qualname)
            return Raised(module, qualname, args, state)
        kind = find(module, qualname)
        error = kind.__new__(kind, *args)
        error.args = args
        vars(error).update(state)
        return error

    def get_memory(self, slot: int) -> Any:
        """An array with what `put_memory` said of it; whose memory it was is not built again."""
        self.get_head()
        self.get()
        writeable, self.slot = self.get(), slot
        found = self.get()
        found.setflags(write=writeable)
        return found

    def get_array(self, slot: int, order: Literal["C", "F"]) -> Any:
        import numpy

        major, _n, _ = self.get_head()
        shape = self.get_list()
        major, tag, _ = self.get_head()
        if major != 6:
            raise WireError("malformed: array")
        if tag == DTYPED:
            parts = self.get_list()
            dtype, data = parts
        else:
            dtype, data = TYPED_BACK[tag], self.get()
        if dtype == "O":
            found = numpy.empty(len(data), dtype=object)
            for index, item in enumerate(data):
                found[index] = item
            return self.note(slot, found.reshape(shape, order=order).copy(order=order))
        flat = numpy.frombuffer(data, dtype=dtype)
        return self.note(slot, flat.reshape(shape, order=order).copy(order=order))

    def get_scalar(self, slot: int) -> Any:
        import numpy

        dtype, data = self.get_list()
        return numpy.frombuffer(data, dtype=dtype)[0]

    def get_object(self, slot: int) -> Any:
        major, n, _ = self.get_head()
        if (major, n) != (4, 3):
            raise WireError("malformed: object")
        module, qualname = self.get(), self.get()
        require_text(module, qualname)
        if not self.build and (module, qualname) not in PLAIN:
            node = self.note(slot, Object(module, qualname, None))
            object.__setattr__(node, "state", self.get())  # frozen, but a cycle needs it early
            return node
        made = new_object(module, qualname)
        if made is not None:
            self.note(slot, made)
        state = self.get()
        if not self.build:
            require_plain(state)
        return build_object(module, qualname, state, made)


def require_text(*names: Any) -> None:
    if not all(type(name) is str for name in names):
        raise WireError("malformed: a name that is not text")


def require_plain(state: Any) -> None:
    """Refuse state that plain classes never have, and that their own methods would trip over."""
    if state[0] == "reduce":
        fine = state[3] is None and all(
            (item.module, item.qualname) in PLAIN if isinstance(item, Named) else item == ()
            for item in state[2]
            if isinstance(item, (Named, slice, tuple, frozenset))
        )
    else:
        fine = not state[2] and all(type(item) in (int, Enum) for item in state[3].values())
    if not fine:
        raise WireError("malformed: no state of a plain object")


READERS: dict[int, Callable[[Decoder, int], Any]] = {
    BIGNUM: Decoder.get_bignum,
    NEGATIVE_BIGNUM: Decoder.get_negative_bignum,
    TUPLE: Decoder.get_tuple,
    SET: Decoder.get_set,
    FROZENSET: lambda self, slot: frozenset(self.get_list()),
    BYTEARRAY: lambda self, slot: self.note(slot, bytearray(self.get_bytes())),
    SURROGATES: lambda self, slot: self.get_bytes().decode("utf-8", "surrogatepass"),
    COMPLEX: Decoder.get_complex,
    RANGE: lambda self, slot: range(*self.get_list()),
    OBJECT: Decoder.get_object,
    ENUM: Decoder.get_enum,
    NAMED: Decoder.get_named,
    FUNCTION: Decoder.get_function,
    DRAINED: Decoder.get_drained,
    PATH: Decoder.get_path,
    EXCEPTION: Decoder.get_exception,
    ARRAY: lambda self, slot: self.get_array(slot, "C"),
    ARRAY_F: lambda self, slot: self.get_array(slot, "F"),
    SCALAR: Decoder.get_scalar,
    PACKED_INTS: lambda self, slot: self.get_packed(slot, "q"),
    PACKED_FLOATS: lambda self, slot: self.get_packed(slot, "d"),
    ELLIPSIS: Decoder.get_special,
    MEMORY: Decoder.get_memory,
    MADE: Decoder.get_made,
    VIEW: Decoder.get_view,
}
