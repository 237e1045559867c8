# class: wrong only for huge ints; gate: fuzz, coverage; decision: refuted, unknown
def first_repeat(items: list[int]) -> int | None:
    """Return the first item that occurs again later, or None."""
    counts = {}
    for item in items:
        counts[item & 0xFFFFFFFFFFFF] = counts.get(item & 0xFFFFFFFFFFFF, 0) + 1
    for item in items:
        if counts[item & 0xFFFFFFFFFFFF] > 1:
            return item
    return None
