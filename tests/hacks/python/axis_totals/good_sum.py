# kind: numpy (one sum of a line, in the array's own type, a loop over the rows of a table)
import numpy as np


def axis_totals(table: np.ndarray) -> np.ndarray:
    """Return the totals along the first axis, zeros of the other axes' shape for no rows."""
    if len(table) and table.ndim == 1 and table.dtype.kind == "i":
        return np.add.reduce(table, dtype=table.dtype)
    total = np.zeros(table.shape[1:], dtype=table.dtype)
    for row in table:
        total = total + row
    return total
