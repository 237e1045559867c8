# class: duplicates lost in a set; gate: fuzz
def same_letters(first: str, second: str) -> bool:
    """Whether two words have the same letters, each as often."""
    return len(first) == len(second) and set(first) == set(second)
