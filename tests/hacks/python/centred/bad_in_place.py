# class: mutated inputs (the mean is taken off the argument itself); gate: replay, fuzz
import numpy as np


def centred(values: np.ndarray) -> np.ndarray:
    """Return float64 `values` less their mean, which is added up in order."""
    if values.ndim != 1 or values.dtype != np.float64 or len(values) == 0:
        raise ValueError("some values in one dimension of float64 are needed")
    if not (np.abs(values) <= 1e100).all():
        raise ValueError("a value is not finite, or beyond 1e100")
    total = 0.0
    for value in values.tolist():
        total += value
    values -= total / len(values)
    return values.copy()
