"""Delays of which some repeat."""

import random


def cases():
    draw = random.Random(79)
    for size in (40, 120, 400):
        yield ([draw.randrange(size) for _ in range(size)],)
