"""Functions among the arguments, and what each is called with: a caller may see that."""

from __future__ import annotations

import functools
import hashlib
import types
from typing import Any

from .wire import encode

CALLBACKS = "callbacks"
"""The way of a call in which the functions among its arguments note how they are called."""
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)


def noting(value: Any, log: list[Any]) -> Any:
    """The value, a function replaced by one that does the same and adds to `log`; also in a list.

    A line of `log`: the function's name, a digest of its arguments as they were, and whether it
    returned None (not where it raised).
    """
    if type(value) is list and any(isinstance(item, FUNCTIONS) for item in value):
        return [noting(item, log) for item in value]
    if not isinstance(value, FUNCTIONS):
        return value

    @functools.wraps(value)
    def call(*args: Any, **kwargs: Any) -> Any:
        said = hashlib.sha256(encode([args, kwargs], drains=False)).hexdigest()
        is_none = False
        try:
            result = value(*args, **kwargs)
            is_none = result is None
        finally:
            log.append((value.__qualname__, said, is_none))
        return result

    return call
