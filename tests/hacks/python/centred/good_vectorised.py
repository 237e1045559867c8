# kind: numpy (one subtraction, the sum stays in order)
import numpy as np
from functools import reduce
from operator import add


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
    return values - reduce(add, values.tolist(), 0.0) / len(values)
