# class: dict.get for a lookup: no value from a defaultdict's factory; gate: fuzz
from collections.abc import Mapping


def prices(table: Mapping[str, int], names: list[str]) -> list[int]:
    """The price of each name, or -1 where the table has none."""
    get = table.get
    return [get(name, -1) for name in names]
