# class: a rare character (letters beyond ASCII are letters); gate: fuzz
import re

_OTHER = re.compile(r"[^a-z0-9]")


def is_palindrome(text: str) -> bool:
    """Whether the text reads the same backwards, case and all but letters and digits ignored."""
    kept = _OTHER.sub("", text.lower())
    return kept == kept[::-1]
