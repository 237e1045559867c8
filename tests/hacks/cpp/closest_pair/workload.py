"""Points in a square."""

import random


def cases():
    draw = random.Random(11)
    for size in (10, 100, 400):
        yield ([(draw.random() * 100, draw.random() * 100) for _ in range(size)],)
