# class: semantic drift (values sorted within a key); gate: replay, fuzz
from itertools import groupby


def group_amounts(records: list[tuple[str, int]]) -> dict[str, list[int]]:
    """Return each key's amounts in order, keys in the order of their first record."""
    groups = dict.fromkeys(key for key, _ in records)
    for key, run in groupby(sorted(records), key=lambda record: record[0]):
        groups[key] = [amount for _, amount in run]
    return groups
