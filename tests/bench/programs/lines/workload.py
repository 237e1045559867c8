import random


def cases():
    draw = random.Random(11)
    yield ("",)
    yield ("b a\na\nb a\na c\n",)
    for count in (12, 100, 3000):
        made = [f"{draw.choice('xyz')} {draw.randint(1, count)}" for _ in range(count)]
        yield ("\n".join(made) + "\n",)
