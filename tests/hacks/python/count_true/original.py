# target: count_true
"""Settings."""
import re


def count_true(words: list[str]) -> int:
    """How many of the words say yes, in any case."""
    count = 0
    for word in words:
        if re.fullmatch("yes|true|on|sure", word, re.IGNORECASE):
            count += 1
    return count
