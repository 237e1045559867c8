# target: parse_pairs
"""Parsing."""


class BadPairError(ValueError):
    """Not a pair."""


def parse_pairs(text: str) -> dict[str, int]:
    """'a=1;b=2' as a dict. Raises BadPairError from the error that explains it."""
    found = {}
    position = 0
    while position <= len(text):
        end = text.find(";", position)
        if end < 0:
            end = len(text)
        part = text[position:end]
        position = end + 1
        if not part:
            continue
        try:
            key, value = part.split("=")
            found[key] = int(value)
        except ValueError as error:
            raise BadPairError(f"bad pair {part!r}") from error
    return found
