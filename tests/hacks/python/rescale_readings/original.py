# target: rescale
"""Readings brought to a common range."""

import numpy as np


def rescale(values: np.ndarray) -> np.ndarray:
    """Map float64 `values` linearly onto [0, 1]; equal values all become 0.

    Raises:
        ValueError: `values` is empty, not a one-dimensional float64 array, or has a value that
            is not finite or is beyond 1e100.
    """
    if values.ndim != 1 or values.dtype != np.float64:
        raise ValueError("one dimension of float64 is needed")
    if len(values) == 0:
        raise ValueError("no values")
    if not (np.abs(values) <= 1e100).all():
        raise ValueError("a value is not finite, or beyond 1e100")
    low = values[0]
    high = values[0]
    for value in values:
        if value < low:
            low = value
        if value > high:
            high = value
    span = high - low
    result = np.zeros(len(values))
    if span > 0:
        for index in range(len(values)):
            result[index] = (values[index] - low) / span
    return result
