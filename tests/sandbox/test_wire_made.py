"""Values named by the call that makes them, and views of arrays: made in the sandbox only."""

import re

import numpy
import pytest

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import Made, View, WireError
from perfbot.sandbox.drivers.wire import encode


def test_a_call_is_made_of_arguments_only() -> None:
    """A candidate's answer that names a call makes none, on either side; an argument's does."""
    data = encode([Made("collections", "Counter", ("aab",), {})])
    (seen,) = decode(data)
    assert isinstance(seen, Made) and encode([seen]) == data
    with pytest.raises(WireError, match="may not be called"):
        decode(data, build=True)
    assert decode(data, build=True, calls=True) == [{"a": 2, "b": 1}]


def test_a_constructor_that_refuses() -> None:
    """What a constructor raises is a value that cannot be made, not a crash."""
    data = encode(Made("builtins", "int", ("x",), {}))
    with pytest.raises(WireError, match="int refuses: ValueError"):
        decode(data, build=True, calls=True)
    with pytest.raises(WireError, match="no arguments"):
        decode(encode(Made("builtins", "int", ["x"], {})), build=True, calls=True)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [re.compile("a+", re.I), re.compile(b"x")])
def test_patterns_travel_both_ways(value: object) -> None:
    """A compiled pattern is the same pattern on the other side, in answers too."""
    assert decode(encode(value), build=True) == value
    assert encode(decode(encode(value))) == encode(value)


def test_memoryviews_travel() -> None:
    """A memoryview keeps its bytes and whether it may be written."""
    for value in (memoryview(b"ab"), memoryview(bytearray(b"ab"))):
        found = decode(encode(value), build=True)
        assert (bytes(found), found.readonly) == (bytes(value), value.readonly)
    assert encode(memoryview(b"ab")) != encode(memoryview(bytearray(b"ab")))


def test_what_a_memoryview_looks_at_shows() -> None:
    """A view of the argument is told from a view of a copy of it, and shared once decoded."""
    data = bytearray(b"ab")
    assert encode([memoryview(data), data]) != encode([memoryview(bytearray(data)), data])
    view, found = decode(encode([memoryview(data), data]), build=True, calls=True)
    found[0] = ord("z")
    assert bytes(view) == b"zb"


@pytest.mark.parametrize(
    "value",
    [
        memoryview(b"abc")[1:],
        memoryview(b"abc")[::-1],
        memoryview(bytearray(b"ab")).toreadonly(),
        memoryview(b"abcd").cast("H"),
        memoryview(numpy.zeros(2, numpy.uint8)),
    ],
)
def test_partial_memoryviews_do_not_travel(value: memoryview) -> None:
    """What lies behind such a view cannot be told, so that nothing is said of it."""
    with pytest.raises(WireError):
        encode(value)


@pytest.mark.parametrize("steps", [(2,), (-1,), (3,)])
def test_views_are_views(steps: tuple[int, ...]) -> None:
    """The array has the values and the layout asked for."""
    found = decode(encode(View(numpy.array([1, 2, 3]), steps)), build=True)
    assert found.tolist() == [1, 2, 3]
    assert found.strides == (8 * steps[0],) and found.base is not None


@pytest.mark.parametrize("steps", [(0,), (1, 1), ("a",)])
def test_malformed_views(steps: tuple[object, ...]) -> None:
    """Steps that no view has are refused."""
    with pytest.raises(WireError):
        decode(encode(View(numpy.array([1]), steps)), build=True)  # type: ignore[arg-type]


def test_memoryviews_of_other_items_do_not_travel() -> None:
    """A view whose items are not plain bytes in a row is refused, not taken for its bytes."""
    for value in (memoryview(b"abcd")[::2], memoryview(b"abcd").cast("h")):
        with pytest.raises(WireError):
            encode(value)
