import random


def cases():
    draw = random.Random(3)
    yield ([draw.choice([1, 2.5, "x", draw.random()]) for _ in range(200)],)
