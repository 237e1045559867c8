# class: dropped side effect (the generator's return value); gate: replay, fuzz
from collections.abc import Iterator


def unique(items: list[int]) -> Iterator[int]:
    """Yield each item the first time it is seen; returns how many were skipped."""
    yield from dict.fromkeys(items)
