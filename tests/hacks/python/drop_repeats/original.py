# target: drop_repeats
"""Lists cleaned in place."""


def drop_repeats(items: list[int]) -> int:
    """Remove from `items` what occurred earlier in it; return how many were removed."""
    removed = 0
    index = 0
    while index < len(items):
        if items[index] in items[:index]:
            del items[index]
            removed += 1
        else:
            index += 1
    return removed
