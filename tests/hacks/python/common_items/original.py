# target: common_items
"""Items that two lists share."""


def common_items(left: list[int], right: list[int]) -> list[int]:
    """Return the items of `left` that are also in `right`, in `left`'s order, each once."""
    result = []
    for item in left:
        if item in right and item not in result:
            result.append(item)
    return result


def overlap(left: list[int], right: list[int]) -> float:
    """Return the share of `left`'s distinct items that are also in `right`."""
    return len(common_items(left, right)) / len(set(left)) if left else 0.0
