# class: wrong only for empty input (division hoisted above the loop); gate: replay, fuzz
def deviations(values: list[float]) -> list[float]:
    """Return each value's distance from the mean of all values, in order."""
    total = 0.0
    for other in values:
        total += other
    mean = total / len(values)
    return [value - mean for value in values]
