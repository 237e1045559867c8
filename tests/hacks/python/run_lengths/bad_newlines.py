# class: wrong only for newlines; gate: fuzz
import re

_RUN = re.compile(r"(.)\1+")


def run_lengths(text: str) -> str:
    """Write each run of two or more equal characters as the character and its count."""
    return _RUN.sub(lambda match: f"{match[1]}{match.end() - match.start()}", text)
