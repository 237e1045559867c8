# target: centred
"""Readings about their mean."""

import numpy as np


def centred(values: np.ndarray) -> np.ndarray:
    """Return float64 `values` less their mean, which is added up in order.

    Raises:
        ValueError: `values` is empty, not a one-dimensional float64 array, or has a value that
            is not finite or is beyond 1e100.
    """
    if values.ndim != 1 or values.dtype != np.float64 or len(values) == 0:
        raise ValueError("some values in one dimension of float64 are needed")
    if not (np.abs(values) <= 1e100).all():
        raise ValueError("a value is not finite, or beyond 1e100")
    total = 0.0
    for value in values:
        total += float(value)
    result = np.zeros(len(values))
    for index in range(len(values)):
        result[index] = values[index] - total / len(values)
    return result
