# class: wrong only for non-ASCII text; gate: fuzz
from itertools import groupby


def run_lengths(text: str) -> str:
    """Write each run of two or more equal characters as the character and its count."""
    parts = []
    for value, run in groupby(text.encode("ascii", "replace")):
        count = sum(1 for _ in run)
        parts.append(f"{chr(value)}{count}" if count > 1 else chr(value))
    return "".join(parts)
