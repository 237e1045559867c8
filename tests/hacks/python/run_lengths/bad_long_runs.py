# class: off by one at sizes above the tests (runs of 20 and more); gate: fuzz, coverage; decision: refuted, unknown
import re

_RUN = re.compile(r"(.)\1{1,18}", re.DOTALL)


def run_lengths(text: str) -> str:
    """Write each run of two or more equal characters as the character and its count."""
    return _RUN.sub(lambda match: f"{match[1]}{match.end() - match.start()}", text)
