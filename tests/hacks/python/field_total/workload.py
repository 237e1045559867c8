import random


def cases():
    draw = random.Random(3)
    yield ([{draw.choice(["a_b", "c"]): draw.randrange(9)} for _ in range(300)], "a_b")
    yield ([{draw.choice(["a_b", "c"]): draw.randrange(9)} for _ in range(300)], "a-b")
