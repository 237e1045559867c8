"""Rows of which several share a key."""

import random


def cases():
    draw = random.Random(13)
    for size in (20, 100, 300):
        yield ([(draw.randrange(size // 2), f"row {number}") for number in range(size)],)
