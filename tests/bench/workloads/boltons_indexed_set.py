"""A set with its order, and a list to compare it with, small to large."""

import random

from boltons.setutils import IndexedSet


def cases():
    draw = random.Random(4)
    for size in (20, 80, 250):
        numbers = draw.sample(range(2 * size), size)
        yield (IndexedSet(numbers), draw.sample(range(2 * size), size) + numbers[: size // 2])
