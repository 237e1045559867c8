# kind: data structure (collections.Counter)
from collections import Counter


def first_repeat(items: list[int]) -> int | None:
    """Return the first item that occurs again later, or None."""
    return next((item for item, times in Counter(items).items() if times > 1), None)
