# kind: builtin (a regular expression and a Counter)
import re
from collections import Counter

_WORD = re.compile(r"[^\W_]+")


def count_words(text: str) -> dict[str, int]:
    """Count the words of `text`, runs of letters and digits, as written in lower case.

    Words stand in the order they are first seen; each letter is lowered by itself.
    """
    return dict(Counter(["".join(map(str.lower, word)) for word in _WORD.findall(text)]))
