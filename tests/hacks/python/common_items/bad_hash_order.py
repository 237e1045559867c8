# class: hash order; gate: replay, fuzz
def common_items(left: list[int], right: list[int]) -> list[int]:
    """Return the items of `left` that are also in `right`, in `left`'s order, each once."""
    return list(set(left) & set(right))
