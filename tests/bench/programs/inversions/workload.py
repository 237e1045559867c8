import random


def cases():
    draw = random.Random(3)
    for n, most in ((4, 9), (30, 12), (500, 10**9), (5000, 10**9)):
        yield (f"{n}\n{' '.join(str(draw.randint(1, most)) for _ in range(n))}\n",)
