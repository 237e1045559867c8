# kind: data structure (a heap of the streams' heads)
from heapq import heapify, heappop, heapreplace


def merge_events(streams: list[list[tuple[int, str]]]) -> list[tuple[int, str]]:
    """Merge logs: always next is the head with the least time, of equal ones the first stream's.

    A stream keeps its own order, even where its times run backwards.
    """
    heads = [(stream[0][0], index, 0) for index, stream in enumerate(streams) if stream]
    heapify(heads)
    merged = []
    while heads:
        _, index, place = heads[0]
        stream = streams[index]
        merged.append(stream[place])
        place += 1
        if place < len(stream):
            heapreplace(heads, (stream[place][0], index, place))
        else:
            heappop(heads)
    return merged
