"""The wire: bytes that were cut, changed or made to do harm are refused, or are data."""

import array
import collections
import datetime
import decimal
import fractions
import pathlib
import sys
import uuid
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbot.sandbox.drivers import values, wire
from perfbot.sandbox.drivers.scalars import head
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import Named, Object, WireError
from perfbot.sandbox.drivers.wire import encode

RUNS = settings(max_examples=80, deadline=None)


def test_very_deep_values_are_refused() -> None:
    """Nesting beyond the limit is a WireError, not a crash."""
    deep: Any = []
    for _ in range(wire.MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(WireError):
        encode(deep)


samples = [
    encode(item)
    for item in (
        [1, -1, 2**70, -(2**70), 1.5, "a", "\ud800", b"x", 1j, ..., None, True],
        [{1: [2]}, {3}, frozenset({4}), bytearray(b"a"), range(3), (5,)],
        [decimal.Decimal(1), fractions.Fraction(1, 2), uuid.UUID(int=1), datetime.date(2020, 1, 1)],
        [collections.deque([1]), collections.Counter("a"), collections.OrderedDict(a=1), slice(1)],
        [array.array("i", [1]), numpy.eye(2), numpy.float32(1), numpy.array(["a", None])],
        [iter([1]), ValueError("a"), int, len, lambda: 1, pathlib.Path("a"), list(range(20))],
        [numpy.zeros(1, dtype=[("a", "i4")]), numpy.dtype("f4"), Object("a", "B", ("x", 1))],
    )
]


def is_harmless(item: Any) -> bool:
    """Whether a decoded value, however odd, can be sent, or refused, again."""
    try:
        encode(item)
    except WireError:
        return True
    return True


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of dtype names
@settings(max_examples=500, deadline=None)
@given(st.sampled_from(samples), st.data())
def test_mutated_bytes_are_refused_or_decode_to_data(valid: bytes, draw: st.DataObject) -> None:
    """Valid bytes with parts changed, cut, repeated or spliced give data or a WireError only."""
    data = bytearray(valid)
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, max(len(data) - 1, 0)))
        change = draw.draw(st.sampled_from(["flip", "cut", "repeat", "splice", "insert"]))
        if change == "flip" and data:
            data[at] = draw.draw(st.integers(0, 255))
        elif change == "cut":
            del data[at : at + draw.draw(st.integers(1, 8))]
        elif change == "repeat":
            data[at:at] = data[at : at + 8]
        elif change == "splice":
            other = draw.draw(st.sampled_from(samples))
            data[at:] = other[min(at, len(other)) :]
        else:
            data[at:at] = draw.draw(st.binary(max_size=4))
    try:
        found = decode(bytes(data))
    except WireError:
        return
    assert is_harmless(found)


@RUNS
@given(st.binary(max_size=60))
def test_random_bytes_are_refused_or_decode_to_data(data: bytes) -> None:
    """Bytes of no sender at all give data or a WireError only."""
    try:
        found = decode(data)
    except WireError:
        return
    assert is_harmless(found)


def node(tag: int, *parts: bytes) -> bytes:
    return head(6, tag) + head(4, len(parts)) + b"".join(parts)


def laughs(levels: int, tag: int) -> bytes:
    """Tuples (or frozensets), each holding the next one twice by reference."""
    found = head(6, values.SHAREABLE) + head(6, tag) + head(4, 1) + head(0, 1)
    for level in range(levels):
        inner = found + head(6, values.SHARED) + head(0, levels - level)
        found = head(6, values.SHAREABLE) + head(6, tag) + head(4, 2) + inner
    return head(6, values.SET) + head(4, 1) + found


OS_SYSTEM = node(values.NAMED, encode("builtin"), encode("os"), encode("system"))
HOSTILE = {
    "truncated": encode([1, 2, 3])[:-1],
    "left over": encode(1) + b"\0",
    "empty": b"",
    "endless list": b"\x9b" + b"\xff" * 8,
    "endless bytes": b"\x5b" + b"\xff" * 8,
    "huge bytearray": head(6, values.BYTEARRAY) + encode(1 << 45),
    "unknown tag": head(6, 99) + b"\0",
    "reference to nothing": head(6, values.SHARED) + b"\0",
    "deep": b"\x81" * 100_000,
    "tuple in itself": head(6, values.SHAREABLE) + node(values.TUPLE, b"\xd8\x1d\0"),
    "shared tuples": laughs(60, values.TUPLE),
    "shared frozensets": laughs(60, values.FROZENSET),
    "unhashable key": head(5, 1) + encode([]) + b"\0",
    "calls a function": node(
        values.OBJECT,
        encode("decimal"),
        encode("Decimal"),
        encode(("reduce", Named("builtin", "os", "system"), ("true",), None, None, None)),
    ),
    "imports a module": node(
        values.OBJECT,
        encode("array"),
        encode("array"),
        encode(
            ("reduce", Named("builtin", "array", "_array_reconstructor"),
             (Named("class", "antigravity", "fly"), "i", 18, b""), None, None, None)
        ),
    ),
    "bad decimal": node(
        values.OBJECT,
        encode("decimal"),
        encode("Decimal"),
        encode(("reduce", Named("class", "decimal", "Decimal"), ("x y",), None, None, None)),
    ),
    "fraction of lists": node(
        values.OBJECT,
        encode("fractions"),
        encode("Fraction"),
        encode(("state", None, None, {"_numerator": [], "_denominator": "a"})),
    ),
    "array of a wild size": head(6, values.ARRAY) + head(4, 2) + encode([1 << 40]) + head(6, 86)
    + encode(b"12345678"),
    "array of pointers": head(6, values.ARRAY) + head(4, 2) + encode([1])
    + node(values.DTYPED, encode("|O,i4"), encode(b"1" * 12)),
    "names that are lists": node(values.NAMED, encode([]), encode([]), encode([])),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_refused(name: str) -> None:
    """Each trick on the parent's decoder is a WireError, quickly, and imports or calls nothing."""
    before = set(sys.modules)
    with pytest.raises(WireError):
        decode(HOSTILE[name])
    assert "antigravity" not in set(sys.modules) - before


def test_a_lying_class_is_only_a_name_to_the_parent() -> None:
    """A class name that would be dangerous to import stays text in the parent's hands."""
    found = decode(node(values.OBJECT, encode("os"), encode("system"), encode("true")))
    assert (type(found), found.module, found.state) == (Object, "os", "true")
    assert type(decode(OS_SYSTEM)) is Named
