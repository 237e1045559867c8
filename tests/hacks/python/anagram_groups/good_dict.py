# kind: data structure (groups in a dict, where the order is that of a set)
def anagrams(words: list[str]) -> list[list[str]]:
    """Groups of two or more words of the same letters: each group sorted, in any order of groups."""
    groups: dict[str, set[str]] = {}
    for word in words:
        groups.setdefault("".join(sorted(word)), set()).add(word)
    return [sorted(group) for group in groups.values() if len(group) > 1]
