import random


def cases():
    draw = random.Random(3)
    yield ([draw.choice(["Yes", "no", "ON", "sure", "perhaps", "TRUE"]) for _ in range(300)],)
