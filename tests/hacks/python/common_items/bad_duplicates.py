# class: wrong only for duplicates; gate: replay, fuzz
def common_items(left: list[int], right: list[int]) -> list[int]:
    """Return the items of `left` that are also in `right`, in `left`'s order, each once."""
    wanted = set(right)
    return [item for item in left if item in wanted]
