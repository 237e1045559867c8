"""Shapes of containers: lists and their kin, tuples, dicts, records, iterators, unions."""

import collections
import functools
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from perfbot.sandbox.drivers.values import Drained
from perfbot.sandbox.inputs.drawing import ELEMENT, VALUES, Drawing, Path, fresh
from perfbot.sandbox.inputs.instances import DEEP, Deferred
from perfbot.sandbox.inputs.meetings import alike_texts
from perfbot.sandbox.inputs.scalars import Constants, Floats, Shape, Texts
from perfbot.sandbox.inputs.text import has_format

MAKERS: Mapping[str, Callable[[list[object]], object]] = {
    "list": lambda items: items,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": collections.deque,
    # What the driver turns into a one-pass iterator.
    "iterator": lambda items: Drained("list_iterator", items, "end", None),
}

KINDS_OF_DICT: Mapping[str, Callable[[dict[object, object]], dict[object, object]]] = {
    "dict": lambda pairs: pairs,
    "OrderedDict": collections.OrderedDict,
    "Counter": collections.Counter,  # type: ignore[dict-item]
    **{
        f"defaultdict of {made.__name__}": functools.partial(collections.defaultdict, made)
        for made in (list, dict, set, int, float, str)
    },
}


@dataclass(frozen=True, slots=True)
class Items:
    """A list, a variadic tuple, a set or an iterator, of elements of one shape."""

    kind: str
    element: Shape
    longest: int = 8
    """The greatest observed length."""
    scalar: bool = False

    @property
    def hashable(self) -> bool:
        """Whether the container may be a dict's key."""
        return self.kind == "frozenset" or (self.kind == "tuple" and self.element.hashable)

    def draw(self, drawing: Drawing, path: Path) -> object:
        count = drawing.size(path, self.longest) if len(path) <= 2 * DEEP else 0
        order = drawing.orders.get(path, "")
        if order.startswith("permutation"):
            start = int(order.removeprefix("permutation"))
            items: list[object] = list(range(start, start + count))
            random.Random(drawing.choices.integer(0, 0xFFFF)).shuffle(items)
        else:
            items = self._elements(drawing, path, count, order)
        return MAKERS[self.kind](items)

    def _elements(self, drawing: Drawing, path: Path, count: int, order: str) -> list[object]:
        inner = (*path, ELEMENT)
        roll = drawing.choices.integer(0, 31) if count > 1 else 0
        source = drawing.for_elements(count)
        if roll in (28, 29) and not order:
            return repeated(source, self.element, inner, count, 1)
        if roll in (25, 26, 27) and not order:
            return repeated(source, self.element, inner, count, 3)
        if (
            roll in (22, 23)
            and not order
            and (made := hard_to_tell(source, self.element, inner, count))
        ):
            return made
        items = [self.element.draw(source, inner) for _ in range(count)]
        if "distinct" in order:
            items = distinct(source, items, self.element, inner)
        if self.element.scalar and self.kind != "set":
            if "sorted" in order or (roll in (30, 31) and not order):
                items.sort(key=sort_key)
            if "reversed" in order or (roll == 24 and not order):
                items.sort(key=sort_key, reverse=True)
        elif roll == 31 and count > 1 and not self.element.hashable:
            items[-1] = items[0]  # the same row twice: a write to one must show in the other
        return items


def sort_key(value: object) -> tuple[int, object]:
    """Orders numbers with numbers and strings with strings; NaN last, so that order is total."""
    if isinstance(value, float) and value != value:
        return 1, 0
    return 0, value


def repeated(drawing: Drawing, element: Shape, path: Path, count: int, kinds: int) -> list[object]:
    """`count` elements that take at most `kinds` values."""
    few = [element.draw(drawing, path) for _ in range(kinds)]
    return [fresh(drawing.choices.pick(few)) for _ in range(count)]


def hard_to_tell(drawing: Drawing, element: Shape, path: Path, count: int) -> list[object]:
    """Texts that differ only at an end, or floats of which one cannot be ordered; else none."""
    choices = drawing.choices
    if isinstance(element, Floats) and element.declared:
        odd = choices.pick((math.nan, math.nan, -0.0, math.inf))
        few = [element.draw(drawing, path), element.draw(drawing, path), odd]
        return [choices.pick(few) for _ in range(count)]
    if not isinstance(element, Texts) or has_format(element.style, drawing.literals.texts):
        return []
    made = alike_texts(choices, element.draw(drawing, path), count)
    return list(made) if keeps_alphabet(drawing, element, path, "".join(made)) else []


