"""Small changes to an observed value: the inputs next to those that the program really met."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from perfbot.sandbox.drivers.values import Drained, Object
from perfbot.sandbox.inputs import arrays, text
from perfbot.sandbox.inputs.choices import Choices
from perfbot.sandbox.inputs.drawing import ELEMENT, fresh

Step = object
"""An index, a dict's key, or STATE."""
STATE = "*state"
MAX_PLACES = 200
"""Places of one value that are considered for a change: larger values are walked in part."""


def perturbed(value: object, choices: Choices, *, donors: Sequence[object] = ()) -> object:
    """A copy of `value` with one place changed; values may come from the same place in `donors`."""
    places = list(walk(value))
    place = choices.pick(places)
    donated = [found for donor in donors for found in at_path(donor, place.path)]
    alike = [other.value for other in places if other.role == place.role]
    return replaced(value, place.path, changed(place.value, choices, donated + alike))


@dataclass(frozen=True, slots=True)
class Place:
    """A value inside another. Elements of one list have one `role`, whatever their position."""

    path: tuple[Step, ...]
    role: tuple[Step, ...]
    value: object


def walk(value: object) -> Iterator[Place]:
    """Every place in `value` (the first `MAX_PLACES`), outermost first."""
    queue = [Place((), (), value)]
    for place in queue:
        yield place
        if len(queue) < MAX_PLACES:
            for step, child in children(place.value):
                role = ELEMENT if isinstance(place.value, list) else step
                queue.append(Place((*place.path, step), (*place.role, role), child))


def children(value: object) -> Iterable[tuple[Step, object]]:
    """The parts of a container that can be replaced by step (sets are changed as a whole)."""
    if isinstance(value, (list, tuple)):
        stride = max(1, len(value) // MAX_PLACES)
        return [(at, value[at]) for at in range(0, len(value), stride)]
    if isinstance(value, dict):
        return list(value.items())[:MAX_PLACES]
    if isinstance(value, Object) and isinstance(value.state, dict):
        return [(STATE, value.state)]
    return ()


def at_path(value: object, path: Sequence[Step]) -> Iterator[object]:
    """What lies at `path` in another value, if anything does."""
    for step in path:
        for found, child in children(value):
            if found == step:
                value = child
                break
        else:
            return
    yield value


def replaced(value: object, path: Sequence[Step], new: object) -> object:
    """A copy of `value`, sharing nothing with it, with `new` at `path`."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, Object):
        return Object(value.module, value.qualname, replaced(value.state, rest, new))
    if isinstance(value, dict):
        return {
            key: replaced(item, rest, new) if key == step else fresh(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        items = [
            replaced(item, rest, new) if at == step else fresh(item)
            for at, item in enumerate(value)
        ]
        return items if isinstance(value, list) else tuple(items)
    return fresh(value)


def changed(value: object, choices: Choices, others: Sequence[object]) -> object:
    """Another value of the same type where its type is known, else one of `others`, else itself."""
    if others and choices.chance(25):
        return fresh(choices.pick(others))
    if arrays.is_array(value):
        return arrays.changed(value, choices)
    change = CHANGES.get(type(value))
    return change(value, choices) if change is not None else fresh(value)


def _integer(value: int, choices: Choices) -> int:
    return choices.pick((value + 1, value - 1, 0, value * 2, value // 2, value + 7))


def _float(value: float, choices: Choices) -> float:
    nearby = (value + 1.0, value - 1.0, value * 2.0, value / 2.0, value + 0.25)
    return choices.pick([item for item in nearby if math.isfinite(item)] or [value])


def _text(value: str, choices: Choices) -> str:
    letters = "".join(sorted(set(value[:200]))) + (value[:1] or "a")
    return text.edited(choices, value, text.Style(observed=letters))


def _data(value: bytes, choices: Choices) -> bytes:
    if not value:
        return value
    at = choices.integer(0, len(value) - 1)
    middle = choices.pick((b"", value[at : at + 1] * 2, value[:1], value[-1:]))
    return value[:at] + middle + value[at + 1 :]


def _list(value: list[object], choices: Choices) -> list[object]:
    items = [fresh(item) for item in value]
    if not items:
        return items
    action = choices.integer(0, 6)
    at = choices.integer(0, len(items) - 1)
    if action == 0:
        del items[at]
    elif action == 1:
        items.insert(at, fresh(items[at]))
    elif action == 2:
        other = choices.integer(0, len(items) - 1)
        items[at], items[other] = items[other], items[at]
    elif action == 3:
        items.append(fresh(items[at]))
    elif action == 4:
        items.reverse()
    elif action == 5:
        del items[at + 1 :]
    else:
        items[at] = fresh(items[choices.integer(0, len(items) - 1)])
    return items


def _dict(value: dict[object, object], choices: Choices) -> dict[object, object]:
    items = {key: fresh(item) for key, item in value.items()}
    if not items:
        return items
    key, other = choices.pick(list(items)), choices.pick(list(items))
    if choices.chance(40):
        del items[key]
    elif type(items[key]) is type(items[other]):
        items[key], items[other] = items[other], items[key]
    return items


def _set(value: set[object] | frozenset[object], choices: Choices) -> object:
    items = sorted(value, key=repr)
    if items:
        at = choices.integer(0, len(items) - 1)
        replacement = changed(items.pop(at), choices, ())
        if choices.chance(50):
            items.append(replacement)
    return type(value)(items)


CHANGES: dict[type, Callable[..., object]] = {
    bool: lambda value, choices: not value,
    int: _integer,
    float: _float,
    str: _text,
    bytes: _data,
    bytearray: lambda value, choices: bytearray(_data(bytes(value), choices)),
    list: _list,
    dict: _dict,
    set: _set,
    frozenset: _set,
    Drained: lambda value, choices: Drained(
        value.kind, _list(value.items, choices), value.ended, value.final
    ),
}
