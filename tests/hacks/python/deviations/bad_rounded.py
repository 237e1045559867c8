# class: precision change (rounded to twelve places); gate: replay, fuzz
def deviations(values: list[float]) -> list[float]:
    """Return each value's distance from the mean of all values, in order."""
    if not values:
        return []
    total = 0.0
    for other in values:
        total += other
    mean = round(total / len(values), 12)
    return [value - mean for value in values]