def keeps_alphabet(drawing: Drawing, shape: Shape, path: Path, value: object) -> bool:
    """Whether a text, or each in a list, is of the letters that all observed ones are of."""
    if isinstance(shape, Items) and isinstance(value, list):
        path, shape = (*path, ELEMENT), shape.element
    if not isinstance(shape, Texts) or not drawing.keeps(("alphabet", path)):
        return True
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    narrow = set(shape.style.narrow)
    return not narrow or all(set(text) <= narrow for text in texts if isinstance(text, str))


def distinct(drawing: Drawing, items: list[object], element: Shape, path: Path) -> list[object]:
    """`items` with each repeated value replaced by a new one; shorter where none is found."""
    kept: dict[object, object] = {}
    for item in items:
        for _ in range(4):
            if _key(item) not in kept:
                break
            item = item + len(items) if type(item) is int else element.draw(drawing, path)
        kept.setdefault(_key(item), item)
    return list(kept.values())


def _key(item: object) -> object:
    return item if isinstance(item, (int, float, str, bytes)) else repr(item)


@dataclass(frozen=True, slots=True)
class Positions:
    """A tuple (or a list that serves as one) of fixed length, each position of its own shape."""

    items: tuple[Shape, ...]
    kind: str = "tuple"
    scalar: bool = False

    @property
    def hashable(self) -> bool:
        """Whether it is a tuple and every position is hashable."""
        return self.kind == "tuple" and all(item.hashable for item in self.items)

    def draw(self, drawing: Drawing, path: Path) -> object:
        source = drawing.for_elements(len(self.items))
        items = [item.draw(source, (*path, at)) for at, item in enumerate(self.items)]
        return MAKERS[self.kind](items)


@dataclass(frozen=True, slots=True)
class Mappings:
    """A dict, or one of its kin, whose keys share a shape and whose values share a shape."""

    key: Shape
    value: Shape
    longest: int = 6
    kind: str = "dict"
    scalar: bool = False
    hashable: bool = False

    def draw(self, drawing: Drawing, path: Path) -> dict[object, object]:
        count = drawing.size(path, self.longest) if len(path) <= 2 * DEEP else 0
        source = drawing.for_elements(2 * count)
        keys, values = (*path, ELEMENT), (*path, VALUES)
        items = distinct(
            source, [self.key.draw(source, keys) for _ in range(count)], self.key, keys
        )
        made: dict[object, object] = {key: self.value.draw(source, values) for key in items}
        return KINDS_OF_DICT[self.kind](made)


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a record: its value's shape, and whether some records lack it."""

    key: str
    value: Shape
    optional: bool


@dataclass(frozen=True, slots=True)
class Records:
    """A dict with known keys, such as a JSON object."""

    fields: tuple[Field, ...]
    declared: bool = False
    """A TypedDict says which keys there are; observed keys are only a hint."""
    scalar: bool = False
    hashable: bool = False

    def draw(self, drawing: Drawing, path: Path) -> dict[object, object]:
        source = drawing.for_elements(len(self.fields))
        keeps = self.declared or drawing.keeps(("record", path))
        made: dict[object, object] = {}
        for item in self.fields:
            if (item.optional or not keeps) and source.choices.chance(30):
                continue
            made[item.key] = item.value.draw(source, (*path, item.key))
        if not keeps and drawing.literals.texts and self.fields:
            name = drawing.choices.pick(drawing.literals.texts)
            made[name] = self.fields[0].value.draw(source, (*path, ELEMENT))
        return made


@dataclass(frozen=True, slots=True)
class Unions:
    """One of several shapes; `options` repeats a shape to give it weight."""

    options: tuple[Shape, ...]
    scalar: bool = False

    @property
    def hashable(self) -> bool:
        """Whether every option is."""
        return all(option.hashable for option in self.options)

    def draw(self, drawing: Drawing, path: Path) -> object:
        options = self.options
        if len(path) > DEEP:
            ends = tuple(item for item in options if isinstance(item, Constants) or item.scalar)
            options = ends or tuple(it for it in options if not isinstance(it, Deferred)) or options
        return drawing.choices.pick(options).draw(drawing, path)
