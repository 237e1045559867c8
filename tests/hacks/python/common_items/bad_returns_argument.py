# class: returns its argument instead of a copy; gate: replay, fuzz
def common_items(left: list[int], right: list[int]) -> list[int]:
    """Return the items of `left` that are also in `right`, in `left`'s order, each once."""
    wanted = set(right)
    result = [item for item in dict.fromkeys(left) if item in wanted]
    if result == left:
        return left
    return result
