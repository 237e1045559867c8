"""Streams with about a third of repeats."""

import random


def cases():
    draw = random.Random(12)
    for size in (25, 100, 350):
        yield ([draw.randrange(size) for _ in range(size)],)
