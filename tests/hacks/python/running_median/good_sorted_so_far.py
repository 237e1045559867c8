# kind: generator function (sorting what is sorted but for its last item)
from collections.abc import Iterator


def running_median(values: list[int]) -> Iterator[int | float]:
    """Yield the median of the values so far, after each: a value, or the mean of the middle two."""
    ordered = []
    for count, value in enumerate(values, 1):
        ordered.append(value)
        ordered.sort()
        middle = count // 2
        if count % 2 == 1:
            yield ordered[middle]
        else:
            yield (ordered[middle - 1] + ordered[middle]) / 2
