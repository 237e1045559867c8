# target: prices
"""Prices."""
from collections.abc import Mapping


def prices(table: Mapping[str, int], names: list[str]) -> list[int]:
    """The price of each name, or -1 where the table has none."""
    found = []
    for name in names:
        known = list(table.keys())
        try:
            price = table[name]
        except KeyError:
            price = -1
        found = found + [price]
    return found
