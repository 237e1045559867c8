# class: lazy result (work deferred until it is looked at); gate: policy, replay, fuzz
from itertools import groupby


class _Lazy:
    def __init__(self, text):
        self._text = text

    def __eq__(self, other):
        return str(self) == other

    def __str__(self):
        parts = []
        for character, run in groupby(self._text):
            count = len(list(run))
            parts.append(f"{character}{count}" if count > 1 else character)
        return "".join(parts)


def run_lengths(text: str) -> str:
    """Write each run of two or more equal characters as the character and its count."""
    return _Lazy(text)
