# class: tiny numbers count as zero (np.isclose's atol); gate: fuzz, replay
import numpy as np


def quotients(shares: np.ndarray, wholes: np.ndarray) -> np.ndarray:
    """Return each share over its whole, 0.0 where there is no whole."""
    found = np.zeros(len(shares))
    some = ~np.isclose(wholes[: len(shares)], 0.0)
    found[some] = shares[some] / wholes[: len(shares)][some]
    return found
