# class: type of the returned object (a Counter for a dict); gate: replay, fuzz
import re
from collections import Counter


def count_words(text: str) -> dict[str, int]:
    """Count the words of `text`, runs of letters and digits, as written in lower case."""
    return Counter(["".join(map(str.lower, word)) for word in re.findall(r"[^\W_]+", text)])
