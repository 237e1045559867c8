def cases():
    for n in (1, 2, 30, 1000, 20_000, 120_000):
        yield (f"{n}\n",)
