import random


def cases():
    draw = random.Random(8)
    for n, most in ((3, 4), (12, 10), (100, 3000), (400, 20_000)):
        yield (f"{n}\n{' '.join(str(draw.randint(1, most)) for _ in range(n))}\n",)
