# target: order_ids
"""Identifiers for orders."""

import uuid


def order_ids(names: list[str]) -> dict[str, str]:
    """Return a fresh identifier per distinct name."""
    result: dict[str, str] = {}
    for name in names:
        if name not in list(result):
            result[name] = uuid.uuid4().hex
    return result
