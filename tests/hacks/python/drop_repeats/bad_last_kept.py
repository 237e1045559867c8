# class: wrong only for duplicates (the last occurrence kept, not the first); gate: replay, fuzz
def drop_repeats(items: list[int]) -> int:
    """Remove from `items` what occurred earlier in it; return how many were removed."""
    before = len(items)
    items[:] = list(dict.fromkeys(items[::-1]))[::-1]
    return before - len(items)
