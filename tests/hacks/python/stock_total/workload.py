"""Stocks with repeated names, and orders against them."""

import random

from original import Stock


def cases():
    draw = random.Random(6)
    for size in (20, 60, 150):
        names = [f"item{draw.randrange(size)}" for _ in range(size)]
        stock = Stock([(name, draw.randrange(-5, 50)) for name in names])
        yield (stock, [draw.choice(names) for _ in range(size)])
