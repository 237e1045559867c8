# class: wrong only for an underscore (a word character to re, none to isalnum); gate: fuzz
import re
from collections import Counter


def count_words(text: str) -> dict[str, int]:
    """Count the words of `text`, runs of letters and digits, as written in lower case."""
    return dict(Counter(["".join(map(str.lower, word)) for word in re.findall(r"\w+", text)]))
