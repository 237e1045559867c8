"""Readings of many magnitudes."""

import numpy as np
from hypothesis import strategies as st

strategy = st.tuples(
    st.lists(st.floats(-1e6, 1e6), min_size=0, max_size=60).map(
        lambda values: np.array(values, dtype=np.float64)
    )
)


def cases():
    draw = np.random.default_rng(3)
    for size, scale in ((60, 1e-10), (200, 1e9), (1500, 40.0)):
        yield (draw.normal(size=size) * scale,)
