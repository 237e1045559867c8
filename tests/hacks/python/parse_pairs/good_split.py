# kind: builtin (partition for a scan)
def parse_pairs(text: str) -> dict[str, int]:
    """'a=1;b=2' as a dict. Raises BadPairError from the error that explains it."""
    found = {}
    try:
        for part in text.split(";"):
            if part:
                key, value = part.split("=")
                found[key] = int(value)
    except ValueError as error:
        raise BadPairError(f"bad pair {part!r}") from error
    return found
