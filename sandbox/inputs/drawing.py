"""The state of one draw: its choices, how large it may get, and the relations it keeps."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field

from perfbot.sandbox.inputs.choices import Choices, SeededChoices

Path = tuple[str | int, ...]
"""Where a value lies: a parameter's name, then tuple positions, dict keys, or ELEMENT."""
ELEMENT = "*"
VALUES = "*values"

Hint = tuple[str, Path]
"""The name of a relation that every observed input keeps, and where it was seen."""

DRAWN_LEAVES = 24
"""Values that Hypothesis chooses (and can shrink) one by one; a larger input's rest is seeded.

One Hypothesis choice takes about 20 microseconds, a seeded one 1."""

ATOM_TYPES = frozenset((type(None), bool, int, float, complex, str, bytes))


@dataclass(frozen=True, slots=True)
class Literals:
    """Constants to feed in wherever their type fits."""

    ints: tuple[int, ...] = ()
    floats: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    data: tuple[bytes, ...] = ()
    lengths: tuple[int, ...] = ()
    characters: tuple[str, ...] = ()
    """Beyond ASCII, whose code points are ints of the code, and their neighbours."""


@dataclass(slots=True)
class Drawing:
    """What the shapes share while they draw one argument list."""

    choices: Choices
    max_size: int
    literals: Literals = Literals()
    max_int: int | None = None
    broken: frozenset[Hint] = frozenset()
    """Hints that this draw ignores."""
    all_broken: bool = False
    lengths: Mapping[Path, int] = field(default_factory=dict)
    """Container lengths that relations settled before the draw."""
    ranges: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    """Inclusive ranges that relations settled for the ints at a path."""
    nonempty: frozenset[Path] = frozenset()
    """Inner containers that hold at least one element."""
    orders: Mapping[Path, str] = field(default_factory=dict)
    """`sorted`, `reversed`, `distinct`, ... of the lists at a path."""
    chosen: dict[str, int] = field(default_factory=dict)
    """What each TypeVar stands for in this draw."""
    dims: dict[int, int] | None = None
    """The lengths of axes that all arrays of this draw share; None where each has its own."""
    leaves: int = 0

    def keeps(self, hint: Hint) -> bool:
        """Whether this draw keeps a relation that the observed inputs suggest."""
        return not self.all_broken and hint not in self.broken

    def size(self, path: Path, longest: int) -> int:
        """A container's length: mostly a few, sometimes about as observed, rarely `max_size`."""
        settled = self.lengths.get(path)
        if settled is not None:
            return settled
        return max(path in self.nonempty, self.free_size(len(path) - 1, longest))

    def free_size(self, depth: int, longest: int) -> int:
        """A length that no relation settles, for a container `depth` containers deep."""
        if self.leaves > 8 * self.max_size:
            return self.choices.integer(0, 1)
        if depth > 0:
            return self.choices.integer(0, min(self.max_size, max(3, min(longest + 1, 12))))
        roll = self.choices.integer(0, 31)
        if roll < 3:
            return self.choices.integer(0, 1)
        if roll < 14:
            return self.choices.integer(1, min(6, max(1, self.max_size)))
        if roll < 26 or self.max_size < 6:
            usual = min(self.max_size, max(12, longest + longest // 4 + 1))
            return self.choices.integer(0, usual)
        if roll < 30 and self.literals.lengths:
            return max(0, self.choices.pick(self.literals.lengths))
        if roll < 31:
            return self.choices.integer(0, min(self.max_size, 4 * (longest + 4)))
        return self.choices.integer(0, self.max_size)

    def for_elements(self, count: int) -> "Drawing":
        """The drawing to take `count` elements from: this one, or a seeded one for the bulk."""
        self.leaves += count
        if self.leaves <= DRAWN_LEAVES or isinstance(self.choices, SeededChoices):
            return self
        return Drawing(
            choices=SeededChoices(self.choices.integer(0, 0xFFFF)),
            max_size=self.max_size,
            literals=self.literals,
            max_int=self.max_int,
            broken=self.broken,
            all_broken=self.all_broken,
            lengths=self.lengths,
            ranges=self.ranges,
            nonempty=self.nonempty,
            orders=self.orders,
            chosen=self.chosen,
            dims=self.dims,
            leaves=self.leaves,
        )


def fresh(value: object) -> object:
    """A copy that shares no mutable part with `value`: sharing would read as aliasing."""
    return _copied(value, {})


def _copied(value: object, memo: dict[int, object]) -> object:
    """`copy.deepcopy`, a hundred times as fast on lists of atoms; inner sharing is kept."""
    if type(value) in ATOM_TYPES:
        return value
    if id(value) in memo:
        return memo[id(value)]
    if type(value) is not list:
        return copy.deepcopy(value, memo)
    made: list[object] = []
    memo[id(value)] = made
    if ATOM_TYPES.issuperset(map(type, value)):
        made.extend(value)
    else:
        made.extend(_copied(item, memo) for item in value)
    return made
