# kind: builtin (functools.reduce adds in the same order)
from functools import reduce
from operator import add


def deviations(values: list[float]) -> list[float]:
    """Return each value's distance from the mean of all values, in order."""
    total = reduce(add, values, 0.0)
    count = len(values)
    return [value - total / count for value in values]
