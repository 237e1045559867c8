# kind: builtin (itertools.groupby and join)
from itertools import groupby


def run_lengths(text: str) -> str:
    """Write each run of two or more equal characters as the character and its count."""
    parts = []
    for character, run in groupby(text):
        count = len(list(run))
        parts.append(f"{character}{count}" if count > 1 else character)
    return "".join(parts)
