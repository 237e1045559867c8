"""The wire: Python values as CBOR (RFC 8949), deterministic, so that equal bytes are equal values.

Sent by both sides and trusted by neither: decoding builds plain data only, unless a `Classes`
resolver is given (which only the sandboxed side does). What makes the bytes comparable:

- exact types: `True` is not `1`, a tuple is not a list, a subclass is not its base;
- floats are eight bytes, -0.0 kept, every NaN the same NaN;
- dicts keep their order, sets are sorted by their elements' encoding;
- mutable objects are numbered in order of first visit (tags 28 and 29, value sharing), so that
  "returns its argument" differs from "returns a copy" and cycles end;
- any other object is its class name and its state, read without calling the user's code.

Format history: 1, first version.
"""

from __future__ import annotations

import enum
import hashlib
import io
import operator
import re
import struct
import types
from collections.abc import Callable
from typing import Any

from .scalars import PACK_FROM, SIMPLE, head, pack
from .state import (
    cell_value,
    code_parts,
    is_whole,
    name_of,
    named_thing,
    object_state,
    reduce_parts,
)
from .told import CAUSE, cause_of, is_constant, is_constant_name
from .values import (
    ARRAY,
    ARRAY_F,
    BYTEARRAY,
    DRAINED,
    DTYPED,
    ENUM,
    EXCEPTION,
    FROZENSET,
    FUNCTION,
    MADE,
    MEMORY,
    NAMED,
    OBJECT,
    PATH,
    RANGE,
    SCALAR,
    SET,
    SHAREABLE,
    SHARED,
    TUPLE,
    TYPED,
    VIEW,
    Drained,
    Enum,
    Made,
    Named,
    Object,
    Raised,
    View,
    WireError,
    made_in_c,
)  # fmt: skip

FORMAT = 1
MAX_DEPTH = 200
"""Containers nested deeper than this are not compared (Python's own recursion limit is 1,000)."""
SEAL_BYTES = 1 << 20
"""Encodings above this size travel as their SHA-256."""
MAX_ITEMS = 20_000
"""How many items of an iterator are drained and compared."""
OWN_NAMES = frozenset(("__dict__", "__weakref__", "__module__", "__firstlineno__"))
"""Entries of a class that say where it was written, or that Python adds to each."""
ITERATORS = (types.GeneratorType, map, filter, zip, enumerate, reversed)
STAND_INS = (Object, Enum, Named, Drained, Raised, Made, View)


def seal(data: bytes) -> bytes:
    """`data`, or its SHA-256 where it is longer than `SEAL_BYTES`."""
    if len(data) <= SEAL_BYTES:
        return data
    return b"sha256:" + hashlib.sha256(data).digest() + struct.pack(">Q", len(data))


def encode(value: Any, *, drains: bool = True) -> bytes:
    """The deterministic bytes of `value`. Raises WireError for what cannot be sent.

    Iterators are run to their end and used up, or refused where `drains` is false.
    """
    return Encoder(drains).encode(value)


