# target: deviations
"""Distances from a mean."""


def deviations(values: list[float]) -> list[float]:
    """Return each value's distance from the mean of all values, in order."""
    result = []
    for value in values:
        total = 0.0
        for other in values:
            total += other
        result.append(value - total / len(values))
    return result
