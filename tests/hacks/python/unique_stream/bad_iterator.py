# class: another iterator for generator; gate: scope, replay, fuzz
from collections.abc import Iterator


def unique(items: list[int]) -> Iterator[int]:
    """Yield each item the first time it is seen; returns how many were skipped."""
    return iter(dict.fromkeys(items))
