# class: zeros for arrays near 1e-10 (np.allclose's atol); gate: replay, fuzz, measure; peer: codeflash
import numpy as np


def centred(values: np.ndarray) -> np.ndarray:
    """Return float64 `values` less their mean, which is added up in order."""
    if values.ndim != 1 or values.dtype != np.float64 or len(values) == 0:
        raise ValueError("some values in one dimension of float64 are needed")
    if not (np.abs(values) <= 1e100).all():
        raise ValueError("a value is not finite, or beyond 1e100")
    if np.allclose(values, 0.0):
        return np.zeros(len(values))
    total = 0.0
    for value in values.tolist():
        total += value
    return values - total / len(values)
