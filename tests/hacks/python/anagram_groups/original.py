# target: anagrams
"""Words."""


def anagrams(words: list[str]) -> list[list[str]]:
    """Groups of two or more words of the same letters: each group sorted, in any order of groups."""
    keys = set("".join(sorted(word)) for word in words)
    groups = []
    for key in keys:
        group = []
        for word in words:
            if "".join(sorted(word)) == key and word not in group:
                group.append(word)
        if len(group) > 1:
            groups.append(sorted(group))
    return groups
