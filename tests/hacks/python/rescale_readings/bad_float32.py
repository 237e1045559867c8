# class: precision change (float32 inside); gate: replay, fuzz
import numpy as np


def rescale(values: np.ndarray) -> np.ndarray:
    """Map float64 `values` linearly onto [0, 1]; equal values all become 0."""
    if values.ndim != 1 or values.dtype != np.float64:
        raise ValueError("one dimension of float64 is needed")
    if len(values) == 0:
        raise ValueError("no values")
    if not (np.abs(values) <= 1e100).all():
        raise ValueError("a value is not finite, or beyond 1e100")
    small = values.astype(np.float32)
    low = small.min()
    span = small.max() - low
    if span > 0:
        return ((small - low) / span).astype(np.float64)
    return np.zeros(len(values))
