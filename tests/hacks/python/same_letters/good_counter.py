# kind: counting in place of searching
from collections import Counter


def same_letters(first: str, second: str) -> bool:
    """Whether two words have the same letters, each as often."""
    return len(first) == len(second) and Counter(first) == Counter(second)
