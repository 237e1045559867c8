"""Lists of numbers of which about a third repeats."""

import random


def cases():
    draw = random.Random(3)
    for size in (30, 120, 500):
        yield ([draw.randrange(size) for _ in range(size)],)
