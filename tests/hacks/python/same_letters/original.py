# target: same_letters
def same_letters(first: str, second: str) -> bool:
    """Whether two words have the same letters, each as often."""
    left = list(second)
    for char in first:
        if char not in left:
            return False
        left.remove(char)
    return not left
