"""Whether two outcomes are the same: on data, in the parent, strict by default."""

import re
from collections.abc import Callable
from typing import Any

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import Drained, Enum, Named, Object, Raised, WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.outcome import Outcome, exception_name

CAPACITY = ("builtins.RecursionError", "builtins.MemoryError")
"""Exceptions that tell how much the machine could bear, not what the function means."""
TEXT_LIMIT = 400
Equivalent = Callable[[bytes, bytes, bytes], bool]
"""(expected value, actual value, arguments), each encoded -> whether the workload accepts it."""


def difference(
    expected: Outcome,
    actual: Outcome,
    *,
    unordered: bool = False,
    equivalent: Equivalent | None = None,
    inputs: bytes = b"",
) -> str | None:
    """One sentence saying how `actual` differs from `expected`, or None if it does not.

    An exception that the original raised by accident (by no `raise` of the project's own) must
    only be of the same type: DESIGN section 5.7.
    """
    if actual.status not in ("return", "raise"):
        return f"no answer ({actual.status}): {actual.body.decode(errors='replace')[:TEXT_LIMIT]}"
    if expected.status != actual.status:
        return f"{says(actual)} where the original {says(expected)}"
    if expected.status == "raise" and not expected.explicit:
        ours, theirs = exception_name(expected), exception_name(actual)
        return None if ours == theirs else f"raises {theirs} where the original raises {ours}"
    if expected.body != actual.body:
        try:
            found = body_difference(expected, actual, unordered, equivalent, inputs)
        except RecursionError:  # an answer that contains itself
            found = "results that contain themselves differ"
        if found is not None:
            return found
    if expected.effects != actual.effects:
        return effects_difference(expected.effects, actual.effects)
    return None


def body_difference(
    expected: Outcome,
    actual: Outcome,
    unordered: bool,
    equivalent: Equivalent | None,
    inputs: bytes,
) -> str | None:
    try:
        before, after = expected.parts(), actual.parts()
    except WireError as error:
        return f"an answer that cannot be read: {error}"
    if before is None or after is None:
        return "a large result differs"
    if type(after) is not list or len(after) != len(before):
        return "an answer that is not an outcome"
    if unordered and encode(sorted_deeply(before)) == encode(sorted_deeply(after)):
        return None
    if (
        equivalent is not None
        and expected.status == "return"
        and encode(before[1:]) == encode(after[1:])
        and equivalent(encode(before[0]), encode(after[0]), inputs)
    ):
        return None
    names = ("result", "arguments after the call", "keyword arguments after the call")
    for name, ours, theirs in zip(names, before, after, strict=False):
        where = first_difference(ours, theirs, "")
        if where is not None:
            return f"{name}{where}"
    return "the same values, aliased differently (a copy for the object itself, or the reverse)"


def says(outcome: Outcome) -> str:
    if outcome.status == "return":
        return "returns"
    return f"raises {exception_name(outcome) or 'an exception'}"


def effects_difference(expected: bytes, actual: bytes) -> str:
    try:
        before, after = decode(expected), decode(actual)
    except WireError as error:
        return f"side effects that cannot be read: {error}"
    if type(after) is not dict:
        return "side effects that cannot be read"
    for name in sorted({*before, *after}, key=str):
        if encode(before.get(name)) != encode(after.get(name)):
            detail = first_difference(before.get(name), after.get(name), "") or ""
            return f"side effect on {name} differs{detail[:TEXT_LIMIT]}"
    return "side effects differ in order"


def first_difference(ours: Any, theirs: Any, where: str) -> str | None:
    """Path and both values of the first place in which two decoded values differ."""
    if type(ours) is not type(theirs):
        instead = f"{show(theirs)} ({kind(theirs)})"
        return f"{where}: {instead} where the original has {show(ours)} ({kind(ours)})"
    if isinstance(ours, (list, tuple)):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=False)):
            found = first_difference(one, other, f"{where}[{index}]")
            if found is not None:
                return found
        if len(ours) != len(theirs):
            return f"{where}: {len(theirs)} items where the original has {len(ours)}"
        return None
    if isinstance(ours, dict) and list(ours) == list(theirs):
        for key in ours:
            found = first_difference(ours[key], theirs[key], f"{where}[{show(key)}]")
            if found is not None:
                return found
        return None
    if isinstance(ours, (Object, Raised, Drained)):
        for name in type(ours).__dataclass_fields__:
            found = first_difference(getattr(ours, name), getattr(theirs, name), f"{where}.{name}")
            if found is not None:
                return found
        return None
    if same_bytes(ours, theirs):
        return None
    return f"{where}: {show(theirs)} where the original has {show(ours)}"


def same_bytes(ours: Any, theirs: Any) -> bool:
    return encode(ours) == encode(theirs)


def sorted_deeply(value: Any) -> Any:
    """`value` with its lists, tuples and dicts in one order, for originals whose order varies."""
    if isinstance(value, (list, tuple)):
        return sorted((sorted_deeply(item) for item in value), key=encode)
    if isinstance(value, dict):
        return sorted(((key, sorted_deeply(item)) for key, item in value.items()), key=encode)
    if isinstance(value, Drained):
        return [value.kind, sorted_deeply(value.items), value.ended, value.final]
    if isinstance(value, Object):
        return [value.module, value.qualname, sorted_deeply(value.state)]
    return value


def kind(value: Any) -> str:
    return value.qualname if isinstance(value, Object) else type(value).__name__


def show(value: Any, limit: int = TEXT_LIMIT) -> str:
    """A value as Python would print it, cut to `limit` characters."""
    if isinstance(value, Named):
        text = f"{value.module}.{value.qualname}".rstrip(".")
    elif isinstance(value, Enum):
        text = f"{value.qualname}.{value.name}"
    elif isinstance(value, Raised):
        text = f"{value.qualname}({', '.join(show(item) for item in value.args)})"
    elif isinstance(value, Object):
        text = f"<{value.qualname} {show(value.state)}>"
    else:
        text = re.sub(r" at 0x[0-9a-f]+", "", repr(value))
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
