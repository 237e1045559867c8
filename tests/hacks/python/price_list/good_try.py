# kind: loop-invariant work moved out
from collections.abc import Mapping


def prices(table: Mapping[str, int], names: list[str]) -> list[int]:
    """The price of each name, or -1 where the table has none."""
    found = []
    for name in names:
        try:
            found.append(table[name])
        except KeyError:
            found.append(-1)
    return found
