"""What is told of a value besides its content: whether it can be shared, and an error's cause."""

from __future__ import annotations

import sys
from typing import Any

CAUSE = "__cause__"
"""Stands, in an exception's state, for what `raise ... from` gave it."""
CONSTANTS = {
    "datetime": ("date", "datetime", "time", "timedelta", "timezone"),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "uuid": ("UUID",),
    "zoneinfo": ("ZoneInfo",),
}
"""Standard types whose values cannot change: that two names hold one object shows to nobody."""


def is_constant_name(module: Any, name: Any) -> bool:
    return type(module) is str and name in CONSTANTS.get(module, ())


def is_constant(kind: type) -> bool:
    """Whether this is, itself, one of the standard types whose values cannot change."""
    if not is_constant_name(kind.__module__, kind.__name__):
        return False
    return getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind


def cause_of(error: BaseException) -> Any:
    """What `raise ... from` named: its type, and its arguments where it was made for that.

    One that was caught is told by its type: its words are often the interpreter's.
    """
    cause = error.__cause__
    if cause is None:
        return None
    args = cause.args if cause.__traceback__ is None else None
    return type(cause).__module__, type(cause).__qualname__, args
