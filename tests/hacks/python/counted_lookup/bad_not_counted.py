# class: a counter that sits beside a lock is not counted any more; gate: replay, fuzz
def lookup(table: list[tuple[str, int]], names: list[str]) -> list[int | None]:
    """The value of each name, or None; counts hits and misses in STATS."""
    first: dict[str, int] = {}
    for key, item in table:
        first.setdefault(key, item)
    return [first.get(name) for name in names]
