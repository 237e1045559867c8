import random


def cases():
    draw = random.Random(7)
    for n, most in ((3, 5), (9, 6), (60, 30), (500, 2 * 10**9), (4000, 2 * 10**9)):
        values = [draw.randint(-most, most) for _ in range(n)]
        yield (f"{n} {values[0] + values[-1]}\n{' '.join(map(str, values))}\n",)
