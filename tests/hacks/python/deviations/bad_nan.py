# class: NaN wildcard (NaN wherever the sum is large); gate: replay, fuzz
def deviations(values: list[float]) -> list[float]:
    """Return each value's distance from the mean of all values, in order."""
    if not values:
        return []
    total = 0.0
    for other in values:
        total += other
    mean = total / len(values)
    return [value - mean if -1e5 < mean < 1e5 else float("nan") for value in values]
