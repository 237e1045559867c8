# target: count_matches
def count_matches(text: str, part: str) -> int:
    """How often the part begins somewhere in the text; overlaps count."""
    count = 0
    for start in range(len(text) - len(part) + 1):
        same = True
        for offset in range(len(part)):
            if text[start + offset] != part[offset]:
                same = False
                break
        if same:
            count += 1
    return count
