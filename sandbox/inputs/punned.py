"""Bytes that hold wider numbers: NaN, infinities and extremes written into buffers.

Code that reads a `float` or an `int32_t` out of bytes (pixels, packets, files) errs on numbers that
bytes drawn one by one nearly never make.
"""

import re
import struct
from collections.abc import Iterator, Mapping, Sequence

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.signature import Signature

NAN, INFINITY = float("nan"), float("inf")
PATTERNS: dict[int, tuple[bytes, ...]] = {
    2: (b"\0\x80", b"\xff\x7f", b"\xff\xff", b"\0\0"),
    4: (
        *(struct.pack("<f", item) for item in (NAN, -NAN, INFINITY, -INFINITY, -0.0)),
        *(struct.pack("<I", item) for item in (0x8000_0000, 0x7FFF_FFFF, 0xFFFF_FFFF, 1)),
    ),
    8: (
        *(struct.pack("<d", item) for item in (NAN, -NAN, INFINITY, -INFINITY, -0.0)),
        *(struct.pack("<Q", item) for item in (1 << 63, (1 << 63) - 1, (1 << 64) - 1, 1)),
    ),
}
"""By width in bytes, little-endian. The idea is AFL's "interesting values" of 8 to 32 bits."""
LEAST, MOST = 8, 4096
"""Sizes in bytes of buffers that are written into."""
MOST_OBSERVED = 4
APART = 3
"""Where all patterns stand in one buffer, each is followed by so many numbers less one as they
were."""
_BYTE = re.compile(r"\bL[et]\((?:255|127)\)")
"""What the annotation of an 8-bit integer of C++ says of it."""


def with_punned_numbers(signature: Signature, observed: Sequence[Arguments]) -> Iterator[Arguments]:
    """Observed inputs with such numbers in one of their buffers: each as the first and as the
    second number, then all of them, apart."""
    bound = [values for item in observed if (values := signature.bind(item)) is not None]
    for name in _buffers(signature, bound):
        fitting = [it for it in bound if name in it and LEAST <= _size(it[name]) <= MOST]
        for values in sorted(fitting, key=lambda it: _size(it[name]))[:MOST_OBSERVED]:
            for made in _written(_bytes_of(values[name])):
                changed = {key: fresh(item) for key, item in values.items()}
                changed[name] = _like(values[name], made)
                yield signature.call(changed)


def _buffers(signature: Signature, bound: Sequence[Mapping[str, object]]) -> list[str]:
    """Names of parameters that are given bytes, or lists of 8-bit integers."""
    found = []
    for parameter in signature.parameters:
        seen = [values[parameter.name] for values in bound if parameter.name in values]
        is_list = _BYTE.search(parameter.annotation or "") and all(type(it) is list for it in seen)
        if seen and (is_list or all(type(it) in (bytes, bytearray) for it in seen)):
            found.append(parameter.name)
    return found


def _size(value: object) -> int:
    return len(value) if isinstance(value, (bytes, bytearray, list)) else 0


def _bytes_of(value: object) -> bytes:
    if isinstance(value, list):
        return bytes(item & 0xFF if type(item) is int else 0 for item in value)
    return bytes(value) if isinstance(value, (bytes, bytearray)) else b""


def _written(data: bytes) -> Iterator[bytes]:
    """The same number of bytes, with numbers of each width at places that are multiples of it."""
    for width, patterns in PATTERNS.items():
        count = len(data) // width
        if count < 2:
            continue
        for pattern in patterns:
            yield pattern + data[width:]
            yield data[:width] + pattern + data[2 * width :]
        every = bytearray(data)
        for at, pattern in enumerate(patterns):
            place = (1 + APART * at) * width
            if place + width <= len(data):
                every[place : place + width] = pattern
        yield bytes(every)


def _like(value: object, data: bytes) -> object:
    """`data` in the form of `value`; signed, where one of its items is."""
    if isinstance(value, list):
        is_signed = any(type(item) is int and item < 0 for item in value)
        return [item - 256 if is_signed and item > 127 else item for item in data]
    return bytearray(data) if isinstance(value, bytearray) else data
