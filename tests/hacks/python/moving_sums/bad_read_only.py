# class: semantic drift (a read-only view is returned); gate: replay, fuzz
import numpy as np


def moving_sums(values: np.ndarray, width: int) -> np.ndarray:
    """Sum each window of `width` int64 values."""
    if values.ndim != 1 or values.dtype != np.int64:
        raise TypeError("one dimension of int64 is needed")
    if width < 1 or width > len(values):
        raise ValueError(f"width {width} does not fit {len(values)} values")
    totals = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=totals[1:])
    result = totals[width:] - totals[:-width]
    result.flags.writeable = False
    return result
