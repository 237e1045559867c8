"""Lists without repeats (the slowest input) and with one near the end."""

import random


def cases():
    draw = random.Random(5)
    for size in (12, 60, 240):
        items = draw.sample(range(-10 * size, 10 * size), size)
        yield (items,)
        yield ([*items, items[-2]],)
