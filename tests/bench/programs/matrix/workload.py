import random


def cases():
    draw = random.Random(6)
    for n, most in ((1, 5), (3, 9), (20, 10**9), (120, 10**9 + 6)):
        rows = [" ".join(str(draw.randint(0, most)) for _ in range(n)) for _ in range(2 * n)]
        yield ("\n".join([str(n), *rows]) + "\n",)
