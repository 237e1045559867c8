"""Numbers that repeat."""

import random


def cases():
    draw = random.Random(17)
    for size in (600, 1500, 3000):
        yield ([draw.randrange(size) for _ in range(size)],)
