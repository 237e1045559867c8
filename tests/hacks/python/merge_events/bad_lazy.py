# class: lazy result (an iterator over the merge); gate: suite, replay, fuzz
from heapq import merge
from operator import itemgetter


def merge_events(streams: list[list[tuple[int, str]]]) -> list[tuple[int, str]]:
    """Merge logs: always next is the head with the least time, of equal ones the first stream's."""
    return merge(*streams, key=itemgetter(0))
