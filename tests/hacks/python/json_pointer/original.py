# target: resolve
from typing import Any

def resolve(document: Any, pointer: str) -> Any:
    """What an RFC 6901 pointer points at; KeyError where there is nothing."""
    if pointer == "":
        return document
    if not pointer.startswith("/"):
        raise ValueError("a pointer starts with /")
    parts = pointer.split("/")[1:]
    for part in parts:
        part = part.replace("~1", "/")
        part = part.replace("~0", "~")
        if isinstance(document, list):
            if not part.isdigit():
                raise KeyError(part)
            number = int(part)
            if number >= len(document):
                raise KeyError(part)
            document = document[number]
        elif isinstance(document, dict):
            found = False
            for key in document.keys():
                if key == part:
                    found = True
            if not found:
                raise KeyError(part)
            document = document[part]
        else:
            raise KeyError(part)
    return document
