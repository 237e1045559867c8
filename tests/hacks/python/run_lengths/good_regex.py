# kind: builtin (one compiled regular expression)
import re

_RUN = re.compile(r"(.)\1+", re.DOTALL)


def _shorten(match: re.Match) -> str:
    start, end = match.span()
    return f"{match[1]}{end - start}"


def run_lengths(text: str) -> str:
    """Write each run of two or more equal characters as the character and its count."""
    return _RUN.sub(_shorten, text)
