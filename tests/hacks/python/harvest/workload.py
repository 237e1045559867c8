"""Readings of several sizes."""

import random

from hypothesis import strategies as st

_reading = st.one_of(st.integers(), st.integers(2**60, 2**60 + 9))
strategy = st.tuples(st.lists(_reading, max_size=12), st.integers(-2, 6))


def cases():
    draw = random.Random(1)
    for size, rounds in ((40, 4), (80, 6), (150, 8)):
        yield ([draw.randrange(-100, 100) for _ in range(size)], rounds)
