import random


def cases():
    draw = random.Random(3)
    names = [f"p{i}" for i in range(60)]
    yield ({n: draw.randrange(99) for n in names[:40]}, [draw.choice(names) for _ in range(100)])
