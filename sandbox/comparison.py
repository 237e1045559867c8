"""Whether two outcomes are the same: on data, in the parent, strict by default."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import Drained, Enum, Named, Object, Raised, WireError
from perfbot.sandbox.drivers.wire import SEAL_BYTES, encode
from perfbot.sandbox.numpy_warnings import as_arrays_warn, whole_numbers
from perfbot.sandbox.outcome import Outcome, exception_name

CAPACITY = ("builtins.RecursionError", "builtins.MemoryError", "c++.std::bad_alloc")
"""Exceptions that tell how much the machine could bear, not what the function means."""
TEXT_LIMIT = 400
SHOWN_ITEMS = 20_000
NODES = (Object, Raised, Drained)
Equivalent = Callable[[bytes, bytes, bytes], bool]
"""(expected value, actual value, arguments), each encoded -> whether the workload accepts it."""


def difference(
    expected: Outcome,
    actual: Outcome,
    *,
    unordered: int = 0,
    equivalent: Equivalent | None = None,
    inputs: bytes = b"",
) -> str | None:
    """One sentence saying how `actual` differs from `expected`, or None if it does not.

    Of an exception that the original raised by accident (by no `raise` of the project's own) only
    the type is compared: DESIGN section 5.7; the arguments and the side effects that it leaves
    behind are compared like any other's. In the outermost `unordered` levels of containers order
    does not count.
    """
    if actual.status not in ("return", "raise"):
        return f"no answer ({actual.status}): {actual.body.decode(errors='replace')[:TEXT_LIMIT]}"
    if expected.status != actual.status:
        return f"{says(actual)} where the original {says(expected)}"
    if expected.status == "raise" and not expected.explicit:
        ours, theirs = exception_name(expected), exception_name(actual)
        if ours != theirs:
            return f"raises {theirs} where the original raises {ours}"
    try:
        if expected.body != actual.body:
            found = body_difference(expected, actual, unordered, equivalent, inputs)
            if found is not None:
                return found
        if expected.effects != actual.effects:
            return effects_difference(expected, actual)
    except (WireError, RecursionError) as error:  # an answer that the original never gives
        return f"an answer that cannot be read: {type(error).__name__}: {error}"
    return None


def body_difference(
    expected: Outcome,
    actual: Outcome,
    unordered: int,
    equivalent: Equivalent | None,
    inputs: bytes,
) -> str | None:
    before, after = expected.parts(), actual.parts()
    if before is None or after is None:
        return "a large result differs"
    if type(after) is not list or len(after) != len(before):
        return "an answer that is not an outcome"
    if expected.status == "raise" and not expected.explicit:
        before, after = [None, *before[1:]], [None, *after[1:]]
        if encode(before) == encode(after):
            return None
    if (
        unordered
        and small(after, [SEAL_BYTES])  # each item takes a byte, unless it is named many times
        and encode(unordered_parts(before, unordered)) == encode(unordered_parts(after, unordered))
    ):
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


def effects_difference(expected: Outcome, actual: Outcome) -> str | None:
    """How side effects differ; None where all that does are numpy's words on scalars."""
    before, after = decode(expected.effects), decode(actual.effects)
    if type(after) is not dict:
        return "side effects that cannot be read"
    before = as_arrays_warn(before, after, whole=whole_numbers(expected.parts()))
    if encode(before) == encode(after):
        return None
    for name in [*before, *(name for name in after if name not in before)]:
        if encode(before.get(name)) != encode(after.get(name)):
            detail = first_difference(before.get(name), after.get(name), "") or ""
            what = name if type(name) is str else show(name)
            return f"side effect on {what[:TEXT_LIMIT]} differs{detail[:TEXT_LIMIT]}"
    return "side effects differ in order"


def first_difference(
    ours: Any, theirs: Any, where: str, seen: set[tuple[int, int]] | None = None
) -> str | None:
    """Path and both values of the first place in which two decoded values differ."""
    seen = set() if seen is None else seen
    if isinstance(ours, (list, tuple, dict, *NODES)):
        if (id(ours), id(theirs)) in seen:
            return None  # compared already: shared by several holders, or its own holder
        seen.add((id(ours), id(theirs)))
    if type(ours) is not type(theirs):
        instead = f"{show(theirs)} ({kind(theirs)})"
        return f"{where}: {instead} where the original has {show(ours)} ({kind(ours)})"
    if isinstance(ours, (list, tuple)):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=False)):
            found = first_difference(one, other, f"{where}[{index}]", seen)
            if found is not None:
                return found
        if len(ours) != len(theirs):
            return f"{where}: {len(theirs)} items where the original has {len(ours)}"
        return None
    if isinstance(ours, dict) and list(ours) == list(theirs):
        for key in ours:
            found = first_difference(ours[key], theirs[key], f"{where}[{show(key)}]", seen)
            if found is not None:
                return found
        return None
    if isinstance(ours, NODES):
        for name in type(ours).__dataclass_fields__:
            one, other = getattr(ours, name), getattr(theirs, name)
            found = first_difference(one, other, f"{where}.{name}", seen)
            if found is not None:
                return found
        return None
    if same_bytes(ours, theirs):
        return None
    return f"{where}: {show(theirs)} where the original has {show(ours)}"


def same_bytes(ours: Any, theirs: Any) -> bool:
    return encode(ours) == encode(theirs)


def unordered_parts(parts: Any, levels: int) -> list[Any]:
    """The result, the arguments and the keyword arguments of a body, each in one order."""
    return [in_one_order(part, levels) for part in parts]


def in_one_order(value: Any, levels: int) -> Any:
    """`value` with its lists, tuples and dicts in one order, the outermost `levels` of them.

    For originals whose order varies. Each is named by its type, so that a list stays another thing
    than a tuple.
    """
    if levels == 0:
        return value
    name = type(value).__name__
    if isinstance(value, (list, tuple)):
        return name, sorted((in_one_order(item, levels - 1) for item in value), key=encode)
    if isinstance(value, dict):
        pairs = (
            (in_one_order(key, levels - 1), in_one_order(item, levels - 1))
            for key, item in value.items()
        )
        return name, sorted(pairs, key=encode)
    if isinstance(value, Drained):
        return name, value.kind, in_one_order(value.items, levels), value.ended, value.final
    if isinstance(value, Object):
        return name, value.module, value.qualname, in_one_order(value.state, levels)
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
    elif small(value, [SHOWN_ITEMS]):
        try:
            text = re.sub(r" at 0x[0-9a-f]+", "", repr(value))
        except (ValueError, RecursionError):
            text = f"<a {kind(value)} too large to show>"
    else:
        text = f"<a {kind(value)} of more than {SHOWN_ITEMS} items>"
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def small(value: Any, left: list[int]) -> bool:
    """Whether `repr` would write at most `left[0]` items (one named twice is written twice)."""
    left[0] -= 1
    if left[0] < 0:
        return False
    inner: Iterable[Any] = ()
    if isinstance(value, (list, tuple, set, frozenset)):
        inner = value
    elif isinstance(value, dict):
        inner = (item for pair in value.items() for item in pair)
    elif isinstance(value, NODES):
        inner = (getattr(value, name) for name in type(value).__dataclass_fields__)
    return all(small(item, left) for item in inner)
