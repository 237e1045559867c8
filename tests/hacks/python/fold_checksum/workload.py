"""Packets of the usual sizes."""

import random


def cases():
    draw = random.Random(43)
    for size in (20, 576, 1500, 9000):
        yield (draw.randbytes(size),)
