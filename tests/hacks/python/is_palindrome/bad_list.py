# class: a rare character (the small form of İ is two characters); gate: fuzz
def is_palindrome(text: str) -> bool:
    """Whether the text reads the same backwards, case and all but letters and digits ignored."""
    kept = [char.lower() for char in text if char.isalnum()]
    return kept == kept[::-1]
