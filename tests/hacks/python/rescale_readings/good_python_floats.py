# kind: local binding (Python floats in place of numpy scalars, the same operations)
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
    plain = values.tolist()
    low = min(plain)
    span = max(plain) - low
    if span > 0:
        return np.array([(value - low) / span for value in plain])
    return np.zeros(len(plain))
