"""Numbers around zero, many of them with an opposite."""

import random


def cases():
    draw = random.Random(3)
    for size in (40, 400, 1500):
        yield ([draw.randrange(-size, size) for _ in range(size)],)
