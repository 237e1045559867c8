"""Words of which some bits are set."""

import random


def cases():
    draw = random.Random(23)
    for size in (10, 200, 4000):
        yield ([draw.getrandbits(64) for _ in range(size)],)
