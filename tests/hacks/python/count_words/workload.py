"""Texts of common and rare words."""

import random


def cases():
    draw = random.Random(67)
    words = [
        "".join(draw.choice("abcdefgh\u00e9\u0391\u0411") for _ in range(draw.randrange(1, 8)))
        for _ in range(250)
    ]
    for size in (30, 120, 600):
        chosen = [draw.choice(words[: size // 2]) for _ in range(size)]
        yield (" ".join(draw.choice((word, word.title(), word + ",")) for word in chosen),)
