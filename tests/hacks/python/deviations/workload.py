"""Values of mixed magnitude, so that the order of additions shows."""

import random


def cases():
    draw = random.Random(4)
    for size in (10, 30, 170):
        yield ([draw.uniform(-1, 1) * 10.0 ** draw.randrange(-6, 7) for _ in range(size)],)
