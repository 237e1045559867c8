"""The target's module's data, before and after a call: what functions keep between calls.

Watched are the module's own data, what its classes hold, and the attributes and defaults of the
target and of functions that have any; and the same of those modules of the project that it names.
What a call changed is told, and put back as it was.
"""

from __future__ import annotations

import contextlib
import enum
import sys
import types
from typing import Any

from .unwire import decode
from .values import WireError
from .wire import encode

STATE_BYTES = 16_384
"""Data that encodes to more than this is not looked at after each call."""
MOST_MODULES = 20
"""Of the project's other modules, so many are watched at most."""
IN = ":"
"""Stands between the name of another module and that of its data."""
HELD = "."
"""Ends the name of a class or function whose attributes are watched as one."""
CONTAINERS = (list, dict, set)


def data_names(module: Any, qualname: str, root: str) -> tuple[str, ...]:
    """What may change: names of data, and `owner.` for classes and functions.

    Those of other modules below the folder `root` begin with the module's name and a colon.
    """
    names = own_names(module)
    parts = qualname.split(".")
    owners = [".".join(parts[:count]) + HELD for count in range(1, len(parts) + 1)]
    names += [name for name in owners if name not in names]
    for other in neighbours(module, root):
        names += [f"{other.__name__}{IN}{name}" for name in own_names(other)]
    return tuple(names)


def own_names(module: Any) -> list[str]:
    names = []
    for name, value in vars(module).items():
        if is_data(name, value):
            names.append(name)
        elif getattr(value, "__module__", None) == module.__name__ and holds_data(value):
            names.append(name + HELD)
    return names


def neighbours(module: Any, root: str) -> list[Any]:
    """The project's modules that a module names: itself, or by a function or class of theirs."""
    found: dict[str, Any] = {}
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, types.ModuleType) else None
        name = name or getattr(value, "__module__", None)
        other = sys.modules.get(name) if type(name) is str else None
        place = getattr(other, "__file__", None)
        if type(place) is str and place.startswith(root + "/") and other is not module:
            found[str(name)] = other
    return [found[name] for name in sorted(found)[:MOST_MODULES]]


def is_data(name: str, value: Any) -> bool:
    """Not a module, class, function or descriptor, and no dunder."""
    return not (
        name.startswith("__")
        or callable(value)
        or hasattr(value, "__spec__")
        or hasattr(type(value), "__get__")
    )


def holds_data(value: Any) -> bool:
    if isinstance(value, type):
        return not issubclass(value, enum.Enum) and bool(held(value))
    if isinstance(value, types.FunctionType):
        defaults = (value.__defaults__ or ()) + tuple((value.__kwdefaults__ or {}).values())
        return bool(value.__dict__) or any(isinstance(item, CONTAINERS) for item in defaults)
    return False


def held(owner: Any) -> dict[str, Any]:
    """The data that a class or a function holds, by name."""
    if isinstance(owner, (staticmethod, classmethod)):
        owner = owner.__func__
    if isinstance(owner, types.FunctionType):
        found = {name: item for name, item in vars(owner).items() if name != "__wrapped__"}
        return {**found, "__defaults__": owner.__defaults__, "__kwdefaults__": owner.__kwdefaults__}
    if isinstance(owner, type):
        return {name: item for name, item in vars(owner).items() if is_data(name, item)}
    return {}


class Watch:
    """The data of one module as it was at the first call."""

    def __init__(self, module: Any, names: tuple[str, ...]) -> None:
        self.module = module
        found = {name: self.encoded(name) for name in self.in_parts(names)}
        self.before = {name: data for name, data in found.items() if data is not None}

    def in_parts(self, names: tuple[str, ...]) -> list[str]:
        """The names; of an object that cannot be sent as a whole, those of its attributes.

        So a counter is watched though the object that counts also holds a lock.
        """
        found = []
        for name in names:
            if not name.endswith(HELD) and self.encoded(name) is None:
                with contextlib.suppress(KeyError, TypeError):
                    found += [f"{name}.{attribute}" for attribute in vars(self.value(name))]
            found.append(name)
        return found

    def place(self, name: str) -> tuple[Any, str]:
        """The module that a name is in, and the rest of the name."""
        module, _, rest = name.rpartition(IN)
        return (sys.modules[module] if module else self.module), rest

    def value(self, name: str) -> Any:
        found, name = self.place(name)
        for part in name.rstrip(HELD).split("."):
            found = vars(found)[part]
        return held(found) if name.endswith(HELD) else found

    def encoded(self, name: str) -> bytes | None:
        """The data's bytes; None where it is gone, large, or cannot be sent."""
        try:
            data = encode(self.value(name), drains=False)
        except (WireError, KeyError, TypeError, RecursionError):
            return None
        return data if len(data) <= STATE_BYTES else None

    def changes(self) -> dict[str, bytes]:
        """What is not as it was, by name; it is put back."""
        changed = {}
        for name, before in self.before.items():
            data = self.encoded(name)
            if data is not None and data != before:
                changed[name] = data
                with contextlib.suppress(WireError):  # it holds what cannot be made again
                    self.put_back(name, decode(before, build=True))
        return changed

    def put_back(self, name: str, old: Any) -> None:
        owner, name = self.place(name)
        *parents, last = name.rstrip(HELD).split(".")
        for part in parents:
            owner = vars(owner)[part]
        if not name.endswith(HELD):
            put(owner, last, old)
            return
        owner = vars(owner)[last]
        owner = owner.__func__ if isinstance(owner, (staticmethod, classmethod)) else owner
        for attribute in held(owner):
            if attribute not in old:
                delattr(owner, attribute)
        for attribute, value in old.items():
            if encode(held(owner).get(attribute)) != encode(value):
                put(owner, attribute, value)


def put(owner: Any, name: str, old: Any) -> None:
    """Set an attribute, in place where it is a container that others may hold too."""
    now: Any = getattr(owner, name, None)
    if type(now) is type(old) is list:
        now[:] = old
    elif type(now) is type(old) and type(now) in (dict, set):
        now.clear()
        now.update(old)
    else:
        setattr(owner, name, old)
