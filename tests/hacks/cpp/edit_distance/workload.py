"""Pairs of words and of sentences."""

import random


def cases():
    draw = random.Random(31)
    for size in (8, 100, 700):
        yield tuple("".join(draw.choice("abcd ") for _ in range(size)) for _ in range(2))
