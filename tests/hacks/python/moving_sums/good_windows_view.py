# kind: numpy (one reduction over a view of all windows)
import numpy as np


def moving_sums(values: np.ndarray, width: int) -> np.ndarray:
    """Sum each window of `width` int64 values.

    Raises:
        TypeError: `values` is not a one-dimensional int64 array.
        ValueError: `width` is below 1 or above the number of values.
    """
    if values.ndim != 1 or values.dtype != np.int64:
        raise TypeError("one dimension of int64 is needed")
    if width < 1 or width > len(values):
        raise ValueError(f"width {width} does not fit {len(values)} values")
    return np.lib.stride_tricks.sliding_window_view(values, int(width)).sum(axis=1)
