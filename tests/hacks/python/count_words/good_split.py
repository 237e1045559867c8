# kind: str methods (most parts between spaces are words as they are)
def count_words(text: str) -> dict[str, int]:
    """Count the words of `text`, runs of letters and digits, as written in lower case.

    Words stand in the order they are first seen; each letter is lowered by itself.
    """
    counts: dict[str, int] = {}
    for part in text.split():
        if part.isalnum():
            words = [part]
        else:
            words = "".join([one if one.isalnum() else " " for one in part]).split()
        for word in words:
            # The only letter that lower() lowers by what stands around it.
            word = "".join(map(str.lower, word)) if "\u03a3" in word else word.lower()
            counts[word] = counts.get(word, 0) + 1
    return counts
