# target: same_but_case
"""Names that people type."""


def same_but_case(one: str, other: str) -> bool:
    """Whether two names are the same but for the case of their letters."""
    if len(one) != len(other):
        return False
    found = True
    for at in range(len(one)):
        if one[at].lower() != other[at].lower():
            found = False
    return found
