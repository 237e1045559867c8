# class: warnings dropped; gate: suite, replay, fuzz
def clean_names(names: list[str]) -> list[str]:
    """Strip the names, keep the first of equal ones, and warn of and count blank ones."""
    global blank_names
    result = dict.fromkeys([name.strip() for name in names])
    if "" in result:
        blank_names += sum(1 for name in names if not name.strip())
        del result[""]
    return list(result)
