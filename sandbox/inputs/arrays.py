"""Shapes of numpy's arrays and scalars: dtypes, sizes, layouts, and values with their edge cases.

perfbot itself needs numpy for these; where it has none, arrays are only passed on as captured.
"""

import importlib.util
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perfbot.sandbox.drivers.values import View
from perfbot.sandbox.inputs.choices import Choices
from perfbot.sandbox.inputs.drawing import Drawing, Path, fresh

SCALAR_TYPES: Mapping[str, tuple[str, ...]] = {
    "float64": ("<f8",), "double": ("<f8",), "float32": ("<f4",), "single": ("<f4",),
    "float16": ("<f2",), "half": ("<f2",), "int64": ("<i8",), "int32": ("<i4",),
    "int16": ("<i2",), "int8": ("|i1",), "uint64": ("<u8",), "uint32": ("<u4",),
    "uint16": ("<u2",), "uint8": ("|u1",), "intp": ("<i8",), "int_": ("<i8",), "uint": ("<u8",),
    "bool_": ("|b1",), "bool": ("|b1",), "complex128": ("<c16",), "complex64": ("<c8",),
    "floating": ("<f8", "<f8", "<f4"), "integer": ("<i8", "<i8", "<i4"),
    "signedinteger": ("<i8", "<i4"), "unsignedinteger": ("<u8", "|u1"),
    "number": ("<f8", "<i8"), "inexact": ("<f8", "<f4"), "complexfloating": ("<c16",),
    "float": ("<f8",), "int": ("<i8",), "complex": ("<c16",),
}  # fmt: skip
"""What numpy's own type names (and Python's, as numpy reads them) stand for."""
OTHER_TYPES = ("<f8", "<i8", "<f4", "<i4", "|b1", "|u1")
FLOAT_EDGES = (math.nan, math.inf, -math.inf, -0.0, 0.0, 1e16, -1e16, 1e-300, 5e-324, 1e300)
MOST_ITEMS = 4_096
DRAWN_ITEMS = 12
"""Items that are chosen one by one, so that Hypothesis can shrink them; the rest are seeded."""
KINDS = "biufc"


