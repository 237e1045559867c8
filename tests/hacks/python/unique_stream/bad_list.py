# class: list for generator; gate: scope, suite, replay, fuzz
from collections.abc import Iterator


def unique(items: list[int]) -> Iterator[int]:
    """Yield each item the first time it is seen; returns how many were skipped."""
    return list(dict.fromkeys(items))
