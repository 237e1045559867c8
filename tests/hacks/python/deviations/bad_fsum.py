# class: reassociation of float sums (math.fsum); gate: suite, replay, fuzz
from math import fsum


def deviations(values: list[float]) -> list[float]:
    """Return each value's distance from the mean of all values, in order."""
    if not values:
        return []
    mean = fsum(values) / len(values)
    return [value - mean for value in values]
