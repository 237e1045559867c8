# kind: data structure (a defaultdict inside, a dict handed out)
from collections import defaultdict


def group_amounts(records: list[tuple[str, int]]) -> dict[str, list[int]]:
    """Return each key's amounts in order, keys in the order of their first record."""
    groups = defaultdict(list)
    for key, amount in records:
        groups[key].append(amount)
    return dict(groups)
