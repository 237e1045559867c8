# target: clean_names
"""Names as people type them."""

import warnings

blank_names = 0


def clean_names(names: list[str]) -> list[str]:
    """Strip the names, keep the first of equal ones, and warn of and count blank ones."""
    global blank_names
    result = []
    for name in names:
        stripped = name.strip()
        if not stripped:
            blank_names += 1
            warnings.warn("blank name", UserWarning, stacklevel=2)
        elif stripped not in result:
            result.append(stripped)
    return result
