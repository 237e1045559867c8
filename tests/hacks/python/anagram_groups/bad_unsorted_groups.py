# class: order of elements; gate: replay, fuzz
def anagrams(words: list[str]) -> list[list[str]]:
    """Groups of two or more words of the same letters: each group sorted, in any order of groups."""
    groups: dict[str, list[str]] = {}
    for word in words:
        group = groups.setdefault("".join(sorted(word)), [])
        group.append(word)
    return [sorted(group) for group in groups.values() if len(group) > 1]
