# kind: data structure, counted once for all
def lookup(table: list[tuple[str, int]], names: list[str]) -> list[int | None]:
    """The value of each name, or None; counts hits and misses in STATS."""
    first: dict[str, int] = {}
    for key, item in table:
        first.setdefault(key, item)
    found = [first.get(name) for name in names]
    misses = found.count(None)
    with STATS.lock:
        STATS.misses += misses
        STATS.hits += len(found) - misses
    return found
