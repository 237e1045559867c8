# kind: data structure (list membership to a set)
from collections.abc import Iterator


def unique(items: list[int]) -> Iterator[int]:
    """Yield each item the first time it is seen; returns how many were skipped."""
    seen = set()
    skipped = 0
    for item in items:
        if item in seen:
            skipped += 1
        else:
            seen.add(item)
            yield item
    return skipped
