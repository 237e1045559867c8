# kind: builtin (heapq.merge compares heads only, and is stable)
from heapq import merge
from operator import itemgetter


def merge_events(streams: list[list[tuple[int, str]]]) -> list[tuple[int, str]]:
    """Merge logs: always next is the head with the least time, of equal ones the first stream's.

    A stream keeps its own order, even where its times run backwards.
    """
    return list(merge(*streams, key=itemgetter(0)))
