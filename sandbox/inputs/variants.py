"""Distinct inputs that cost about what one given case costs, so that a memo across calls wins
nothing while timing: a few leaves change, but no type, size, order or range does.
"""

import random
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.drawing import fresh

RELATIVE_CHANGE = 0.01
"""The most by which a number changes: a cost linear in it changes by no more."""
PARTS = 100
"""The same for ints, which may be too large for a float."""
LEAST_CHANGED_INT = 100
"""Smaller ints keep their value: 1 % of them is less than one."""
FLAG_MAX_LENGTH = 16
"""A string argument shorter than this, beside other arguments, may select what is done."""
SOLE_TEXT_MIN_LENGTH = 6
CHARACTER_CLASSES = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
ATTEMPTS_PER_VARIANT = 8
MAX_FRUITLESS = 60
"""Attempts in a row without a new variant after which there are taken to be no more."""


def variants(arguments: Arguments, n: int, seed: int = 0) -> list[Arguments]:
    """Up to `n` distinct inputs like `arguments`, which is the first; fewer where there are fewer.

    Deterministic in `seed`. Objects of the user's classes, bools, None, flags and ints that equal
    a container's length stay as they are.
    """
    rng = random.Random(seed)
    written = repr(arguments)
    if "[...]" in written or "{...}" in written:  # how repr writes a container within itself
        return [arguments]
    found: dict[str, Arguments] = {written: arguments}
    context = _Context(rng, frozenset(_lengths(arguments)), tuple(_lists(arguments)))
    fruitless = 0
    for attempt in range(ATTEMPTS_PER_VARIANT * n):
        if len(found) >= n or fruitless >= MAX_FRUITLESS:
            break
        # Where single changes are used up, several at once give more.
        changes = 1 + attempt * 6 // (ATTEMPTS_PER_VARIANT * n) + rng.randrange(2)
        made = _varied(arguments, context, changes)
        fruitless = 0 if found.setdefault(repr(made), made) is made else fruitless + 1
    return list(found.values())[:n]


@dataclass(frozen=True, slots=True)
class _Context:
    rng: random.Random
    lengths: frozenset[int]
    """Lengths of the containers in the case: an int equal to one of them counts its elements."""
    lists: tuple[Sequence[object], ...]


def _varied(arguments: Arguments, context: _Context, changes: int) -> Arguments:
    args: list[object] = list(arguments.args)
    kwargs: dict[str, object] = dict(arguments.kwargs)
    sole = len(args) + len(kwargs) == 1
    for _ in range(changes):
        places: list[int | str] = [*range(len(args)), *kwargs]
        if not places:
            break
        context.rng.shuffle(places)
        for place in places:
            now = args[place] if isinstance(place, int) else kwargs[place]
            case = arguments.args[place] if isinstance(place, int) else arguments.kwargs[place]
            # A number is changed from the case's own, so that two changes do not add up.
            new = _argument(case if type(case) in (int, float) else now, context, sole)
            if new is not None:
                if isinstance(place, int):
                    args[place] = new
                else:
                    kwargs[place] = new
                break
    return Arguments(tuple(args), kwargs)


def _argument(value: object, context: _Context, sole: bool) -> object | None:
    """Another value for a whole argument, or None where it has to stay."""
    if isinstance(value, (str, bytes)):
        least = SOLE_TEXT_MIN_LENGTH if sole else FLAG_MAX_LENGTH
        return _other(value, context) if len(value) >= least else None
    if type(value) is int:
        return _number(value, context)
    if type(value) is float:
        return _scaled(value, context.rng)
    return _other(value, context)


def _other(value: object, context: _Context) -> object | None:
    """Another value of the same type, size and order, or None."""
    change = CHANGES.get(type(value))
    return None if change is None else change(value, context)


