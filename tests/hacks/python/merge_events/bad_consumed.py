# class: mutated inputs (the streams are emptied); gate: replay, fuzz
from heapq import heapify, heappop, heappush


def merge_events(streams: list[list[tuple[int, str]]]) -> list[tuple[int, str]]:
    """Merge logs: always next is the head with the least time, of equal ones the first stream's."""
    for stream in streams:
        stream.reverse()
    heads = [(stream[-1][0], index) for index, stream in enumerate(streams) if stream]
    heapify(heads)
    merged = []
    while heads:
        _, index = heappop(heads)
        merged.append(streams[index].pop())
        if streams[index]:
            heappush(heads, (streams[index][-1][0], index))
    return merged
