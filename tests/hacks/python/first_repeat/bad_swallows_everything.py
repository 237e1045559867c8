# class: blanket except in place of an answer; gate: policy, fuzz, coverage; decision: refuted, unknown
from array import array


def first_repeat(items: list[int]) -> int | None:
    """Return the first item that occurs again later, or None."""
    try:
        packed = array("q", items)
        counts = {}
        for item in packed:
            counts[item] = counts.get(item, 0) + 1
        for item in packed:
            if counts[item] > 1:
                return item
    except Exception:
        return None
    return None
