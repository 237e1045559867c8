# class: exact type (a subclass of str is returned); gate: replay, fuzz
from itertools import groupby


class _Text(str):
    __slots__ = ()


def run_lengths(text: str) -> str:
    """Write each run of two or more equal characters as the character and its count."""
    parts = []
    for character, run in groupby(text):
        count = len(list(run))
        parts.append(f"{character}{count}" if count > 1 else character)
    return _Text("".join(parts))
