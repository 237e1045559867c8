import random


def cases():
    draw = random.Random(3)
    for n in (50, 200):
        names = [f"acc{i}" for i in range(20)]
        yield ({k: draw.randrange(1000) for k in names},
               [(draw.choice(names), draw.choice(names), draw.randrange(50)) for _ in range(n)])