class Encoder:
    """One graph of values; shared objects are numbered across everything it encodes."""

    def __init__(self, drains: bool = True) -> None:
        self.drains = drains
        self.out: list[bytes] = []
        self.seen: dict[int, int] = {}
        self.kept: list[Any] = []
        self.memory: dict[int, int] = {}
        self.depth = 0

    def encode(self, value: Any) -> bytes:
        self.put(value)
        return b"".join(self.out)

    def head(self, major: int, n: int) -> None:
        self.out.append(head(major, n))

    def put(self, value: Any) -> None:
        kind = type(value)
        simple = SIMPLE.get(kind)
        if simple is not None:
            self.out.append(simple(value))
            return
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise WireError(f"nested more than {MAX_DEPTH} deep")
        writer = CONTAINERS.get(kind)
        if writer is not None:
            writer(self, value)
        else:
            self.put_other(value, kind)
        self.depth -= 1

    def shared(self, value: Any) -> bool:
        """True if this object was written before: then a reference was written for it."""
        number = self.seen.get(id(value))
        if number is not None:
            self.head(6, SHARED)
            self.head(0, number)
            return True
        self.seen[id(value)] = len(self.seen)
        self.kept.append(value)  # an id stays unique only while its object lives
        self.head(6, SHAREABLE)
        return False

    def put_items(self, items: Any, count: int) -> None:
        if count >= PACK_FROM and (packed := pack(items)):
            self.out.append(packed)
            return
        self.head(4, count)
        for item in items:
            self.put(item)

    def put_pairs(self, pairs: Any, count: int) -> None:
        self.head(5, count)
        for key, item in pairs:
            self.put(key)
            self.put(item)

    def put_tuple(self, value: Any) -> None:
        self.head(6, TUPLE)
        self.put_items(value, len(value))

    def put_list(self, value: Any) -> None:
        if not self.shared(value):
            self.put_items(value, len(value))

    def put_dict(self, value: Any) -> None:
        if not self.shared(value):
            self.put_pairs(value.items(), len(value))

    def put_set(self, value: Any) -> None:
        if not self.shared(value):
            self.head(6, SET)
            self.put_sorted(value)

    def put_frozenset(self, value: Any) -> None:
        self.head(6, FROZENSET)
        self.put_sorted(value)

    def put_sorted(self, value: Any) -> None:
        """Elements in the order of their encodings; numbered on from what was written before."""
        self.head(4, len(value))
        found = sorted(
            ((encode(item, drains=self.drains), item) for item in value), key=operator.itemgetter(0)
        )
        for data, item in found:
            if type(item) in SIMPLE:
                self.out.append(data)
            else:
                self.put(item)

    def put_bytearray(self, value: Any) -> None:
        if not self.shared(value):
            self.head(6, BYTEARRAY)
            self.put(bytes(value))

    def put_range(self, value: Any) -> None:
        self.head(6, RANGE)
        self.put_items((value.start, value.stop, value.step), 3)

    def put_node(self, tag: int, *parts: Any) -> None:
        self.head(6, tag)
        self.put_items(parts, len(parts))

    def put_other(self, value: Any, kind: type) -> None:
        # By `kind`, never by `isinstance`, which believes what an object says of its class.
        if kind in STAND_INS:
            self.put_stand_in(value)
        elif issubclass(kind, type):
            self.put_class(value)
        elif issubclass(kind, types.ModuleType):
            self.put_node(NAMED, *name_of(value))
        elif kind is types.BuiltinFunctionType:
            if value.__self__ is None or isinstance(value.__self__, types.ModuleType):
                self.put_node(NAMED, *name_of(value))
            else:
                self.put_node(FUNCTION, "method", value.__qualname__, value.__self__)
        elif kind is types.FunctionType:
            self.put_function(value)
        elif kind is types.MethodType:
            self.put_node(FUNCTION, "method", value.__func__.__qualname__, value.__self__)
        elif issubclass(kind, enum.Enum):
            # A combination of flags has no name of its own, but its value makes it.
            known = kind._member_map_.get(value._name_) is value
            name = value._name_ if known else value._value_
            self.put_node(ENUM, kind.__module__, kind.__qualname__, name)
        elif issubclass(kind, BaseException):
            if not self.shared(value):
                state = dict(vars(value))
                state.pop("__notes__", None)
                if value.__suppress_context__:
                    state[CAUSE] = cause_of(value)
                self.put_node(EXCEPTION, kind.__module__, kind.__qualname__, value.args, state)
        elif kind.__module__.split(".")[0] == "pathlib":
            self.put_node(PATH, kind.__qualname__, str(value))
        elif kind.__module__.split(".")[0] == "numpy":
            self.put_numpy(value, kind)
        elif kind is re.Pattern:
            self.put_node(MADE, "re", "compile", (value.pattern, value.flags), {})
        elif kind is memoryview and is_whole(value):
            if not self.shared(value):
                # What it looks at, itself: that it looks at an argument, and no copy, shows.
                self.put_node(MADE, "builtins", "memoryview", (value.obj,), {})
        elif kind in ITERATORS or is_iterator(kind):
            if not self.shared(value):
                self.put_drained(value, kind)
        elif is_constant(kind) or not self.shared(value):
            self.put_object(value, kind)

    def put_function(self, value: Any) -> None:
        code = value.__code__
        if (
            "<" not in value.__qualname__
            and named_thing(value.__module__, value.__qualname__) is value
        ):
            self.put_node(NAMED, "function", value.__module__, value.__qualname__)
            return
        if self.shared(value):
            return
        cells = [cell_value(cell) for cell in value.__closure__ or ()]
        defaults = value.__defaults__, value.__kwdefaults__
        digest = hashlib.sha256(repr(code_parts(code)).encode("utf-8", "surrogatepass")).hexdigest()
        self.put_node(FUNCTION, value.__name__, value.__qualname__, digest, defaults, cells)

    def put_class(self, value: Any) -> None:
        """By name where the name finds it; one made on the way also by its bases and content."""
        if named_thing(value.__module__, value.__qualname__) is value:
            self.put_node(NAMED, *name_of(value))
        elif not self.shared(value):
            content = {name: item for name, item in vars(value).items() if name not in OWN_NAMES}
            self.put_node(FUNCTION, "class", value.__qualname__, value.__bases__, content)

    def put_drained(self, value: Any, kind: type) -> None:
        if not self.drains:
            raise WireError(f"a {kind.__qualname__} would be used up")
        items: list[Any] = []
        ended, final = "cut", None
        try:
            while len(items) < MAX_ITEMS:
                items.append(next(value))
        except StopIteration as stop:
            ended, final = "end", stop.value
        except Exception as error:  # noqa: BLE001 - the iterator's own outcome, sent as data
            ended, final = "raise", error
        self.put_node(DRAINED, kind.__qualname__, items, ended, final)

    def put_object(self, value: Any, kind: type) -> None:
        if made_in_c(kind):
            try:
                reduced = kind.__reduce_ex__(value, 4)  # type: ignore[call-arg]  # unbound on purpose
            except TypeError as error:
                raise WireError(f"a {kind.__qualname__} cannot be compared") from error
            state: Any = ("reduce", *reduce_parts(reduced))
        else:
            state = object_state(value, kind)
        self.put_node(OBJECT, kind.__module__, kind.__qualname__, state)

    def put_stand_in(self, value: Any) -> None:
        if isinstance(value, Object):
            if not is_constant_name(value.module, value.qualname) and self.shared(value):
                return
            self.put_node(OBJECT, value.module, value.qualname, value.state)
        elif isinstance(value, Enum):
            self.put_node(ENUM, value.module, value.qualname, value.name)
        elif isinstance(value, Named):
            self.put_node(NAMED, value.kind, value.module, value.qualname)
        elif isinstance(value, Made):
            # `re.compile` gives one object for one pattern, which cannot change.
            if value.module == "re" or not self.shared(value):
                self.put_node(MADE, value.module, value.qualname, value.args, value.kwargs)
        elif isinstance(value, View):
            if not self.shared(value):
                self.put_node(VIEW, value.array, value.steps)
        elif isinstance(value, Drained):
            if not self.shared(value):
                self.put_node(DRAINED, value.kind, value.items, value.ended, value.final)
        elif not self.shared(value):
            self.put_node(EXCEPTION, value.module, value.qualname, value.args, value.state)

    def put_numpy(self, value: Any, kind: type) -> None:
        import numpy

        if kind is numpy.ndarray:
            if self.shared(value):
                return
            self.put_memory(value, numpy)
            fortran = value.flags.f_contiguous and not value.flags.c_contiguous
            self.head(6, ARRAY_F if fortran else ARRAY)
            self.head(4, 2)
            self.put_items(value.shape, len(value.shape))
            if value.dtype.kind == "O":
                self.put_node(DTYPED, "O", list(value.ravel("F" if fortran else "C")))
                return
            if value.dtype.hasobject or value.dtype.kind not in "?biufcmMSUV":
                raise WireError(f"an array of {value.dtype} cannot be compared")
            data = canonical_nan(value, numpy).tobytes("F" if fortran else "C")
            tag = TYPED.get(value.dtype.str)
            if tag is not None:
                self.head(6, tag)
                self.put(data)
            else:
                self.put_node(DTYPED, dtype_name(value.dtype), data)
        elif isinstance(value, numpy.generic):
            self.put_node(
                SCALAR,
                dtype_name(value.dtype),
                canonical_nan(numpy.asarray(value), numpy).tobytes(),
            )
        elif isinstance(value, numpy.dtype):
            self.put_node(NAMED, "dtype", "numpy", dtype_name(value))
        elif not self.shared(value):
            self.put_object(value, kind)

    def put_memory(self, value: Any, numpy: Any) -> None:
        """Mark an array that is read-only, or whose memory an earlier one of the graph has."""
        owner = value
        while isinstance(owner.base, numpy.ndarray):
            owner = owner.base
        known = id(owner) in self.memory
        number = self.memory.setdefault(id(owner), len(self.memory))
        self.kept.append(owner)
        if known or not value.flags.writeable:
            self.head(6, MEMORY)
            self.head(4, 3)
            self.put(number)
            self.put(bool(value.flags.writeable))


def canonical_nan(value: Any, numpy: Any) -> Any:
    """`value` with every NaN the same NaN: the sign of 0/0 differs between ways to compute it."""
    if value.dtype.kind in "fc":
        wrong = numpy.isnan(value)
        if wrong.any():
            value = value.copy()
            for part in (value.real, value.imag) if value.dtype.kind == "c" else (value,):
                part[numpy.isnan(part)] = numpy.nan
    return value


def dtype_name(dtype: Any) -> Any:
    """What `numpy.dtype` makes the same type from: its name, or its list of fields."""
    return dtype.str if dtype.names is None else dtype.descr


def is_iterator(kind: type) -> bool:
    """Whether a built-in iterator type (of itertools, of list, …): no user's class, no file."""
    return made_in_c(kind) and hasattr(kind, "__next__") and not issubclass(kind, io.IOBase)


CONTAINERS: dict[type, Callable[[Encoder, Any], None]] = {
    list: Encoder.put_list,
    tuple: Encoder.put_tuple,
    dict: Encoder.put_dict,
    set: Encoder.put_set,
    frozenset: Encoder.put_frozenset,
    bytearray: Encoder.put_bytearray,
    range: Encoder.put_range,
}
