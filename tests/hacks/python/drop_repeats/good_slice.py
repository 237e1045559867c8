# kind: algorithm (one ordered pass, written back in place)
def drop_repeats(items: list[int]) -> int:
    """Remove from `items` what occurred earlier in it; return how many were removed."""
    before = len(items)
    items[:] = dict.fromkeys(items)
    return before - len(items)
