# kind: pattern compiled once
_YES = re.compile("yes|true|on|sure", re.IGNORECASE)


def count_true(words: list[str]) -> int:
    """How many of the words say yes, in any case."""
    return sum([_YES.fullmatch(word) is not None for word in words])
