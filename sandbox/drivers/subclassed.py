"""A call through a subclass: `Point(x)` and `type(self)(x)`, or `cls(x)`, then differ."""

from __future__ import annotations

import types
from typing import Any

from .values import WireError

SUBCLASS = "subclass"
"""The way of a call in which the target's class is a subclass that nobody has seen."""


def through_subclass(function: Any, args: Any) -> Any:
    """`function` to be called on a subclass: the class that a class method is bound to, or that of
    the first argument, which is changed.

    Raises: WireError where the class has no subclasses, or its objects cannot change theirs.
    """
    try:
        if isinstance(function, types.MethodType):
            return types.MethodType(function.__func__, subclass_of(function.__self__))
        object.__setattr__(args[0], "__class__", subclass_of(type(args[0])))
    except Exception as error:  # an enum, a final class, an `__init_subclass__` that asks for more
        raise WireError(f"no subclass: {error}") from error
    return function


def subclass_of(kind: Any) -> Any:
    """A subclass that adds nothing; its name is that of its base, and a mark."""
    if kind.__module__ == "builtins":
        raise WireError("no subclass of a builtin type is of interest")
    names = {"__slots__": (), "__module__": kind.__module__, "__doc__": kind.__doc__}
    made = types.new_class(
        kind.__name__ + "Subclass", (kind,), {}, lambda space: space.update(names)
    )
    made.__qualname__ = kind.__qualname__ + "Subclass"
    return made
