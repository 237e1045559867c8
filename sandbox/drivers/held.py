"""Containers that a call's arguments hold in public attributes: a caller may hold them too.

`self.items = self.items + [x]` leaves the old list as it was, `self.items.append(x)` does not:
whoever was handed the list before sees the difference, though the object's state is the same.
"""

from __future__ import annotations

from typing import Any

from .values import WireError
from .wire import encode

CONTAINERS = (list, dict, set, bytearray)


class Held:
    """The containers that the arguments of some calls hold, as they were before them."""

    def __init__(self, calls: Any) -> None:
        self.before = [
            (f"{place}.{name}", value, encoded(value))
            for args, kwargs in calls
            for place, holder in [*enumerate(args), *kwargs.items()]
            for name, value in attributes(holder)
            if type(value) in CONTAINERS
        ]

    def changes(self) -> dict[str, Any]:
        """Those whose content is another now, whoever holds them: argument.attribute -> content."""
        return {
            name: value for name, value, was in self.before if was not in (None, encoded(value))
        }


def attributes(holder: Any) -> list[tuple[str, Any]]:
    """The public attributes in an object's own dict, read without calling the user's code."""
    try:
        found = object.__getattribute__(holder, "__dict__")
    except AttributeError:
        return []
    if type(found) is not dict or isinstance(holder, type):
        return []
    return [(name, value) for name, value in found.items() if not name.startswith("_")]


def encoded(value: Any) -> bytes | None:
    """None for what cannot be sent: of its content nothing is told."""
    try:
        return encode(value, drains=False)
    except (WireError, RecursionError):
        return None
