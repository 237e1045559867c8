"""Turns the nouns into plain JSON values and back, whole, by their declared types.

For perfbot's own files only. What other programs read has a schema (`evidence_schema`).
"""

import enum
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any


def to_plain(value: object) -> Any:
    """Dicts, lists, strings, numbers: bytes as hexadecimal, enums as their values.

    Raises:
        TypeError: a value that is none of these (an object in `Evidence.data`, say).
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    match value:
        case enum.Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return value.hex()
        case Path():
            return str(value)
        case Mapping():
            return {str(key): to_plain(item) for key, item in value.items()}
        case list() | tuple():
            return [to_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} is not plain data")


def from_plain(kind: Any, data: Any) -> Any:
    """The value of type `kind` that `to_plain` made `data` from.

    Raises:
        TypeError: a field without a default is missing.
    """
    if is_dataclass(kind) and isinstance(kind, type):
        known = _field_types(kind)
        return kind(**{name: from_plain(known[name], data[name]) for name in known if name in data})
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(data)
    if kind is bytes:
        return bytes.fromhex(data)
    if kind is Path:
        return Path(data)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        inner = [part for part in arguments if part is not types.NoneType]
        return None if data is None else from_plain(inner[0], data)
    if origin is tuple:
        return tuple(from_plain(arguments[0], item) for item in data)
    return data


@cache
def _field_types(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
