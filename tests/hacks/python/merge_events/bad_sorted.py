# class: wrong only for a stream whose times run backwards (all sorted at once); gate: replay, fuzz
from itertools import chain
from operator import itemgetter


def merge_events(streams: list[list[tuple[int, str]]]) -> list[tuple[int, str]]:
    """Merge logs: always next is the head with the least time, of equal ones the first stream's."""
    return sorted(chain.from_iterable(streams), key=itemgetter(0))
