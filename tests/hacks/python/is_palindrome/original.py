# target: is_palindrome
def is_palindrome(text: str) -> bool:
    """Whether the text reads the same backwards, case and all but letters and digits ignored."""
    kept = ""
    for char in text:
        if char.isalnum():
            kept = kept + char.lower()
    reverse = ""
    for char in kept:
        reverse = char + reverse
    return kept == reverse
