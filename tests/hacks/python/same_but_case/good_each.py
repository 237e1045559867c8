# kind: generator (ends at the first difference)
"""Names that people type."""


def same_but_case(one: str, other: str) -> bool:
    """Whether two names are the same but for the case of their letters."""
    return len(one) == len(other) and all(
        left == right or left.lower() == right.lower()
        for left, right in zip(one, other)
    )
