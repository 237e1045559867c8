# class: semantic drift (equal times are ordered by their text); gate: replay, fuzz
from heapq import merge


def merge_events(streams: list[list[tuple[int, str]]]) -> list[tuple[int, str]]:
    """Merge logs: always next is the head with the least time, of equal ones the first stream's."""
    return list(merge(*streams))
