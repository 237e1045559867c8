# class: boundary (lower makes two letters of one, and texts of other lengths equal); gate: replay, fuzz
"""Names that people type."""


def same_but_case(one: str, other: str) -> bool:
    """Whether two names are the same but for the case of their letters."""
    return one.casefold() == other.casefold()
