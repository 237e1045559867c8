# kind: algorithm (one pass)
def group_amounts(records: list[tuple[str, int]]) -> dict[str, list[int]]:
    """Return each key's amounts in order, keys in the order of their first record."""
    groups = {}
    for key, amount in records:
        groups.setdefault(key, []).append(amount)
    return groups
