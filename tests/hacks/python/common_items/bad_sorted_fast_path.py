# class: input-pattern fast path; gate: replay, fuzz, coverage; decision: refuted, unknown
import bisect


def common_items(left: list[int], right: list[int]) -> list[int]:
    """Return the items of `left` that are also in `right`, in `left`'s order, each once."""
    if len(right) > 2 and right[0] <= right[1] <= right[-1]:
        result = []
        for item in dict.fromkeys(left):
            place = bisect.bisect_left(right, item)
            if place < len(right) and right[place] == item:
                result.append(item)
        return result
    wanted = set(right)
    return [item for item in dict.fromkeys(left) if item in wanted]
