"""Frames of some sizes under four-byte keys."""

import random


def cases():
    draw = random.Random(3)
    for size in (7, 130, 2000):
        yield bytearray(draw.randbytes(size)), draw.randbytes(4)
