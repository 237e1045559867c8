"""Windows of several widths, some values large enough to wrap around."""

import numpy as np
from hypothesis import strategies as st

_whole = st.one_of(st.integers(-100, 100), st.integers(-(2**63), 2**63 - 1))
strategy = st.tuples(
    st.lists(_whole, max_size=40).map(lambda values: np.array(values, dtype=np.int64)),
    st.integers(-2, 45),
)


def cases():
    draw = np.random.default_rng(8)
    for size, width in ((40, 5), (120, 7), (500, 30)):
        yield (draw.integers(-(2**62), 2**62, size), width)
