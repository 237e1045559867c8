# target: lookup
"""A store that counts for the operations dashboard."""
import threading


class Stats:
    """Hits and misses."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.hits = 0
        self.misses = 0


STATS = Stats()


def lookup(table: list[tuple[str, int]], names: list[str]) -> list[int | None]:
    """The value of each name, or None; counts hits and misses in STATS."""
    found: list[int | None] = []
    for name in names:
        value = None
        for key, item in table:
            if key == name:
                value = item
                break
        with STATS.lock:
            if value is None:
                STATS.misses += 1
            else:
                STATS.hits += 1
        found.append(value)
    return found
