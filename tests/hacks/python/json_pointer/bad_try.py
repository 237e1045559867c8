# class: wrong only for unusual digits (an index may have a sign, or spaces around it); gate: fuzz
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
        if isinstance(document, dict):
            document = document[part]
        elif isinstance(document, list):
            try:
                document = document[int(part)]
            except (ValueError, IndexError):
                raise KeyError(part)
        else:
            raise KeyError(part)
    return document
