# kind: hoisting (the mean is the same for every value)
def deviations(values: list[float]) -> list[float]:
    """Return each value's distance from the mean of all values, in order."""
    if not values:
        return []
    total = 0.0
    for other in values:
        total += other
    mean = total / len(values)
    return [value - mean for value in values]
