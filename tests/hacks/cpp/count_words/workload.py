"""Texts of a few hundred words."""

import random


def cases():
    draw = random.Random(5)
    words = ["of", "the", "and", "a", "to", "grey", "whale", "harbour", "caf\u00e9", "x"]
    for size in (20, 200, 2000):
        yield (" ".join(draw.choice(words) for _ in range(size)) + "\n",)
