import random


def cases():
    draw = random.Random(9)
    yield ("2\nabba\nxyz\n",)
    for texts, length in ((3, 8), (5, 40), (4, 250)):
        made = ["".join(draw.choices("ab", k=draw.randint(1, length))) for _ in range(texts)]
        yield ("\n".join([str(texts), *made]) + "\n",)
