import random


def cases():
    draw = random.Random(3)
    yield (["".join(draw.choice("abc") for _ in range(4)) for _ in range(80)],)
