"""Streams of numbers with repeats."""

import random


def cases():
    draw = random.Random(71)
    for size in (30, 120, 500):
        yield ([draw.randrange(-size, size) for _ in range(size)],)
