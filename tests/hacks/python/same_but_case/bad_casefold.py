# class: semantic drift (casefold takes long s for s, and two letters for one); gate: replay, fuzz
"""Names that people type."""


def same_but_case(one: str, other: str) -> bool:
    """Whether two names are the same but for the case of their letters."""
    return len(one) == len(other) and one.casefold() == other.casefold()
