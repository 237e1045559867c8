# class: module global not updated; gate: scope, replay, fuzz
import warnings


def clean_names(names: list[str]) -> list[str]:
    """Strip the names, keep the first of equal ones, and warn of and count blank ones."""
    blank_names = 0
    result = {}
    for name in names:
        stripped = name.strip()
        if stripped:
            result[stripped] = None
        else:
            blank_names += 1
            warnings.warn("blank name", UserWarning, stacklevel=2)
    return list(result)
