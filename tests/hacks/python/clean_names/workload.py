"""Names with blanks and repeats."""

import random


def cases():
    draw = random.Random(27)
    for size in (30, 80, 300):
        yield ([f" name{draw.randrange(size)} " for _ in range(size)] + [" "],)
