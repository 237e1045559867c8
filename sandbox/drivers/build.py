"""Objects of the user's classes, made from their class and state. Used in the sandbox only.

Plain classes (`PLAIN`), whose making runs no code of the user's, perfbot itself makes too.
"""

from __future__ import annotations

import importlib
from typing import Any

from .values import PLAIN, Named, WireError, made_in_c

BUILTIN_BASES = (int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset)


def find(module: str, qualname: str) -> Any:
    """The thing that `module.qualname` names; imports the module. Sandbox only."""
    found: Any = importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    return found


def new_object(module: str, qualname: str) -> Any:
    """An empty object of a class made in Python, so that cycles through it can be built."""
    kind = find(module, qualname)
    base = next((item for item in BUILTIN_BASES if issubclass(kind, item)), None)
    if made_in_c(kind) or (base and base not in (list, dict, set, bytearray)):
        return None
    return base.__new__(kind) if base else object.__new__(kind)


def build_object(module: str, qualname: str, state: Any, made: Any = None) -> Any:
    """An object from its state, past the user's constructors and `__setattr__`."""
    if state[0] == "reduce":
        return build_reduced(*state[1:])
    _, content, namespace, slots = state
    kind = find(module, qualname)
    base: Any = next((item for item in BUILTIN_BASES if issubclass(kind, item)), None)
    if made is None:
        made = base.__new__(kind, content) if base else object.__new__(kind)
    if base is list or base is bytearray:
        base.extend(made, content)
    elif base is dict or base is set:
        base.update(made, content)
    if namespace is not None:
        object.__getattribute__(made, "__dict__").update(namespace)
    for name, item in slots.items():
        object.__setattr__(made, name, item)
    return made


def build_reduced(function: Any, args: Any, state: Any, items: Any, pairs: Any) -> Any:
    """What `copyreg` would rebuild from a static type's `__reduce_ex__`."""
    if isinstance(function, Named):
        if (function.module, function.qualname) not in PLAIN:
            raise WireError(f"malformed: {function.qualname} may not be called")
        function = find(function.module, function.qualname)
    args = tuple(
        find(item.module, item.qualname) if isinstance(item, Named) else item for item in args
    )
    made = function(*args)
    if state is not None:
        made.__setstate__(state) if hasattr(made, "__setstate__") else vars(made).update(state)
    for item in items or ():
        made.append(item)
    for key, value in pairs or ():
        made[key] = value
    return made
