# target: unique
"""Streams without repeats."""

from collections.abc import Iterator


def unique(items: list[int]) -> Iterator[int]:
    """Yield each item the first time it is seen; returns how many were skipped."""
    seen = []
    skipped = 0
    for item in items:
        if item in seen:
            skipped += 1
        else:
            seen.append(item)
            yield item
    return skipped
