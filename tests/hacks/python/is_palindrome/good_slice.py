# kind: join and a slice
def is_palindrome(text: str) -> bool:
    """Whether the text reads the same backwards, case and all but letters and digits ignored."""
    kept = "".join([char.lower() for char in text if char.isalnum()])
    return kept == kept[::-1]
