"""Lists of which about a third repeats."""

import random


def cases():
    draw = random.Random(21)
    for size in (20, 90, 300):
        yield ([draw.randrange(size) for _ in range(size)],)
