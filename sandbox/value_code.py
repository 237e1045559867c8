"""Values as Python source: what a person pastes to make the same arguments again.

Written from decoded values in the parent, which imports nothing of the project: classes and
functions are named, with the import that brings them. Objects that were captured have no call that
makes them, so they are put together from their class and state, as the sandbox does it.
"""

import array
import collections
import datetime
import math
import pathlib
import sys
import uuid
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from perfbot.sandbox.drivers.values import Drained, Enum, Made, Named, Object, Raised, View
from perfbot.sandbox.inputs.arrays import is_array

MAX_ITEMS = 200_000
"""Values of more items have no source that anyone would read."""
STANDARD: Mapping[type, str] = {Decimal: "decimal", Fraction: "fractions", uuid.UUID: "uuid"}
"""Types whose `repr` is a call, and where the called name comes from."""
RESTORE = '''\
def restored(kind, content, namespace, slots):
    """An object of a class, past its constructor."""
    base = next((b for b in (int, float, complex, str, bytes, bytearray, tuple, list, dict, set,
                             frozenset) if issubclass(kind, b)), object)
    grows = base in (object, bytearray, list, dict, set)
    made = base.__new__(kind) if grows else base.__new__(kind, content)
    if base in (bytearray, list):
        base.extend(made, content)
    elif base in (dict, set):
        base.update(made, content)
    if namespace is not None:
        object.__getattribute__(made, "__dict__").update(namespace)
    for name, value in slots.items():
        object.__setattr__(made, name, value)
    return made
'''
REBUILD = '''\
def rebuilt(function, args, state, items, pairs):
    """An object of a class made in C, from what its `__reduce_ex__` said."""
    made = function(*args)
    if state is not None:
        made.__setstate__(state) if hasattr(made, "__setstate__") else vars(made).update(state)
    for item in items or ():
        made.append(item)
    for key, value in pairs or ():
        made[key] = value
    return made
'''
VIEWED = '''\
def viewed(array, *steps):
    """The array as a view of every so many-th element of a larger one."""
    whole = numpy.zeros([n * abs(step) for n, step in zip(array.shape, steps)], array.dtype)
    view = whole[tuple(slice(None, None, step) for step in steps)]
    view[...] = array
    return view
'''
FROZEN = """\
def read_only(array):
    array.setflags(write=False)
    return array
"""


class NoSourceError(Exception):
    """A value that no source makes: a nameless function, or one that holds itself."""


