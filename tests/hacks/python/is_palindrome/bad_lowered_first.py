# class: a rare character (the dot that İ leaves is no letter, Σ at an end is ς); gate: fuzz
def is_palindrome(text: str) -> bool:
    """Whether the text reads the same backwards, case and all but letters and digits ignored."""
    kept = "".join(filter(str.isalnum, text.lower()))
    return kept == kept[::-1]
