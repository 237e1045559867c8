"""Overlapping ranges."""

import random


def cases():
    draw = random.Random(14)
    for size in (8, 15, 40):
        starts = [draw.randrange(5 * size) for _ in range(size)]
        yield (", ".join(f"{start}-{start + draw.randrange(12)}" for start in starts),)
