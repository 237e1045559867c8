# class: mutated inputs (the argument is sorted as the stream is read); gate: replay, fuzz
from bisect import insort
from collections.abc import Iterator


def running_median(values: list[int]) -> Iterator[int | float]:
    """Yield the median of the values so far, after each: a value, or the mean of the middle two."""
    for count in range(1, len(values) + 1):
        insort(values, values.pop(count - 1), hi=count - 1)
        middle, odd = divmod(count, 2)
        yield values[middle] if odd else (values[middle - 1] + values[middle]) / 2
