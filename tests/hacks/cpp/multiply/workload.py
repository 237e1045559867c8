"""Square matrices."""

import random


def cases():
    draw = random.Random(19)
    for size in (3, 30, 90):
        yield (*([draw.uniform(-9, 9) for _ in range(size * size)] for _ in range(2)), size)
