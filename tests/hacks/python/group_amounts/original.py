# target: group_amounts
"""Records grouped by their key."""


def group_amounts(records: list[tuple[str, int]]) -> dict[str, list[int]]:
    """Return each key's amounts in order, keys in the order of their first record."""
    groups = {}
    for key, _ in records:
        if key not in groups:
            amounts = []
            for other, amount in records:
                if other == key:
                    amounts.append(amount)
            groups[key] = amounts
    return groups
