# class: reassociation of float sums (numpy's pairwise sum); gate: policy, replay, fuzz
import numpy as np


def deviations(values: list[float]) -> list[float]:
    """Return each value's distance from the mean of all values, in order."""
    if not values:
        return []
    array = np.array(values, dtype=np.float64)
    return (array - array.mean()).tolist()
