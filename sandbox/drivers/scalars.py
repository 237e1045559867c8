"""CBOR's heads and the values that hold no others."""

from __future__ import annotations

import array
import math
import struct
from collections.abc import Callable
from typing import Any

from .values import (
    BIGNUM,
    COMPLEX,
    ELLIPSIS,
    NEGATIVE_BIGNUM,
    PACKED_FLOATS,
    PACKED_INTS,
    SURROGATES,
)  # fmt: skip

PACK_FROM = 16
"""Sequences of at least this many 64-bit integers or floats travel packed (tag 47,016, 47,017)."""


def head(major: int, n: int) -> bytes:
    """A CBOR head: three bits of major type, and the count in as few bytes as it needs."""
    if n < 24:
        return bytes(((major << 5) | n,))
    if n < 0x100:
        return bytes(((major << 5) | 24, n))
    if n < 0x10000:
        return struct.pack(">BH", (major << 5) | 25, n)
    if n < 0x100000000:
        return struct.pack(">BI", (major << 5) | 26, n)
    return struct.pack(">BQ", (major << 5) | 27, n)


def integer(value: int) -> bytes:
    if 0 <= value < 1 << 64:
        return head(0, value)
    if -(1 << 64) <= value < 0:
        return head(1, -1 - value)
    tag, value = (BIGNUM, value) if value > 0 else (NEGATIVE_BIGNUM, -1 - value)
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return head(6, tag) + head(2, len(data)) + data


def text(value: str) -> bytes:
    try:
        data = value.encode()
    except UnicodeEncodeError:
        data = value.encode("utf-8", "surrogatepass")
        return head(6, SURROGATES) + head(2, len(data)) + data
    return head(3, len(data)) + data


def floating(value: float) -> bytes:
    return b"\xfb" + struct.pack(">d", math.nan if value != value else value)


SIMPLE: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda value: b"\xf6",
    bool: lambda value: b"\xf5" if value else b"\xf4",
    int: integer,
    float: floating,
    str: text,
    bytes: lambda value: head(2, len(value)) + value,
    complex: lambda value: (
        head(6, COMPLEX) + head(4, 2) + floating(value.real) + floating(value.imag)
    ),
    type(Ellipsis): lambda value: head(6, ELLIPSIS) + b"\xf6",
    type(NotImplemented): lambda value: head(6, ELLIPSIS) + b"\xf5",
}


def pack(items: Any) -> bytes:
    """The packed form of a long sequence of exact ints or of exact floats, or nothing."""
    kinds = set(map(type, items))
    if kinds == {int}:
        try:
            data = array.array("q", items).tobytes()
        except OverflowError:
            return b""
        return head(6, PACKED_INTS) + head(2, len(data)) + data
    if kinds == {float}:
        data = array.array("d", [math.nan if item != item else item for item in items]).tobytes()
        return head(6, PACKED_FLOATS) + head(2, len(data)) + data
    return b""
