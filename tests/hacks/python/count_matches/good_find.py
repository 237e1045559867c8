# kind: str.find in place of a loop
def count_matches(text: str, part: str) -> int:
    """How often the part begins somewhere in the text; overlaps count."""
    count = 0
    at = text.find(part)
    while at != -1:
        count += 1
        at = text.find(part, at + 1)
    return count
