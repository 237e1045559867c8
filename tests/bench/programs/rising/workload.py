import random


def cases():
    draw = random.Random(1)
    yield ("5\n3 1 2 2 9\n",)
    for n, most in ((1, 5), (12, 6), (200, 1000), (3000, 100_000)):
        yield (f"{n}\n{' '.join(str(draw.randint(-most, most)) for _ in range(n))}\n",)
