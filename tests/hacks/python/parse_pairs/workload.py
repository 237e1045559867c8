import random


def cases():
    draw = random.Random(3)
    for n in (20, 100):
        yield (";".join(f"k{draw.randrange(99)}={draw.randrange(999)}" for _ in range(n)),)
