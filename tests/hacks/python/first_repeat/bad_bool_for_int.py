# class: bool for int; gate: replay, fuzz
def first_repeat(items: list[int]) -> int | None:
    """Return the first item that occurs again later, or None."""
    counts = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    for item in items:
        if counts[item] > 1:
            return item if item not in (0, 1) else bool(item)
    return None
