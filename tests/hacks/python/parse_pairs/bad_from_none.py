# class: an exception without its cause; gate: replay, fuzz
def parse_pairs(text: str) -> dict[str, int]:
    """'a=1;b=2' as a dict. Raises BadPairError from the error that explains it."""
    found = {}
    try:
        for part in text.split(";"):
            if part:
                key, value = part.split("=")
                found[key] = int(value)
    except ValueError:
        raise BadPairError(f"bad pair {part!r}") from None
    return found
