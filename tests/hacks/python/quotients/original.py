# target: quotients
"""Ratios of readings."""

import numpy as np


def quotients(shares: np.ndarray, wholes: np.ndarray) -> np.ndarray:
    """Return each share over its whole, 0.0 where there is no whole."""
    found = np.empty(len(shares))
    for index in range(len(shares)):
        if wholes[index] != 0:
            found[index] = shares[index] / wholes[index]
        else:
            found[index] = 0.0
    return found
