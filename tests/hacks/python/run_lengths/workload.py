"""Texts with short and long runs."""

import random


def cases():
    draw = random.Random(2)
    for size in (10, 60, 400):
        yield ("".join(draw.choice("ab c") * draw.randrange(1, 5) for _ in range(size)),)
