# kind: data structure (list membership to sets)
def common_items(left: list[int], right: list[int]) -> list[int]:
    """Return the items of `left` that are also in `right`, in `left`'s order, each once."""
    wanted = set(right)
    seen = set()
    result = []
    for item in left:
        if item in wanted and item not in seen:
            seen.add(item)
            result.append(item)
    return result
