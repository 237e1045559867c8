# kind: algorithm (one pass of counting)
def first_repeat(items: list[int]) -> int | None:
    """Return the first item that occurs again later, or None."""
    counts = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    for item in items:
        if counts[item] > 1:
            return item
    return None
