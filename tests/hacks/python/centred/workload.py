"""Currents of picoamperes."""

import numpy as np
from hypothesis import strategies as st

strategy = st.tuples(
    st.lists(st.floats(-1e6, 1e6), max_size=60).map(
        lambda values: np.array(values, dtype=np.float64)
    )
)


def cases():
    draw = np.random.default_rng(73)
    for size in (60, 300, 1500):
        yield (draw.normal(size=size) * 1e-10,)
