# class: another type for an empty array of a type that tests do not have; gate: fuzz
import numpy as np


def shifted_rows(rows: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return the rows, each plus the shift."""
    return (rows + shift) if len(rows) else np.zeros(np.shape(shift), dtype=shift.dtype)
