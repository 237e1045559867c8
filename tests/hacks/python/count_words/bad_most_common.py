# class: key order (the commonest word first); gate: suite, replay, fuzz
import re
from collections import Counter


def count_words(text: str) -> dict[str, int]:
    """Count the words of `text`, runs of letters and digits, as written in lower case."""
    words = ["".join(map(str.lower, word)) for word in re.findall(r"[^\W_]+", text)]
    return dict(Counter(words).most_common())
