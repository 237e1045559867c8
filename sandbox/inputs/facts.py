"""What one input says: lengths, ints, lists and strings, by where they lie in it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfbot.sandbox.inputs.arrays import is_array
from perfbot.sandbox.inputs.drawing import ELEMENT, VALUES, Path

Quantity = tuple[str, Path]
"""`("length", path)` of the containers at a path, or `("value", path)` of the int there."""

MAX_ITEMS = 2_000
"""Values of one input that are looked at."""


@dataclass(slots=True)
class Facts:
    """What one input says at each path."""

    lengths: dict[Path, list[int]] = field(default_factory=lambda: defaultdict(list))
    ints: dict[Path, list[int]] = field(default_factory=lambda: defaultdict(list))
    lists: dict[Path, list[Sequence[object]]] = field(default_factory=lambda: defaultdict(list))
    texts: dict[Path, list[str]] = field(default_factory=lambda: defaultdict(list))
    negative: set[Path] = field(default_factory=set)
    budget: int = MAX_ITEMS

    def quantities(self) -> dict[Quantity, int]:
        """Lengths and ints that are one number throughout the input."""
        found: dict[Quantity, int] = {}
        for path, sizes in self.lengths.items():
            if len(set(sizes)) == 1:
                found["length", path] = sizes[0]
        for path, values in self.ints.items():
            if ELEMENT not in path and VALUES not in path and len(values) == 1:
                found["value", path] = values[0]
        return found


def facts_of(bound: Mapping[str, object]) -> Facts:
    """The facts of one input, its values given by parameter."""
    facts = Facts()
    for name, value in bound.items():
        _note(value, (name,), facts)
    return facts


def _note(value: object, path: Path, facts: Facts) -> None:
    facts.budget -= 1
    if facts.budget < 0 or len(path) > 9:
        return
    if type(value) is int:
        facts.ints[path].append(value)
    elif isinstance(value, str):
        facts.texts[path].append(value)
    if isinstance(value, (int, float)) and value < 0:
        facts.negative.add(path)
    if isinstance(value, (list, tuple, str, set, frozenset, dict)):
        facts.lengths[path].append(len(value))
    elif is_array(value):
        for axis, size in enumerate(value.shape):  # type: ignore[attr-defined]
            facts.lengths[(*path, f"axis{axis}") if axis else path].append(size)
    if isinstance(value, list):
        facts.lists[path].append(value)
    if isinstance(value, (list, set, frozenset)):
        for item in value:
            if facts.budget < 0:
                break
            _note(item, (*path, ELEMENT), facts)
    elif isinstance(value, tuple):
        for at, item in enumerate(value):
            _note(item, (*path, at), facts)
    elif isinstance(value, dict):
        for key, item in value.items():
            _note(key, (*path, ELEMENT), facts)
            _note(item, (*path, key if isinstance(key, str) else VALUES), facts)
