"""Overlapping ranges; the strategy also makes texts that must be refused."""

import random

from hypothesis import strategies as st

_part = st.one_of(
    st.integers(0, 60).map(str),
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: f"{pair[0]}-{pair[1]}"),
    st.text(max_size=5),
)
strategy = st.tuples(st.lists(_part, max_size=8).map(",".join))


def cases():
    draw = random.Random(14)
    for size in (8, 15, 40):
        starts = [draw.randrange(5 * size) for _ in range(size)]
        yield (", ".join(f"{start}-{start + draw.randrange(12)}" for start in starts),)
