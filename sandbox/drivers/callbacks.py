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

    A line of `log`: the function's place among those that were noted, a digest of the arguments,
    and whether it returned None.
    """
    if type(value) is list and any(isinstance(item, FUNCTIONS) for item in value):
        return [noting(item, log) for item in value]
    if not isinstance(value, FUNCTIONS):
        return value
    number = value.__qualname__

    @functools.wraps(value)
    def call(*args: Any, **kwargs: Any) -> Any:
        said = hashlib.sha256(encode([args, kwargs], drains=False)).hexdigest()
        result = value(*args, **kwargs)
        log.append((number, said, result is None))
        return result

    return call
