"""Names of which some repeat."""

import random


def cases():
    draw = random.Random(31)
    for size in (10, 60, 200):
        yield ([f"order{draw.randrange(size)}" for _ in range(size)],)
