"""The arguments of a counterexample, as variables of a program of C++."""

import math
import re
from dataclasses import dataclass, field

from perfbot.sandbox.cpp.signature import Described, Description

_CHARACTER = re.compile(r"(const |signed |unsigned )*char( ?&)?")

NOTHING = "nullptr"
"""What is passed for a pointer to nothing."""


class NoProgramError(Exception):
    """A value or a type that this module cannot write."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """Lines that make the arguments of a call, and what is passed for each."""

    names: list[str]
    lines: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)


def arguments(described: Description, args: list[object]) -> Arguments:
    """The variables for `args`. Raises: NoProgramError, ValueError."""
    made = Arguments([f"argument_{at + 1}" for at in range(len(described.parameters))])
    seen: dict[int, str] = {}
    for item, name, value in zip(described.parameters, made.names, args, strict=True):
        if id(value) in seen and isinstance(value, list):
            made.lines.append(f"auto& {name} = {seen[id(value)]};  // the same object")
        else:
            made.lines.extend(_lines(item, name, value))
        seen[id(value)] = name
        made.passed.append(_passed(item, name, value))
    return made


def may_change(item: Described) -> bool:
    """Whether the caller may see another value after the call, behind a pointer or span too."""
    views = "span<" in item.type and "span<const " not in item.type
    points = _points(item) and not item.type.startswith("const ")
    return item.may_change or views or points


def _points(item: Described) -> bool:
    return "*" in item.type and not item.passing.endswith("counted") and not _is_text(item.type)


def _is_text(kind: str) -> bool:
    return kind.replace(" ", "") in ("constchar*", "charconst*")


def _lines(item: Described, name: str, value: object) -> list[str]:
    kind = f"plain<{item.type}>"
    if item.passing.endswith("counted"):
        return [f"std::vector<plain<{item.type.rpartition('*')[0]}>> {name} = {written(value)};"]
    if _points(item):
        pointed = item.type.rpartition("*")[0]
        if "*" in pointed or "(" in pointed:
            raise NoProgramError(item.type)
        return [] if value is None else [f"plain<{pointed}> {name} = {written(value)};"]
    if "span<" in item.type:
        if "bool" in item.type or "span<" not in item.type.removeprefix("const ")[:10]:
            raise NoProgramError(item.type)
        held = f"std::vector<std::remove_cv_t<{kind}::element_type>>"
        return [f"{held} {name}_items = {written(value)};", f"{kind} {name}({name}_items);"]
    if "_ptr<" in item.type:
        if value is None:
            return [f"{kind} {name};"]
        return [f"{kind} {name}(new {kind}::element_type({written(value)}));"]
    if "initializer_list<" in item.type:
        raise NoProgramError(item.type)
    shown = written(as_character(item.type, value), views="string_view" in item.type)
    return [f"{kind} {name} = {shown};"]


def _passed(item: Described, name: str, value: object) -> str:
    if item.passing.endswith("counted"):
        return f"{name}.data()"
    if _points(item):
        return NOTHING if value is None else f"&{name}"
    moved = item.passing == "moved" or (item.passing == "value" and "unique_ptr<" in item.type)
    return f"std::move({name})" if moved else name


def as_character(kind: str, value: object) -> object:
    """The number of a character that a workload gave as a text of one, for a `char`."""
    text = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    if isinstance(text, bytes) and len(text) == 1 and _CHARACTER.fullmatch(kind):
        return text[0]
    return value


def written(value: object, *, views: bool = False) -> str:
    """A value as C++ initialises from; texts as views, not strings. Raises: NoProgramError."""
    if value is None:
        return "{}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _real(value)
    if isinstance(value, (str, bytes)):
        return _text(value, views)
    if isinstance(value, (list, tuple, set, frozenset)):
        return f"{{{', '.join(written(item, views=views) for item in value)}}}"
    if isinstance(value, dict):
        pairs = (
            f"{{{written(key, views=views)}, {written(item, views=views)}}}"
            for key, item in value.items()
        )
        return f"{{{', '.join(pairs)}}}"
    raise NoProgramError(type(value).__name__)


def _integer(value: int) -> str:
    if value == -(2**63):
        return "(-9223372036854775807LL - 1)"
    if not -(2**63) <= value < 2**64:
        raise NoProgramError("a number of more than 64 bits")
    if value == -(2**31):
        return "(-2147483647 - 1)"
    return f"{value}{'u' if value >= 2**63 else ''}"


def _real(value: float) -> str:
    if math.isnan(value):
        return "static_cast<double>(NAN)"
    if math.isinf(value):
        return f"{'-' if value < 0 else ''}HUGE_VAL"
    return repr(value)


def _text(value: str | bytes, views: bool) -> str:
    data = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    shown = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\?' else f"\\{byte:03o}" for byte in data
    )
    made = "std::string_view" if views else "std::string"
    return f'{made}("{shown}", {len(data)})' if 0 in data else f'"{shown}"'
