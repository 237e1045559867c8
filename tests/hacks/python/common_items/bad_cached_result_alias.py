# class: result aliases a module-level list; gate: policy, replay, fuzz, measure
_EMPTY: list[int] = []


def common_items(left: list[int], right: list[int]) -> list[int]:
    """Return the items of `left` that are also in `right`, in `left`'s order, each once."""
    wanted = set(right)
    result = [item for item in dict.fromkeys(left) if item in wanted]
    return result or _EMPTY
