# class: mutation during iteration (the source is read before the first item); gate: fuzz, replay, measure; decision: refuted, not_faster
from collections.abc import Iterator


def unique(items: list[int]) -> Iterator[int]:
    """Yield each item the first time it is seen; returns how many were skipped."""
    kept = dict.fromkeys(items)
    yield from kept
    return len(items) - len(kept)
