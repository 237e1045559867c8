# kind: builtin (split and join)
from collections.abc import Iterable, Iterator


def normalized(lines: Iterable[str]) -> Iterator[str]:
    """Each line stripped, blank ones left out, as soon as it is read."""
    for line in lines:
        text = " ".join(line.split())
        if text:
            yield text
