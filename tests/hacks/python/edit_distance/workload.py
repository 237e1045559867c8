"""Words and their misspellings."""

import random


def cases():
    draw = random.Random(41)
    for size in (12, 40, 90):
        word = [draw.choice("aceinorst") for _ in range(size)]
        wrong = list(word)
        for _ in range(size // 6):
            wrong[draw.randrange(len(wrong))] = draw.choice("aceinorst")
            del wrong[draw.randrange(len(wrong))]
        yield ("".join(word), "".join(wrong))
