# class: exact type (numpy scalars for floats); gate: policy, replay, fuzz
import numpy as np


def deviations(values: list[float]) -> list[float]:
    """Return each value's distance from the mean of all values, in order."""
    if not values:
        return []
    total = 0.0
    for other in values:
        total += other
    return list(np.array(values, dtype=np.float64) - total / len(values))
