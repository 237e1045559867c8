# kind: early exit (no repeats at all is seen at once)
def first_repeat(items: list[int]) -> int | None:
    """Return the first item that occurs again later, or None."""
    if len(set(items)) == len(items):
        return None
    return next(item for index, item in enumerate(items) if item in items[index + 1 :])
