# class: aliased return (one list under every key); gate: suite, replay, fuzz
def group_amounts(records: list[tuple[str, int]]) -> dict[str, list[int]]:
    """Return each key's amounts in order, keys in the order of their first record."""
    groups = dict.fromkeys([key for key, _ in records], [])
    for key, amount in records:
        groups[key].append(amount)
    return groups
