"""Pictures with soft and hard edges."""

import numpy as np
from hypothesis import strategies as st


def _image(shape, values):
    return np.array(values, dtype=np.uint8).reshape(shape)


_shape = st.tuples(st.integers(0, 6), st.integers(0, 6))
strategy = st.tuples(
    _shape.flatmap(
        lambda shape: st.lists(
            st.one_of(st.integers(0, 255), st.sampled_from((0, 255))),
            min_size=shape[0] * shape[1],
            max_size=shape[0] * shape[1],
        ).map(lambda values: _image(shape, values))
    )
)


def cases():
    draw = np.random.default_rng(61)
    for rows, columns in ((6, 9), (20, 16), (40, 48)):
        yield (draw.integers(0, 256, (rows, columns), dtype=np.uint8),)
