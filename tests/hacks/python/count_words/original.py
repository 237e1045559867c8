# target: count_words
"""Words of a text."""


def count_words(text: str) -> dict[str, int]:
    """Count the words of `text`, runs of letters and digits, as written in lower case.

    Words stand in the order they are first seen; each letter is lowered by itself.
    """
    words = []
    word = ""
    for character in text + " ":
        if character.isalnum():
            word = word + character.lower()
        elif word != "":
            words.append(word)
            word = ""
    counts = {}
    for word in words:
        if word not in counts:
            counts[word] = words.count(word)
    return counts
