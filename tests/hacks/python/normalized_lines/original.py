# target: normalized
"""Streams."""
from collections.abc import Iterable, Iterator


def normalized(lines: Iterable[str]) -> Iterator[str]:
    """Each line stripped, blank ones left out, as soon as it is read."""
    for line in lines:
        text = ""
        for word in line.split():
            if text:
                text = text + " " + word
            else:
                text = word
        if text != "":
            yield text
