# class: key order; gate: replay, fuzz
from itertools import groupby


def group_amounts(records: list[tuple[str, int]]) -> dict[str, list[int]]:
    """Return each key's amounts in order, keys in the order of their first record."""
    ordered = sorted(records, key=lambda record: record[0])
    return {
        key: [amount for _, amount in run]
        for key, run in groupby(ordered, key=lambda record: record[0])
    }
