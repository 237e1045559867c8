# class: reads ahead of what it gives; gate: repeat, replay, fuzz
from collections.abc import Iterable, Iterator
from itertools import islice


def normalized(lines: Iterable[str]) -> Iterator[str]:
    """Each line stripped, blank ones left out, as soon as it is read."""
    lines = iter(lines)
    size = 1
    while batch := list(islice(lines, size)):
        for line in batch:
            text = " ".join(line.split())
            if text:
                yield text
        size *= 2
