# class: wrong only for non-ASCII text (lowered before it is split, and one letter becomes two); gate: fuzz
import re
from collections import Counter


def count_words(text: str) -> dict[str, int]:
    """Count the words of `text`, runs of letters and digits, as written in lower case."""
    return dict(Counter(re.findall(r"[^\W_]+", "".join(map(str.lower, text)))))
