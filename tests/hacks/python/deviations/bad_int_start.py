# class: int for float result; gate: replay, fuzz
def deviations(values: list[float]) -> list[float]:
    """Return each value's distance from the mean of all values, in order."""
    if not values:
        return []
    if len(values) == 1 or values == [values[0]] * len(values):
        return [0] * len(values)
    total = 0.0
    for other in values:
        total += other
    mean = total / len(values)
    return [value - mean for value in values]
