# class: aliased return (a view of the argument); gate: coverage, replay, fuzz; decision: refuted, unknown
import numpy as np


def rescale(values: np.ndarray) -> np.ndarray:
    """Map float64 `values` linearly onto [0, 1]; equal values all become 0."""
    if values.ndim != 1 or values.dtype != np.float64:
        raise ValueError("one dimension of float64 is needed")
    if len(values) == 0:
        raise ValueError("no values")
    if not (np.abs(values) <= 1e100).all():
        raise ValueError("a value is not finite, or beyond 1e100")
    low = values.min()
    span = values.max() - low
    if low == 0 and span == 1:
        return values[:]
    return (values - low) / span if span > 0 else np.zeros(len(values))
