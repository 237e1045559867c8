"""Matrices of several shapes."""

import random

from hypothesis import strategies as st


def _matrix(rows, columns):
    whole = st.one_of(st.integers(-9, 9), st.integers(-(2**70), 2**70))
    row = st.lists(whole, min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)


_sizes = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))
strategy = _sizes.flatmap(lambda s: st.tuples(_matrix(s[0], s[1]), _matrix(s[1], s[2])))


def cases():
    draw = random.Random(9)
    for rows, inner, columns in ((7, 9, 8), (12, 14, 10), (22, 24, 20)):
        yield (
            [[draw.randrange(-99, 99) for _ in range(inner)] for _ in range(rows)],
            [[draw.randrange(-99, 99) for _ in range(columns)] for _ in range(inner)],
        )
