# target: running_median
"""Statistics of streams."""

from collections.abc import Iterator


def running_median(values: list[int]) -> Iterator[int | float]:
    """Yield the median of the values so far, after each: a value, or the mean of the middle two."""
    so_far = []
    for value in values:
        so_far.append(value)
        ordered = sorted(so_far)
        middle = len(ordered) // 2
        if len(ordered) % 2 == 1:
            yield ordered[middle]
        else:
            yield (ordered[middle - 1] + ordered[middle]) / 2
