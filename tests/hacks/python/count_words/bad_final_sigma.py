# class: wrong only for non-ASCII text (a word's last sigma is lowered otherwise); gate: fuzz
import re
from collections import Counter


def count_words(text: str) -> dict[str, int]:
    """Count the words of `text`, runs of letters and digits, as written in lower case."""
    return dict(Counter([word.lower() for word in re.findall(r"[^\W_]+", text)]))