def _number(value: int, context: _Context) -> int | None:
    if value in context.lengths or abs(value) < LEAST_CHANGED_INT:
        return None
    member = _member(value, context)
    if member is not None:
        return member
    most = max(1, abs(value) // PARTS)
    # A number's parity can select the work done, so that steps of two come first.
    step = 2 if most >= 2 else 1
    new = value + context.rng.choice((-1, 1)) * step * context.rng.randint(1, max(1, most // step))
    crosses = any((value < length) != (new < length) for length in context.lengths)
    return None if crosses else new


def _member(value: int, context: _Context) -> int | None:
    """For a number that a list contains: another of the list's, from about the same position."""
    for items in context.lists:
        if value not in items:
            continue
        at = items.index(value)
        reach = max(1, int(len(items) * RELATIVE_CHANGE))
        near = [item for item in items[max(0, at - reach) : at + reach + 1] if type(item) is int]
        others = [item for item in near if item != value]
        return context.rng.choice(others) if others else None
    return None


def _scaled(value: float, rng: random.Random) -> float | None:
    if value == 0 or value != value or abs(value) == float("inf"):
        return None
    if value.is_integer() and abs(value) < LEAST_CHANGED_INT:
        return None
    new = value * (1 + rng.uniform(-RELATIVE_CHANGE, RELATIVE_CHANGE))
    if value.is_integer():
        new = float(round(new))
    between = abs(value) < 1 <= abs(new)
    return None if between or new == value or abs(new) == float("inf") else new


def _list(value: list[object], context: _Context) -> list[object] | None:
    if len(value) < 2 or not set(map(type, value)) <= {int, float, str, bool}:
        items = [fresh(item) for item in value]
        return _inside(items, context) or _swapped_rows(items, context.rng)
    items = list(value)
    if not _ordered(items):
        return _reordered(items, context.rng)
    return _nudged(items, context.rng)


def _ordered(items: list[object]) -> bool:
    if str in set(map(type, items)) and len(set(map(type, items))) > 1:
        return False
    alike = cast(list[float], items)
    return items in (sorted(alike), sorted(alike, reverse=True))


def _inside(items: list[object], context: _Context) -> list[object] | None:
    """The same with a change within one element."""
    order = context.rng.sample(range(len(items)), min(len(items), 20))
    for at in order:
        new = _other(items[at], context)
        if new is not None:
            items[at] = new
            return items
    return None


def _swapped_rows(items: list[object], rng: random.Random) -> list[object] | None:
    """The same with two neighbours of one type and size exchanged."""
    pairs = max(0, len(items) - 1)
    for at in rng.sample(range(pairs), min(pairs, 20)):
        left, right = items[at], items[at + 1]
        if type(left) is type(right) and _size(left) == _size(right) and repr(left) != repr(right):
            items[at], items[at + 1] = right, left
            return items
    return None


def _size(value: object) -> int:
    return len(value) if isinstance(value, (list, tuple, dict, set, str)) else 0


def _reordered(items: list[object], rng: random.Random) -> list[object] | None:
    """The same with two near elements swapped, or one replaced by its neighbour's value.

    A palindrome stays one: the change is mirrored.
    """
    count = len(items)
    palindrome = items == items[::-1]
    unique = len(set(items)) == count
    for _ in range(20):
        at = rng.randrange(count)
        other = min(count - 1, at + rng.randint(1, max(1, count // 50)))
        if items[at] == items[other] or type(items[at]) is not type(items[other]):
            continue
        if palindrome and other >= count // 2:
            continue
        new = list(items)
        new[at] = items[other]
        if unique or palindrome or rng.random() < 0.7:
            new[other] = items[at]
        if palindrome:
            new[count - 1 - at], new[count - 1 - other] = new[at], new[other]
        return new
    return None


def _nudged(items: list[object], rng: random.Random) -> list[object] | None:
    """An ordered list with one number moved between its neighbours, which keeps the order."""
    unique = len(set(items)) == len(items)
    for at in rng.sample(range(len(items)), min(len(items), 40)):
        item = items[at]
        near = items[max(0, at - 1) : at + 2 : 2]
        around = [number for number in near if isinstance(number, (int, float))]
        if len(around) < 2 or not 0 < at < len(items) - 1:
            continue
        low, high = sorted(around)
        if type(item) is int and type(low) is int and type(high) is int:
            first, last = low + unique, high - unique
            if first < last:
                items[at] = rng.randint(first, last)
                return items
        elif type(item) is float and type(low) is float and type(high) is float and low < high:
            # Strictly between, or the list could gain or lose a repeated value.
            items[at] = low + (high - low) * rng.uniform(0.1, 0.9)
            return items
    return _stretched(items, rng)


def _stretched(items: list[object], rng: random.Random) -> list[object] | None:
    """Consecutive ints with the greatest one moved outwards, by at most 1 % of their span.

    Source: none; without this, the usual case `list(range(n))` would have no variant at all.
    """
    first, last = items[0], items[-1]
    if type(first) is not int or type(last) is not int or first == last:
        return None
    most = abs(last - first) // PARTS
    if most < 1:
        return None
    if last > first:
        items[-1] = last + rng.randint(1, most)
    else:
        items[0] = first + rng.randint(1, most)
    return items


def _tuple(value: tuple[object, ...], context: _Context) -> tuple[object, ...] | None:
    if len(value) >= 8 and len({type(item) for item in value}) == 1:
        made = _list(list(value), context)
    else:
        made = _inside([fresh(item) for item in value], context)
    return None if made is None else tuple(made)


def _dict(value: dict[object, object], context: _Context) -> dict[object, object] | None:
    keys = list(value)
    made = {key: fresh(item) for key, item in value.items()}
    for key in context.rng.sample(keys, min(len(keys), 20)):
        new = _other(value[key], context)
        if new is not None:
            return made | {key: new}
    for key in context.rng.sample(keys, min(len(keys), 20)):
        other = context.rng.choice(keys)
        left, right = made[key], made[other]
        if type(left) is type(right) and _size(left) == _size(right) and left != right:
            return made | {key: right, other: left}
    return None


def _set(value: set[object] | frozenset[object], context: _Context) -> object | None:
    numbers = sorted(item for item in value if type(item) is int)
    texts = sorted(item for item in value if isinstance(item, str))
    if len(numbers) == len(value) and len(numbers) > 1:
        for _ in range(20):
            new = context.rng.randint(numbers[0], numbers[-1])
            if new not in value:
                inner = numbers[1:-1] or numbers[:1]
                return type(value)((value - {context.rng.choice(inner)}) | {new})
    for item in context.rng.sample(texts, min(len(texts), 20)):
        changed = _text(item, context)
        if changed is not None and changed not in value:
            return type(value)((value - {item}) | {changed})
    return None


def _text(value: str, context: _Context) -> str | None:
    """The same with two characters of one class swapped, or one replaced by another of its class.

    Punctuation stays where it is, a number keeps its first digit from becoming 0, and a
    palindrome stays one.
    """
    rng, count = context.rng, len(value)
    palindrome = count > 2 and value == value[::-1]
    for _ in range(30 if count > 1 else 0):
        at, other = rng.randrange(count), rng.randrange(count)
        pair = value[at] + value[other]
        if value[at] == value[other] or not any(
            set(pair) <= set(members) for members in CHARACTER_CLASSES
        ):
            continue
        new = list(value)
        new[at] = value[other]
        if rng.random() < 0.7:
            new[other] = value[at]
        if palindrome:
            new[count - 1 - at], new[count - 1 - other] = new[at], new[other]
        made = "".join(new)
        if made != value and not (_leading_zeros(made) - _leading_zeros(value)):
            return made
    return None


def _leading_zeros(value: str) -> set[int]:
    return {
        at
        for at, letter in enumerate(value)
        if letter == "0" and (at == 0 or not value[at - 1].isdigit())
    }


def _bytes(value: bytes, context: _Context) -> bytes | None:
    made = _text(value.decode("latin-1"), context)
    if made is not None:
        return made.encode("latin-1")
    swapped = _reordered(list(value), context.rng) if len(value) > 1 else None
    return None if swapped is None else bytes(item for item in swapped if isinstance(item, int))


def _bytearray(value: bytearray, context: _Context) -> bytearray | None:
    made = _bytes(bytes(value), context)
    return None if made is None else bytearray(made)


def _lengths(value: object) -> set[int]:
    """The lengths of the case's containers, two levels deep."""
    return {len(item) for item in _containers(value) if isinstance(item, (list, str, dict))}


def _lists(value: object) -> list[list[object]]:
    return [item for item in _containers(value) if isinstance(item, list)]


def _containers(value: object) -> list[object]:
    if not isinstance(value, Arguments):
        return []
    top = [*value.args, *value.kwargs.values()]
    rows = [item[0] for item in top if isinstance(item, (list, tuple)) and item]
    return [*top, *rows]


CHANGES: Mapping[type, Callable[..., object | None]] = {
    list: _list,
    tuple: _tuple,
    dict: _dict,
    set: _set,
    frozenset: _set,
    str: _text,
    bytes: _bytes,
    bytearray: _bytearray,
    int: lambda value, context: _number(value, context),
    float: lambda value, context: _scaled(value, context.rng),
}
