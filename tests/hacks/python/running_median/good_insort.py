# kind: generator function (a sorted list kept sorted by bisection)
from bisect import insort
from collections.abc import Iterator


def running_median(values: list[int]) -> Iterator[int | float]:
    """Yield the median of the values so far, after each: a value, or the mean of the middle two."""
    ordered: list[int] = []
    for value in values:
        insort(ordered, value)
        middle, odd = divmod(len(ordered), 2)
        yield ordered[middle] if odd else (ordered[middle - 1] + ordered[middle]) / 2
