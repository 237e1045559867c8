# class: str.lower for re.IGNORECASE: the long s equals s no more; gate: fuzz
_YES = frozenset({"yes", "true", "on", "sure"})


def count_true(words: list[str]) -> int:
    """How many of the words say yes, in any case."""
    return sum([word.lower() in _YES for word in words])
