import random


def cases():
    draw = random.Random(5)
    for n, q, most in ((3, 2, 10), (10, 10, 50), (100, 200, 1000), (2000, 1500, 10**9)):
        lines = [f"{n} {q}", " ".join(str(draw.randint(-most, most)) for _ in range(n))]
        for _ in range(q):
            lines.append(" ".join(map(str, sorted(draw.randint(1, n) for _ in range(2)))))
        yield ("\n".join(lines) + "\n",)
