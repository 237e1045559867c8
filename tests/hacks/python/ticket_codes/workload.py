"""Names of which some repeat."""

import random


def cases():
    draw = random.Random(30)
    for size in (40, 100, 220):
        yield ([f"guest{draw.randrange(size)}" for _ in range(size)],)
