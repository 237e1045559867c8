"""A metric and two strings, short to long."""

import random

from strsimpy.levenshtein import Levenshtein


def cases():
    draw = random.Random(1)
    for size in (12, 30, 70):
        first = "".join(draw.choices("abcd", k=size))
        second = "".join(draw.choices("abcd", k=size + 3))
        yield (Levenshtein(), first, second)
