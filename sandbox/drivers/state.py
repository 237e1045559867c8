"""What an object is made of, read past whatever its class overrides."""

from __future__ import annotations

import struct
import sys
import types
from collections.abc import Callable
from typing import Any

from .values import WireError, made_in_c

BASES = (int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset)


def name_of(value: Any) -> tuple[str, str, str]:
    if isinstance(value, types.ModuleType):
        return "module", value.__name__, ""
    kind = "class" if isinstance(value, type) else "builtin"
    return kind, str(value.__module__), value.__qualname__


def named_thing(module: str | None, qualname: str) -> Any:
    """What `module.qualname` names in the modules already imported, or None."""
    found: Any = sys.modules.get(module or "")
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found


def cell_value(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a variable that is not bound yet
        return Ellipsis


def code_parts(code: types.CodeType) -> tuple[Any, ...]:
    """What makes two code objects do the same, without their line numbers."""
    constants = tuple(
        code_parts(item) if isinstance(item, types.CodeType) else (type(item).__name__, repr(item))
        for item in code.co_consts
    )
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars


def reduce_parts(reduced: Any) -> tuple[Any, ...]:
    function, args, state, items, pairs = (tuple(reduced) + (None,) * 5)[:5]
    return (
        function,
        args,
        state,
        None if items is None else list(items),
        None if pairs is None else [tuple(pair) for pair in pairs],
    )


def object_state(value: Any, kind: type) -> tuple[Any, ...]:
    """("state", base content or None, __dict__ or None, slots): read past the user's overrides."""
    if hides_state(kind):
        raise WireError(f"a {kind.__qualname__} keeps its state where it cannot be compared")
    content: Any = None
    for base in BASES:
        if issubclass(kind, base):
            content = BASE_CONTENT[base](value)
            break
    try:
        namespace: Any = object.__getattribute__(value, "__dict__")
    except AttributeError:
        namespace = None
    slots: dict[str, Any] = {}
    for owner in reversed(kind.__mro__):
        for name, member in vars(owner).items():
            if isinstance(member, types.MemberDescriptorType) and not made_in_c(owner):
                try:
                    slots[name] = member.__get__(value, kind)
                except AttributeError:
                    continue  # a slot that was never assigned has no state
    return "state", content, None if namespace is None else dict(namespace), slots


def hides_state(kind: type) -> bool:
    """Whether a base class in C keeps fields in its objects that no dict or slot shows.

    A class statement makes objects larger only by its slots, a dict and a weak reference list.
    """
    step: Any = kind
    while step is not object and step not in BASES:
        base, names = step.__base__, vars(step)
        shown = 0
        if not made_in_c(step):
            shown = sum(isinstance(item, types.MemberDescriptorType) for item in names.values())
            shown += ("__dict__" in names) + ("__weakref__" in names)
        if step.__basicsize__ - base.__basicsize__ > shown * struct.calcsize("P"):
            return True
        step = base
    return False


BASE_CONTENT: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    complex: lambda value: complex(value.real, value.imag),
    str: str.__str__,
    bytes: lambda value: bytes(memoryview(value)),
    bytearray: lambda value: bytes(memoryview(value)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
    list: lambda value: list(list.__iter__(value)),
    dict: lambda value: dict(dict.items(value)),
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
}


def is_whole(view: memoryview) -> bool:
    """Whether it shows all of some bytes, or of a bytearray that it may change.

    Where a part begins, or what hides behind a read-only view, cannot be told without ctypes.
    """
    owner = view.obj
    if not isinstance(owner, bytes if view.readonly else bytearray):
        return False
    exact = type(owner) in (bytes, bytearray)
    return exact and view.format == "B" and view.strides == (1,) and view.nbytes == len(owner)
