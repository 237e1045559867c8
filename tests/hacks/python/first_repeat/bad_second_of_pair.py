# class: semantic drift, the repeat found first instead of the first repeated; gate: suite, replay, fuzz
def first_repeat(items: list[int]) -> int | None:
    """Return the first item that occurs again later, or None."""
    seen = set()
    for item in items:
        if item in seen:
            return item
        seen.add(item)
    return None
