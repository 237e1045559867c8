"""Lines of numbers."""

import random


def cases():
    draw = random.Random(7)
    for size in (10, 200, 1000):
        yield (",".join(str(draw.randrange(10**6)) for _ in range(size)),)
    yield ("12,,7",)
    yield ("12,x",)
