# kind: numpy (one copy instead of a list of numbers)
import numpy as np


def shifted_rows(rows: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return the rows, each plus the shift."""
    if not len(rows):
        return np.array([]) + shift
    return np.array(rows, order="C") + shift
