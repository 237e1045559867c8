# class: every result is one shared buffer; gate: policy, replay, fuzz, measure
import numpy as np

_buffer = np.empty(1 << 16)


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
    result = _buffer[: len(values)]
    result[:] = (values - low) / span if span > 0 else 0.0
    return result
