# kind: membership test
from typing import Any

def resolve(document: Any, pointer: str) -> Any:
    """What an RFC 6901 pointer points at; KeyError where there is nothing."""
    if pointer == "":
        return document
    if not pointer.startswith("/"):
        raise ValueError("a pointer starts with /")
    for part in pointer.split("/")[1:]:
        if "~" in part:
            part = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list):
            if not part.isdigit():
                raise KeyError(part)
            number = int(part)
            if number >= len(document):
                raise KeyError(part)
            document = document[number]
        elif isinstance(document, dict):
            if part not in document:
                raise KeyError(part)
            document = document[part]
        else:
            raise KeyError(part)
    return document
