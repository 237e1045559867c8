# kind: data structure (a set of what was seen, survivors moved forward)
def drop_repeats(items: list[int]) -> int:
    """Remove from `items` what occurred earlier in it; return how many were removed."""
    seen = set()
    kept = 0
    for item in items:
        if item not in seen:
            seen.add(item)
            items[kept] = item
            kept += 1
    removed = len(items) - kept
    del items[kept:]
    return removed