class Writer:
    """Writes values, and collects the imports, functions and shared values that they need."""

    def __init__(self) -> None:
        self.imports: dict[str, None] = {}
        self.functions: dict[str, None] = {}
        self.shared: list[str] = []
        """Statements that make the values which occur more than once."""
        self._names: dict[int, str] = {}
        self._counts: dict[int, int] = {}
        self._open: set[int] = set()
        self._left = MAX_ITEMS

    def write(self, *values: Any) -> list[str]:
        """The source of each of the values, which may share parts. Raises: NoSourceError."""
        for value in values:
            self._count(value)
        return [self.text(value) for value in values]

    def _count(self, value: Any) -> None:
        """How often each object that can change occurs."""
        self._left -= 1
        if self._left < 0:
            raise NoSourceError("too large")
        if is_atom(value):
            return
        self._counts[id(value)] = self._counts.get(id(value), 0) + 1
        if self._counts[id(value)] == 1:
            for inner in parts(value):
                self._count(inner)

    def text(self, value: Any) -> str:
        if id(value) in self._names:
            return self._names[id(value)]
        if is_atom(value):
            return self._atom(value)
        if id(value) in self._open:
            raise NoSourceError("a value within itself")
        self._open.add(id(value))
        text = self._container(value)
        self._open.discard(id(value))
        changes = type(value) not in (tuple, frozenset, Enum, Named)
        if changes and self._counts.get(id(value), 0) > 1:
            name = self._names[id(value)] = f"shared_{len(self._names) + 1}"
            self.shared.append(f"{name} = {text}")
            return name
        return text

    def _atom(self, value: Any) -> str:
        if type(value).__module__ == "numpy":  # numpy.float64 is a float too
            return self._scalar(value)
        if isinstance(value, float):
            return number(value)
        if isinstance(value, complex):
            return f"complex({number(value.real)}, {number(value.imag)})"
        if isinstance(value, pathlib.PurePath):
            kind = "Path" if isinstance(value, pathlib.Path) else type(value).__name__
            self.imports[f"from pathlib import {kind}"] = None
            return f"{kind}({str(value)!r})"
        if type(value).__module__ == "datetime":
            self.imports["import datetime"] = None
        elif type(value) in STANDARD:
            self.imports[f"from {STANDARD[type(value)]} import {type(value).__name__}"] = None
        return repr(value)

    def _container(self, value: Any) -> str:
        if is_array(value):
            return self._array(value)
        writer = WRITERS.get(type(value))
        if writer is None:
            raise NoSourceError(f"a {type(value).__name__}")
        return writer(self, value)

    def items(self, values: Iterable[Any]) -> str:
        return ", ".join(map(self.text, values))

    def name(self, module: str, qualname: str) -> str:
        """A class or function by its own name, imported."""
        top = qualname.partition(".")[0]
        if not module or module == "__main__" or "<" in qualname or not top:
            raise NoSourceError(f"{qualname or module} has no name to import it by")
        if module == "builtins":
            return qualname
        if module in sys.stdlib_module_names:
            self.imports[f"import {module}"] = None
            return f"{module}.{qualname}"
        self.imports[f"from {module} import {top}"] = None
        return qualname

    def _tuple(self, value: tuple[Any, ...]) -> str:
        return f"({self.items(value)}{',' * (len(value) == 1)})"

    def _set(self, value: Any) -> str:
        inner = f"{{{self.items(sorted(value, key=repr))}}}" if value else ""
        if type(value) is set:
            return inner or "set()"
        return f"frozenset({inner})"

    def _dict(self, value: dict[Any, Any]) -> str:
        pairs = (f"{self.text(key)}: {self.text(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"

    def _kin(self, value: Any) -> str:
        """A deque, OrderedDict or Counter."""
        name = self.name("collections", type(value).__name__)
        if isinstance(value, dict):
            return f"{name}({self._dict(value)})"
        limit = "" if value.maxlen is None else f", {value.maxlen}"
        return f"{name}([{self.items(value)}]{limit})"

    def _numbers(self, value: "array.array[Any]") -> str:
        name = self.name("array", "array")
        return f"{name}({value.typecode!r}, [{self.items(value.tolist())}])"

    def _enum(self, value: Enum) -> str:
        name = self.name(value.module, value.qualname)
        return f"{name}.{value.name}" if isinstance(value.name, str) else f"{name}({value.name!r})"

    def _named(self, value: Named) -> str:
        if value.kind == "dtype":
            self.imports["import numpy"] = None
            return f"numpy.dtype({value.qualname!r})"
        if value.kind == "module":
            self.imports[f"import {value.module}"] = None
            return value.module
        return self.name(value.module, value.qualname)

    def _made(self, value: Made) -> str:
        name = self.name(value.module, value.qualname)
        named = (f"{key}={self.text(item)}" for key, item in value.kwargs.items())
        return f"{name}({', '.join([*map(self.text, value.args), *named])})"

    def _object(self, value: Object) -> str:
        if not isinstance(value.state, tuple) or not value.state:
            raise NoSourceError(f"a {value.qualname}")
        how, *state = value.state
        if value.qualname == "defaultdict" and how == "reduce":
            name = self.name("collections", "defaultdict")
            pairs = (f"{self.text(key)}: {self.text(item)}" for key, item in state[4] or ())
            return f"{name}({self.items(state[1])}, {{{', '.join(pairs)}}})"
        if value.module == "_io" and how == "reduce" and unread(state[2]):
            return f"{self.name('io', value.qualname)}({self.text(state[2][0])})"
        name = self.name(value.module, value.qualname)
        if how == "state":
            self.functions[RESTORE] = None
            return f"restored({name}, {self.items(state)})"
        self.functions[REBUILD] = None
        return f"rebuilt({self.items(state)})"

    def _raised(self, value: Raised) -> str:
        if value.state:
            raise NoSourceError(f"a {value.qualname} with more than its arguments")
        return f"{self.name(value.module, value.qualname)}({self.items(value.args)})"

    def _drained(self, value: Drained) -> str:
        return f"iter([{self.items(value.items)}])"

    def _view(self, value: View) -> str:
        self.functions[VIEWED] = None
        return f"viewed({self.text(value.array)}, {', '.join(map(str, value.steps))})"

    def _scalar(self, value: Any) -> str:
        self.imports["import numpy"] = None
        kind = value.dtype.kind
        inner = number(float(value)) if kind == "f" else repr(value.item())
        if kind in "biuf":
            return f"numpy.dtype({value.dtype.str!r}).type({inner})"
        data, dtype = value.tobytes(), value.dtype.str
        return f"numpy.frombuffer({data!r}, {dtype!r})[0]"

    def _array(self, value: Any) -> str:
        self.imports["import numpy"] = None
        if value.dtype.kind not in "biufcSUmM" or value.dtype.names:
            raise NoSourceError(f"an array of {value.dtype}")
        order = value.flags.f_contiguous and not value.flags.c_contiguous
        if value.dtype.kind in "biuf":
            inner = ", ".join(
                number(item) if type(item) is float else repr(item)
                for item in value.ravel().tolist()
            )
            text = f"numpy.array([{inner}], dtype={value.dtype.str!r})"
        else:
            text = f"numpy.frombuffer({value.tobytes()!r}, {value.dtype.str!r}).copy()"
        if value.ndim != 1:
            text += f".reshape({value.shape})"
        if order:
            text += ".copy(order='F')"
        if not value.flags.writeable:
            self.functions[FROZEN] = None
            text = f"read_only({text})"
        return text


ATOMS = (type(None), bool, int, float, complex, str, bytes, range, slice, type(Ellipsis),
         type(NotImplemented), Decimal, Fraction, uuid.UUID, datetime.datetime, datetime.date,
         datetime.time, datetime.timedelta, datetime.timezone)  # fmt: skip


def is_atom(value: Any) -> bool:
    """Whether a value holds no others, and cannot change."""
    if type(value).__module__ == "numpy":
        return not is_array(value)
    return type(value) in ATOMS or isinstance(value, pathlib.PurePath)


def parts(value: Any) -> Iterable[Any]:
    """The values that one holds."""
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
        return value
    if isinstance(value, Made):
        return [*value.args, *value.kwargs.values()]
    if isinstance(value, (Object, Raised, Drained, View)):
        return [getattr(value, name) for name in type(value).__dataclass_fields__]
    return ()


def unread(state: Any) -> bool:
    """Whether a stream in memory is as its constructor leaves it."""
    text = isinstance(state, tuple) and len(state) == 4 and state[1:3] == ("\n", 0)
    return text or (isinstance(state, tuple) and len(state) == 3 and state[1] == 0)


def number(value: float) -> str:
    """A float's source; infinities and NaN have no literal."""
    return repr(value) if math.isfinite(value) else f'float("{value!r}")'


WRITERS: dict[type, Callable[[Writer, Any], str]] = {
    list: lambda writer, value: f"[{writer.items(value)}]",
    tuple: Writer._tuple,
    dict: Writer._dict,
    set: Writer._set,
    frozenset: Writer._set,
    bytearray: lambda writer, value: repr(value),
    array.array: Writer._numbers,
    collections.deque: Writer._kin,
    collections.OrderedDict: Writer._kin,
    collections.Counter: Writer._kin,
    Enum: Writer._enum,
    Named: Writer._named,
    Made: Writer._made,
    Object: Writer._object,
    Raised: Writer._raised,
    Drained: Writer._drained,
    View: Writer._view,
}
