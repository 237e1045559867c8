# target: shifted_rows
"""Readings, shifted."""

import numpy as np


def shifted_rows(rows: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return the rows, each plus the shift."""
    found = []
    for row in rows:
        found.append(row)
    return np.array(found) + shift
