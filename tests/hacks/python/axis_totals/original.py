# target: axis_totals
"""Totals of tables of whole numbers."""

import numpy as np


def axis_totals(table: np.ndarray) -> np.ndarray:
    """Return the totals along the first axis, zeros of the other axes' shape for no rows."""
    total = np.zeros(table.shape[1:], dtype=table.dtype)
    for row in table:
        total = total + row
    return total
