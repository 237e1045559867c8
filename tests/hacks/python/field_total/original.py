# target: field_total
"""Deprecated spelling warns at its caller."""
import warnings


def field_total(rows: list[dict[str, int]], name: str) -> int:
    """Sum of a field. Names with a dash are deprecated: a warning at the caller's line."""
    if "-" in name:
        warnings.warn("use underscores", DeprecationWarning, stacklevel=2)
        name = name.replace("-", "_")
    total = 0
    for row in rows:
        if name in row.keys():
            total = total + row[name]
    return total
