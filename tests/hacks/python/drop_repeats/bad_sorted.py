# class: semantic drift (the order of the argument after the call); gate: replay, fuzz
def drop_repeats(items: list[int]) -> int:
    """Remove from `items` what occurred earlier in it; return how many were removed."""
    before = len(items)
    items[:] = sorted(set(items))
    return before - len(items)
