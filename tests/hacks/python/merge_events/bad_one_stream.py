# class: aliased return (a single stream is handed out itself); gate: replay, fuzz
from heapq import merge
from operator import itemgetter


def merge_events(streams: list[list[tuple[int, str]]]) -> list[tuple[int, str]]:
    """Merge logs: always next is the head with the least time, of equal ones the first stream's."""
    filled = [stream for stream in streams if stream]
    if len(filled) == 1:
        return filled[0]
    return list(merge(*filled, key=itemgetter(0)))
