# class: order of elements inside what has no order; gate: replay, fuzz
def anagrams(words: list[str]) -> list[list[str]]:
    """Groups of two or more words of the same letters: each group sorted, in any order of groups."""
    groups: dict[str, dict[str, None]] = {}
    for word in words:
        groups.setdefault("".join(sorted(word)), {})[word] = None
    found = [list(group) for group in groups.values() if len(group) > 1]
    if len(found) < 2:
        found = [sorted(group) for group in found]
    return found
