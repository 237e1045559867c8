"""Lists of which a quarter is dropped."""

import random


def cases():
    draw = random.Random(37)
    for size in (20, 400, 5000):
        yield ([draw.randrange(4) for _ in range(size)], 2)
