# class: precision change (float64 inside); gate: replay, fuzz
import numpy as np


def moving_sums(values: np.ndarray, width: int) -> np.ndarray:
    """Sum each window of `width` int64 values."""
    if values.ndim != 1 or values.dtype != np.int64:
        raise TypeError("one dimension of int64 is needed")
    if width < 1 or width > len(values):
        raise ValueError(f"width {width} does not fit {len(values)} values")
    return np.rint(np.convolve(values.astype(np.float64), np.ones(width), "valid")).astype(np.int64)
