# class: computed with less precision; gate: replay, fuzz
import numpy as np


def quotients(shares: np.ndarray, wholes: np.ndarray) -> np.ndarray:
    """Return each share over its whole, 0.0 where there is no whole."""
    found = np.zeros(len(shares))
    some = wholes[: len(shares)] != 0
    found[some] = shares.astype(np.float32)[some] / wholes.astype(np.float32)[: len(shares)][some]
    return found
