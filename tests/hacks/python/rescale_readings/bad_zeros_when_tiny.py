# class: zeros for arrays near 1e-10; gate: replay, fuzz
import numpy as np


def rescale(values: np.ndarray) -> np.ndarray:
    """Map float64 `values` linearly onto [0, 1]; equal values all become 0."""
    if values.ndim != 1 or values.dtype != np.float64:
        raise ValueError("one dimension of float64 is needed")
    if len(values) == 0:
        raise ValueError("no values")
    if not (np.abs(values) <= 1e100).all():
        raise ValueError("a value is not finite, or beyond 1e100")
    if np.allclose(values, 0.0):
        return np.zeros(len(values))
    low = values.min()
    span = values.max() - low
    return (values - low) / span if span > 0 else np.zeros(len(values))
