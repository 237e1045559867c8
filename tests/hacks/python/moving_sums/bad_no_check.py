# class: exception dropped; gate: suite, replay, fuzz
import numpy as np


def moving_sums(values: np.ndarray, width: int) -> np.ndarray:
    """Sum each window of `width` int64 values."""
    if values.ndim != 1 or values.dtype != np.int64:
        raise TypeError("one dimension of int64 is needed")
    totals = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=totals[1:])
    return totals[width:] - totals[: len(totals) - width]
