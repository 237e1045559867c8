# class: wrong only for huge ints (each half is rounded before they are added); gate: fuzz
from bisect import insort
from collections.abc import Iterator


def running_median(values: list[int]) -> Iterator[int | float]:
    """Yield the median of the values so far, after each: a value, or the mean of the middle two."""
    ordered: list[int] = []
    for value in values:
        insort(ordered, value)
        middle, odd = divmod(len(ordered), 2)
        yield ordered[middle] if odd else ordered[middle - 1] / 2 + ordered[middle] / 2
