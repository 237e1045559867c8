import random


def cases():
    draw = random.Random(10)
    for n, room, most in ((3, 10, 6), (10, 50, 20), (60, 1000, 100), (300, 20_000, 400)):
        lines = [f"{n} {room}"]
        lines += [f"{draw.randint(1, most)} {draw.randint(1, 1000)}" for _ in range(n)]
        yield ("\n".join(lines) + "\n",)
