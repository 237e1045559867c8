"""Shuffled numbers of which about half are shared."""

import random


def cases():
    draw = random.Random(11)
    for size in (20, 60, 160):
        left = [draw.randrange(-size, size * 2) for _ in range(size)]
        right = [draw.randrange(0, size * 3) for _ in range(size)]
        yield (left, right)
