# class: off by one (adjacent repeats counted once); gate: replay, fuzz
from itertools import groupby


def drop_repeats(items: list[int]) -> int:
    """Remove from `items` what occurred earlier in it; return how many were removed."""
    removed = sum(len(list(run)) > 1 for _, run in groupby(sorted(items)))
    items[:] = dict.fromkeys(items)
    return removed
