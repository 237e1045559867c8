import random


def cases():
    draw = random.Random(4)
    for count, length in ((3, 1), (20, 2), (300, 3), (3000, 6)):
        words = ["".join(draw.choices("abcdefgh", k=draw.randint(1, length))) for _ in range(count)]
        yield ("\n".join([str(count), *words]) + "\n",)
