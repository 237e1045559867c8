# class: warning of another category; gate: suite, replay, fuzz
import warnings


def clean_names(names: list[str]) -> list[str]:
    """Strip the names, keep the first of equal ones, and warn of and count blank ones."""
    global blank_names
    result = {}
    for name in names:
        stripped = name.strip()
        if stripped:
            result[stripped] = None
        else:
            blank_names += 1
            warnings.warn("blank name", RuntimeWarning, stacklevel=2)
    return list(result)