@dataclass(frozen=True, slots=True)
class Arrays:
    """numpy arrays of some dtypes and numbers of axes."""

    dtypes: tuple[str, ...] = ("<f8", "<f8", "<i8")
    declared: bool = False
    """An annotation gives the type: every value of it may come."""
    any_dtype: bool = False
    """Draws that go beyond what was observed may have another dtype, and another number of axes."""
    axes: tuple[int, ...] = (1,)
    fixed: tuple[tuple[int, int], ...] = ()
    """(axis, length) where all observed arrays agree."""
    low: float = -10.0
    high: float = 20.0
    longest: int = 8
    seen: tuple[Any, ...] = ()
    """Observed arrays, small ones."""
    scalar: bool = False
    hashable: bool = False

    def draw(self, drawing: Drawing, path: Path) -> object:
        choices = drawing.choices
        beyond = not drawing.keeps(("array", path))
        known = [array for array in self.seen if self._fits(drawing, path, array)]
        if known and choices.chance(15):
            found = choices.pick(known)
            if drawing.dims is not None:
                drawing.dims.update({axis: n for axis, n in enumerate(found.shape)})
            return changed(found, choices)
        dtype = choices.pick(self.dtypes)
        count = choices.pick(self.axes)
        if beyond and self.any_dtype and choices.chance(40):
            dtype = choices.pick(OTHER_TYPES)
        if beyond and self.declared and choices.chance(30):
            count = choices.pick((0, 1, 2, 3))
        shape = self._shape(drawing, path, count, beyond)
        if dtype == "|b1" and not math.prod(shape):
            # Whole arrays of truth values cannot be subtracted; a loop over none does not care.
            dtype = choices.pick(self.dtypes)
        made = self._filled(drawing, dtype, shape)
        return laid_out(made, choices) if self.declared else made

    def _fits(self, drawing: Drawing, path: Path, array: Any) -> bool:
        """Whether an observed array has the axes that this draw has settled already."""
        for axis, size in enumerate(array.shape):
            place = (*path, f"axis{axis}") if axis else path
            settled = drawing.lengths.get(place, (drawing.dims or {}).get(axis, size))
            if settled != size:
                return False
        return True

    def _shape(self, drawing: Drawing, path: Path, count: int, beyond: bool) -> tuple[int, ...]:
        fixed = {} if beyond else dict(self.fixed)
        shape: list[int] = []
        for axis in range(count):
            place = (*path, f"axis{axis}") if axis else path
            shared = drawing.dims is not None and not beyond
            size = fixed.get(axis, drawing.lengths.get(place))
            if size is None and shared and drawing.dims is not None:
                size = drawing.dims.get(axis)
            if size is None:
                deep = axis > 0 or count > 1
                size = drawing.choices.integer(0, 6) if deep else drawing.free_size(0, self.longest)
            if shared and drawing.dims is not None:
                drawing.dims.setdefault(axis, size)
            shape.append(min(size, MOST_ITEMS // max(1, math.prod(shape))))
        return tuple(shape)

    def _filled(self, drawing: Drawing, dtype: str, shape: tuple[int, ...]) -> Any:
        import numpy

        choices, size = drawing.choices, math.prod(shape)
        if numpy.dtype(dtype).kind not in KINDS:
            donors = [item for array in self.seen if array.dtype.str == dtype
                      for item in array.ravel()[:50]]  # fmt: skip
            made = numpy.empty(size, dtype=dtype)
            for at in range(size if donors else 0):
                made[at] = choices.pick(donors)
            return made.reshape(shape)
        made = self._numbers(choices, dtype, size)
        roll = choices.integer(0, 15)
        if roll == 15:
            made[:] = made[:1]
        elif roll in (13, 14):
            made.sort()
        if size and choices.chance(35):
            for _ in range(choices.integer(1, 2)):
                special = self._special(drawing, made.dtype)
                if special is not None:
                    made[choices.integer(0, size - 1)] = special
        return made.reshape(shape)

    def _numbers(self, choices: Choices, dtype: str, size: int) -> Any:
        import numpy

        kind = numpy.dtype(dtype).kind
        low, high = self.low, self.high
        if kind == "u":
            low = max(low, 0.0)
        if kind in "iu":
            limits = numpy.iinfo(dtype)
            first, last = max(int(low), int(limits.min)), min(int(high), int(limits.max))
            first, last = min(first, last), max(first, last)
            drawn = [choices.integer(first, last) for _ in range(min(size, DRAWN_ITEMS))]
        elif kind == "b":
            drawn = [choices.integer(0, 1) for _ in range(min(size, DRAWN_ITEMS))]
        else:
            exact = choices.chance(50)
            first, last = math.floor(low), math.ceil(high)
            drawn = [
                choices.integer(first, last) if exact else choices.real(low, high)  # type: ignore[misc]
                for _ in range(min(size, DRAWN_ITEMS))
            ]
        if size > DRAWN_ITEMS:
            bulk = numpy.random.default_rng(choices.integer(0, 0xFFFF))
            drawn = list(itertools.chain(drawn, bulk.choice(drawn, size - DRAWN_ITEMS).tolist()))
        return numpy.array(drawn, dtype=dtype)

    def _special(self, drawing: Drawing, dtype: Any) -> object | None:
        """An edge case of the type, or one of the literals that an edit brings."""
        import numpy

        choices, literals = drawing.choices, drawing.literals
        if dtype.kind in "fc":
            if literals.floats and choices.chance(40):
                return choices.pick(literals.floats)
            return choices.pick(FLOAT_EDGES[: None if dtype.itemsize > 4 else 5]) if (
                self.declared
            ) else None  # fmt: skip
        if dtype.kind not in "iu":
            return None
        limits = numpy.iinfo(dtype)
        fitting = [item for item in literals.ints if limits.min <= item <= limits.max]
        if fitting and choices.chance(60):
            return choices.pick(fitting)
        return choices.pick((0, int(limits.min), int(limits.max))) if self.declared else None


@dataclass(frozen=True, slots=True)
class Scalars:
    """numpy's scalars of some dtypes."""

    numbers: Arrays
    scalar: bool = False
    hashable: bool = True

    def draw(self, drawing: Drawing, path: Path) -> object:
        dtype = drawing.choices.pick(self.numbers.dtypes)
        return self.numbers._filled(drawing, dtype, (1,))[0]


def is_array(value: object) -> bool:
    """Whether a value is a numpy array; numpy is not imported for it."""
    return type(value).__name__ == "ndarray" and type(value).__module__ == "numpy"


def arrays_like(values: Sequence[Any], *, declared: bool = False, dtypes: Sequence[str] = (),
                any_dtype: bool = False) -> Arrays | None:  # fmt: skip
    """The shape of observed arrays; `dtypes` are what an annotation says. None without numpy."""
    if importlib.util.find_spec("numpy") is None:
        return None
    import numpy

    seen = [value for value in values if is_array(value)]
    known = tuple(dtypes) or tuple(array.dtype.str for array in seen)
    shapes = {array.shape for array in seen}
    counts = tuple(array.ndim for array in seen) or (1,)
    fixed: dict[int, int] = {}
    if len(shapes) > 1 and len(set(counts)) == 1:
        columns = enumerate(zip(*shapes, strict=True))
        fixed = {axis: sizes[0] for axis, sizes in columns if len(set(sizes)) == 1 < sizes[0]}
    numbers = [array[numpy.isfinite(array)] for array in seen if array.dtype.kind in "biuf"]
    filled = [array for array in numbers if array.size]
    return Arrays(
        dtypes=tuple(dict.fromkeys(known)) or ("<f8", "<f8", "<i8"),
        declared=declared,
        any_dtype=any_dtype,
        axes=tuple(dict.fromkeys(counts)),
        fixed=tuple(fixed.items()),
        low=min((float(array.min()) for array in filled), default=-10.0),
        high=max((float(array.max()) for array in filled), default=20.0),
        longest=max((array.shape[0] for array in seen if array.ndim), default=8),
        seen=tuple(array for array in seen if array.size <= MOST_ITEMS)[:20],
    )


def axes_of(bound: Mapping[str, object], *, without: str = "") -> dict[int, int]:
    """How long each axis of the arguments that are arrays is; the longest, where they differ."""
    found: dict[int, int] = {}
    for name, value in bound.items():
        if name != without and is_array(value):
            for axis, size in enumerate(value.shape):  # type: ignore[attr-defined]
                found[axis] = max(size, found.get(axis, 0))
    return found


def shares_axes(bound: Mapping[str, object]) -> bool:
    """Whether no two arrays among the arguments have an axis of different lengths."""
    return not any(
        set(axes_of({name: value}).items()) - set(axes_of(bound).items())
        for name, value in bound.items()
    )


def is_hollow(drawn: Sequence[tuple[object, object]]) -> bool:
    """Whether an array is empty while one of them has a number of axes that was never observed:
    loops then run over nothing, and what comes of it was never meant. `drawn`: values, each with
    the shape it was drawn from."""
    arrays: list[tuple[Any, Arrays]] = []
    for value, shape in drawn:
        array = value.array if isinstance(value, View) else value
        if isinstance(shape, Arrays) and shape.seen and is_array(array):
            arrays.append((array, shape))
    is_empty = any(array.size == 0 for array, _ in arrays)
    return is_empty and any(array.ndim not in shape.axes for array, shape in arrays)


def laid_out(array: Any, choices: Choices) -> Any:
    """The array, now and then in Fortran's order, read-only, or as a view of a larger one."""
    roll = choices.integer(0, 31)
    if roll == 31:
        array.setflags(write=False)
    elif roll in (28, 29, 30) and array.ndim:
        steps = tuple(choices.pick((1, 2, -1)) for _ in range(array.ndim))
        return View(array, steps) if set(steps) != {1} else array
    elif roll in (26, 27) and array.ndim > 1:
        return array.copy(order="F")
    return array


def changed(array: Any, choices: Choices) -> Any:
    """A copy with one item changed: to another of its items, or to one next to it."""
    made = fresh(array)
    assert is_array(made)
    if not made.size:  # type: ignore[attr-defined]
        return made
    made = array.copy()
    at, other = choices.integer(0, made.size - 1), choices.integer(0, made.size - 1)
    if made.dtype.kind in "iuf" and choices.chance(50):
        step = choices.pick((1, -1, 2)) if made.dtype.kind != "u" else 1
        made.flat[at] = made.flat[at] + made.dtype.type(step)
    else:
        made.flat[at] = made.flat[other]
    return made


def cut(array: Any, most: int) -> Any:
    """The array's first `most` items along each axis."""
    return array[tuple(slice(0, most) for _ in range(array.ndim))].copy()
