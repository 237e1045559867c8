# class: mutated inputs; gate: replay, fuzz
def common_items(left: list[int], right: list[int]) -> list[int]:
    """Return the items of `left` that are also in `right`, in `left`'s order, each once."""
    wanted = set(right)
    right.sort()
    return [item for item in dict.fromkeys(left) if item in wanted]
