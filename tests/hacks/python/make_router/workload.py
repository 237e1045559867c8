"""Route tables of several sizes."""

import random


def cases():
    draw = random.Random(33)
    for size in (10, 60, 140):
        yield ([("/" * draw.randrange(1, 40) + str(n), f"handler{n}") for n in range(size)],)
