# class: semantic drift (upper takes dotless i for i); gate: replay, fuzz
"""Names that people type."""


def same_but_case(one: str, other: str) -> bool:
    """Whether two names are the same but for the case of their letters."""
    return len(one) == len(other) and one.upper() == other.upper()
