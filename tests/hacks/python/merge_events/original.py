# target: merge_events
"""Several logs as one."""


def merge_events(streams: list[list[tuple[int, str]]]) -> list[tuple[int, str]]:
    """Merge logs: always next is the head with the least time, of equal ones the first stream's.

    A stream keeps its own order, even where its times run backwards.
    """
    places = [0] * len(streams)
    merged = []
    while True:
        least = None
        for index, stream in enumerate(streams):
            if places[index] < len(stream):
                time = stream[places[index]][0]
                if least is None or time < streams[least][places[least]][0]:
                    least = index
        if least is None:
            return merged
        merged.append(streams[least][places[least]])
        places[least] += 1
