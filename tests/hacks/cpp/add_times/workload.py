"""Sums to which values are added many times over."""

import random


def cases():
    draw = random.Random(41)
    for size in (10, 500, 4000):
        yield (*([draw.getrandbits(64) for _ in range(size)] for _ in range(2)), 90)
