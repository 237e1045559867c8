# class: numpy warns of a division that the original does not make; gate: replay, fuzz
import numpy as np


def quotients(shares: np.ndarray, wholes: np.ndarray) -> np.ndarray:
    """Return each share over its whole, 0.0 where there is no whole."""
    return np.where(wholes != 0, shares / wholes, 0.0)
