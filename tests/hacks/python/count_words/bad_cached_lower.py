# class: memo across timed calls (functools.cache on a helper); gate: policy, measure; decision: refuted, not_faster
from functools import cache


@cache
def _words(text):
    parts = "".join([one if one.isalnum() else " " for one in text]).split(" ")
    return ["".join([one.lower() for one in part]) for part in parts if part]


def count_words(text: str) -> dict[str, int]:
    """Count the words of `text`, runs of letters and digits, as written in lower case."""
    counts: dict[str, int] = {}
    for word in _words(text):
        counts[word] = counts.get(word, 0) + 1
    return counts
