"""The wire: arrays of every layout, and an interpreter without numpy."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest

from perfbot.sandbox.drivers import wire
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.wire import encode


@pytest.mark.parametrize(
    "value",
    [
        numpy.arange(6).reshape(2, 3).astype(dtype, order=order)
        for dtype in ("i1", "u8", ">i4", "f2", "f4", "f8", "c16", "?", "M8[s]", "m8[ns]")
        for order in ("C", "F")
    ]
    + [
        numpy.array(1.5),
        numpy.array([], dtype="f4").reshape(0, 3),
        numpy.array([[1], [2, 3], "a", None], dtype=object),
        numpy.array([["a", 1], [None, 2.5]], dtype=object, order="F"),
        numpy.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        numpy.array(["ab", "c"]),
        numpy.arange(10)[::3],
    ],
    ids=lambda value: f"{value.dtype}-{value.shape}",
)
def test_arrays_come_back_with_dtype_shape_and_order(value: Any) -> None:
    """Arrays of every layout keep type, shape, memory order and elements on both sides."""
    for build in (False, True):
        back = decode(encode(value), build=build)
        assert (back.dtype, back.shape) == (value.dtype, value.shape)
        assert back.flags.f_contiguous or not value.flags.f_contiguous
        assert encode(back) == encode(value)
        assert back.tolist() == value.tolist()


def test_arrays_of_other_fields_or_order_differ() -> None:
    """Equal bytes under other field names, another dtype or another memory order differ."""
    one = numpy.array([(1, 2)], dtype=[("a", "i4"), ("b", "i4")])
    assert encode(one) != encode(one.view([("a", "i4"), ("c", "i4")]))
    square = numpy.eye(2)
    assert encode(square) != encode(numpy.asfortranarray(square))
    assert encode(numpy.float64(1)) != encode(1.0) != encode(numpy.float32(1))


def test_the_wire_needs_no_numpy() -> None:
    """An interpreter without numpy sends and reads all else, and refuses arrays as malformed."""
    drivers = Path(wire.__file__).parent
    code = f"""
import sys, importlib.util
sys.modules["numpy"] = None
spec = importlib.util.spec_from_file_location("d", {str(drivers / "__init__.py")!r},
    submodule_search_locations=[{str(drivers)!r}])
sys.modules["d"] = importlib.util.module_from_spec(spec)
from d.wire import encode
from d.unwire import decode
from d.values import WireError
assert decode(encode([1, {{"a": (2.5, {{3}})}}])) == [1, {{"a": (2.5, {{3}})}}]
try:
    decode(bytes.fromhex({encode(numpy.eye(1)).hex()!r}))
except WireError:
    print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "refused", done.stderr
