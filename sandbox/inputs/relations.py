"""Relations that every observed input keeps: equal lengths, an index within a list, an order.

They are hints, not facts: most draws keep them, so that inputs reach past the checks at a
function's head, and about a tenth break them.
"""

import itertools
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfbot.sandbox.inputs import text
from perfbot.sandbox.inputs.drawing import ELEMENT, VALUES, Drawing, Hint, Path
from perfbot.sandbox.inputs.facts import Facts, Quantity, facts_of

MIN_INPUTS = 3
"""Distinct inputs that must agree before a relation between values counts as a hint."""
FIXED_LENGTH_MIN_INPUTS = 5
"""A length that never varies needs more inputs than a relation that holds as lengths vary."""
MOST_PATHS = 40
"""Places in an input that relations are looked for between: a tuple of thousands has as many."""
KEY = reprlib.Repr()
KEY.maxdict = KEY.maxlist = KEY.maxtuple = KEY.maxset = KEY.maxfrozenset = 20
KEY.maxstring = KEY.maxother = 200


@dataclass(frozen=True, slots=True)
class Bound:
    """The ints at `path` lie in [low, quantity + above]."""

    path: Path
    quantity: Quantity
    low: int
    above: int


@dataclass(frozen=True, slots=True)
class Relations:
    """The relations that hold in all observed inputs, and how to keep them in a draw."""

    equal: tuple[tuple[Quantity, ...], ...] = ()
    fixed: Mapping[Path, int] = field(default_factory=dict)
    bounds: tuple[Bound, ...] = ()
    offsets: tuple[tuple[Path, Path, int], ...] = ()
    """(one argument, another, how much longer the other always is)."""
    orders: Mapping[Path, str] = field(default_factory=dict)
    nonnegative: frozenset[Path] = frozenset()
    nonempty: frozenset[Path] = frozenset()
    """Paths of inner containers, none of which was empty."""
    tables: Mapping[Path, tuple[type, ...]] = field(default_factory=dict)
    """The types by position of lists that serve as tuples."""
    styles: Mapping[Path, text.Style] = field(default_factory=dict)
    """What the strings have in common; drawing keeps to it by itself, changed copies may not."""
    examples: Mapping[Path, tuple[int, ...]] = field(default_factory=dict)
    """Observed ints at the paths that bound others."""

    @property
    def hints(self) -> tuple[Hint, ...]:
        """Every relation's name, for breaking one by itself."""
        return (
            *(("equal", group[0][1]) for group in self.equal),
            *(("fixed", path) for path in self.fixed),
            *(("bound", bound.path) for bound in self.bounds),
            *(("offset", path) for _, path, _ in self.offsets),
            *(("order", path) for path in self.orders),
            *(("nonnegative", path) for path in sorted(self.nonnegative, key=repr)),
            *(("nonempty", path) for path in sorted(self.nonempty, key=repr)),
        )

    def settle(self, drawing: Drawing) -> None:
        """Draws the numbers that relations share, and tells the drawing."""
        lengths: dict[Path, int] = {}
        ranges: dict[Path, tuple[int, int]] = {}
        for path, length in self.fixed.items():
            if drawing.keeps(("fixed", path)):
                lengths[path] = length
        drawing.nonempty = frozenset(
            path for path in self.nonempty if drawing.keeps(("nonempty", path))
        )
        for group in self.equal:
            if drawing.keeps(("equal", group[0][1])):
                known = [lengths[path] for kind, path in group if path in lengths]
                depth = max(len(path) for _, path in group) - 1
                number = known[0] if known else drawing.free_size(depth, 8)
                number = max(number, any(path in drawing.nonempty for _, path in group))
                for kind, path in group:
                    if kind == "length":
                        lengths[path] = number
                    else:
                        ranges[path] = (number, number)
        for one, other, offset in self.offsets:
            if drawing.keeps(("offset", other)):
                number = max(lengths.get(one, drawing.free_size(0, 8)), -offset)
                lengths[one], lengths[other] = number, number + offset
        for bound in self.bounds:
            if drawing.keeps(("bound", bound.path)):
                most = self._number(bound.quantity, drawing, lengths, ranges) + bound.above
                ranges[bound.path] = (bound.low, max(bound.low, most))
        drawing.lengths, drawing.ranges = lengths, ranges
        drawing.orders = {
            path: order for path, order in self.orders.items() if drawing.keeps(("order", path))
        }

    def _number(
        self,
        quantity: Quantity,
        drawing: Drawing,
        lengths: dict[Path, int],
        ranges: dict[Path, tuple[int, int]],
    ) -> int:
        kind, path = quantity
        if kind == "length":
            if path not in lengths:
                lengths[path] = drawing.free_size(len(path) - 1, 8)
            return lengths[path]
        if path not in ranges:
            seen = drawing.choices.pick(self.examples[path])
            number = max(0, seen + drawing.choices.pick((0, 1, -1)))
            if drawing.choices.chance(40):
                number = drawing.choices.integer(0, 8)
            ranges[path] = (number, number)
        return ranges[path][0]

    def hold(self, bound: Mapping[str, object]) -> bool:
        """Whether an input keeps every relation."""
        facts = facts_of(bound)
        numbers = facts.quantities()
        for group in self.equal:
            if any(path in facts.lengths and (kind, path) not in numbers for kind, path in group):
                return False
            if len({numbers[item] for item in group if item in numbers}) > 1:
                return False
        if any(set(facts.lengths[path]) - {n} for path, n in self.fixed.items()):
            return False
        if any(_longer(facts, one, other) != offset for one, other, offset in self.offsets):
            return False
        for limit in self.bounds:
            most = numbers.get(limit.quantity)
            inside = facts.ints.get(limit.path, [])
            if most is not None and any(
                not limit.low <= item <= most + limit.above for item in inside
            ):
                return False
        if facts.negative & self.nonnegative:
            return False
        if any(0 in facts.lengths.get(path, ()) for path in self.nonempty):
            return False
        if any(
            tuple(map(type, row)) != kinds
            for path, kinds in self.tables.items()
            for row in facts.lists.get(path, ())
        ):
            return False
        if any(
            not text.fits(style, value)
            for path, style in self.styles.items()
            for value in facts.texts.get(path, ())
        ):
            return False
        return all(
            keeps_order(items, order)
            for path, order in self.orders.items()
            for items in facts.lists.get(path, ())
        )


def relations_in(inputs: Sequence[Mapping[str, object]]) -> Relations:
    """The relations that all observed inputs keep (repeated inputs count once)."""
    unique = {KEY.repr(dict(item)): item for item in inputs}
    facts = [facts_of(item) for item in unique.values()]
    if not facts:
        return Relations()
    numbers = [dict(itertools.islice(item.quantities().items(), MOST_PATHS)) for item in facts]
    equal = _equal(facts, numbers)
    taken = {member for group in equal for member in group}
    fixed = _fixed(facts)
    bounds = _bounds(facts, numbers, taken)
    bases = {bound.quantity[1] for bound in bounds if bound.quantity[0] == "value"}
    examples = {path: tuple(n for item in facts for n in item.ints[path]) for path in bases}
    return Relations(
        equal=equal,
        fixed=fixed,
        bounds=bounds,
        offsets=_offsets(facts),
        orders=_orders(facts),
        nonnegative=_nonnegative(facts),
        nonempty=_nonempty(facts),
        tables=_tables(facts),
        styles=_styles(facts),
        examples=examples,
    )


def _longer(facts: Facts, one: Path, other: Path) -> int | None:
    """How much longer the container at `other` is, where each path names just one."""
    found, longer = facts.lengths.get(one, []), facts.lengths.get(other, [])
    return longer[0] - found[0] if len(found) == len(longer) == 1 else None


def _offsets(facts: Sequence[Facts]) -> tuple[tuple[Path, Path, int], ...]:
    """Pairs of arguments whose lengths vary and always differ by the same one or two."""
    found = []
    paths = [path for path in facts[0].lengths if len(path) == 1]
    for one, other in itertools.permutations(paths, 2):
        steps = {_longer(item, one, other) for item in facts}
        varies = len({tuple(item.lengths.get(one, ())) for item in facts}) > 1
        step = next(iter(steps))
        if len(facts) >= MIN_INPUTS and len(steps) == 1 and varies and step in (1, 2):
            found.append((one, other, step))
    return tuple(found)


def _equal(
    facts: Sequence[Facts], numbers: Sequence[Mapping[Quantity, int]]
) -> tuple[tuple[Quantity, ...], ...]:
    """Groups of lengths (and ints) that are equal in every input; a matrix's rows are a group."""
    groups: list[list[Quantity]] = []
    for item in dict.fromkeys(key for each in numbers for key in each):
        if item[0] == "length" and not _uniform(item[1], facts, numbers):
            continue
        for group in groups:
            if _agree(group[0], item, numbers):
                group.append(item)
                break
        else:
            groups.append([item])
    return tuple(
        tuple(group)
        for group in groups
        if any(kind == "length" for kind, _ in group)
        and (len(group) > 1 or (ELEMENT in group[0][1] and _rows(group[0][1], facts)))
    )


def _uniform(path: Path, facts: Sequence[Facts], numbers: Sequence[Mapping[Quantity, int]]) -> bool:
    """Whether the containers at a path have one length within each input."""
    return all(
        ("length", path) in each or path not in fact.lengths
        for fact, each in zip(facts, numbers, strict=True)
    ) and (ELEMENT not in path or _rows(path, facts))


def _rows(path: Path, facts: Sequence[Facts]) -> bool:
    """Whether enough rows had the chance to differ in length (strings need more of them)."""
    chances = sum(max(0, len(fact.lengths.get(path, ())) - 1) for fact in facts)
    textual = any(
        isinstance(row, str) for fact in facts for items in fact.lists.get(path[:-1], ())
        for row in items[:1]
    )  # fmt: skip
    return chances >= (8 if textual else 2)


def _agree(left: Quantity, right: Quantity, numbers: Sequence[Mapping[Quantity, int]]) -> bool:
    pairs = [(each[left], each[right]) for each in numbers if left in each and right in each]
    return (
        len(pairs) >= 2
        and len({pair[0] for pair in pairs}) >= 2
        and all(one == other for one, other in pairs)
    )


def _fixed(facts: Sequence[Facts]) -> dict[Path, int]:
    """Lists whose length never varies from input to input: a colour, a Sudoku's row."""
    found: dict[Path, int] = {}
    for path in dict.fromkeys(path for fact in facts for path in fact.lists):
        sizes = [size for fact in facts for size in fact.lengths.get(path, ())]
        enough = min(len(facts), len(sizes)) >= FIXED_LENGTH_MIN_INPUTS
        # Rows show their length several times in one input: pairs, points.
        inner = ELEMENT in path and len(facts) >= 2 and len(sizes) >= FIXED_LENGTH_MIN_INPUTS
        enough = enough or inner
        if enough and len(set(sizes)) == 1 and sizes[0] > 1:
            found[path] = sizes[0]
    return found


def _bounds(
    facts: Sequence[Facts],
    numbers: Sequence[Mapping[Quantity, int]],
    taken: set[Quantity],
) -> tuple[Bound, ...]:
    found: dict[Path, Bound] = {}
    paths = list(dict.fromkeys(path for fact in facts for path in fact.ints))[:MOST_PATHS]
    quantities = dict.fromkeys(item for each in numbers for item in each)
    for path in paths:
        if ("value", path) in taken:
            continue
        options = []
        for quantity in quantities:
            used_by_other = any(item.quantity == ("value", path) for item in found.values())
            if quantity[1] == path or quantity[1] in found or used_by_other:
                continue
            bound = _bound(path, quantity, facts, numbers)
            if bound is not None:
                options.append(bound)
        if options:
            # A length that bounds says more than another int that happens to be greater.
            found[path] = min(options, key=lambda item: item[1])[0]
    return tuple(found.values())


def _bound(
    path: Path,
    quantity: Quantity,
    facts: Sequence[Facts],
    numbers: Sequence[Mapping[Quantity, int]],
) -> tuple[Bound, tuple[bool, float]] | None:
    """The bound of the ints at a path by a quantity, with how loose it is."""
    rows = [
        (min(fact.ints[path]), max(fact.ints[path]), each[quantity])
        for fact, each in zip(facts, numbers, strict=True)
        if fact.ints.get(path) and quantity in each
    ]
    if len(rows) < MIN_INPUTS or len({most for _, _, most in rows}) < 2:
        return None
    if any(low < 0 or high > most for low, high, most in rows):
        return None
    if sum(2 * high >= most - 1 for _, high, most in rows) * 3 < len(rows):
        return None  # far below it: a coincidence, such as digits in a long list
    least = 0 if any(low == 0 for low, _, _ in rows) else 1
    above = 0 if any(high == most for _, high, most in rows) else -1
    slack = sum(most - high for _, high, most in rows) / len(rows)
    return Bound(path, quantity, least, above), (quantity[0] == "value", slack)


def _orders(facts: Sequence[Facts]) -> dict[Path, str]:
    found: dict[Path, str] = {}
    for path in dict.fromkeys(path for fact in facts for path in fact.lists):
        lists = [items[:500] for fact in facts for items in fact.lists.get(path, ())]
        telling = [items for items in lists if len(items) >= 3]
        if len(telling) < MIN_INPUTS:
            continue
        for order in ("permutation0", "permutation1"):
            if _all(lists, order):
                found[path] = order
        names = [name for name in ("sorted", "reversed", "distinct") if _all(lists, name)]
        if _all(lists, "sorted") and _all(lists, "reversed"):
            continue  # constant lists
        enough = sum(map(len, telling)) >= 12 or "sorted" in names or "reversed" in names
        if names and enough and (path not in found or "sorted" in names):
            found[path] = " ".join(names)
    return found


def _all(lists: Sequence[Sequence[object]], order: str) -> bool:
    return all(keeps_order(items, order) for items in lists)


def keeps_order(items: Sequence[object], order: str) -> bool:
    """Whether a list is `sorted`, `reversed`, `distinct` (any of them joined) or a permutation."""
    if order.startswith("permutation"):
        start = int(order.removeprefix("permutation"))
        whole = all(type(item) is int for item in items)
        return whole and {repr(item) for item in items} == {
            str(item) for item in range(start, start + len(items))
        }
    pairs = list(itertools.pairwise(items))
    numbers = all(isinstance(item, (int, float, str)) for item in items)
    same = len({isinstance(item, str) for item in items}) <= 1
    if "sorted" in order and not (numbers and same and all(a <= b for a, b in pairs)):  # type: ignore[operator]
        return False
    if "reversed" in order and not (numbers and same and all(a >= b for a, b in pairs)):  # type: ignore[operator]
        return False
    return "distinct" not in order or len({repr(item) for item in items}) == len(items)


def _nonnegative(facts: Sequence[Facts]) -> frozenset[Path]:
    """Paths of ints that were never negative in enough inputs."""
    paths = {path for fact in facts for path in fact.ints}
    seen = {path: sum(len(fact.ints.get(path, ())) for fact in facts) for path in paths}
    negative = {path for fact in facts for path in fact.negative}
    return frozenset(path for path in paths - negative if seen[path] >= MIN_INPUTS)


def _nonempty(facts: Sequence[Facts]) -> frozenset[Path]:
    """Paths of inner containers that were never empty, seen often enough."""
    paths = {path for fact in facts for path in fact.lengths if ELEMENT in path or VALUES in path}
    sizes = {path: [n for fact in facts for n in fact.lengths.get(path, ())] for path in paths}
    return frozenset(path for path in paths if len(sizes[path]) >= MIN_INPUTS and all(sizes[path]))


def _tables(facts: Sequence[Facts]) -> dict[Path, tuple[type, ...]]:
    """Inner lists with one type per position, and not the same one everywhere."""
    found: dict[Path, tuple[type, ...]] = {}
    for path in dict.fromkeys(path for fact in facts for path in fact.lists if ELEMENT in path):
        rows = [tuple(map(type, row)) for fact in facts for row in fact.lists.get(path, ())]
        if len(rows) >= MIN_INPUTS and len(set(rows)) == 1 and len(set(rows[0])) > 1:
            found[path] = rows[0]
    return found


def _styles(facts: Sequence[Facts]) -> dict[Path, text.Style]:
    paths = dict.fromkeys(path for fact in facts for path in fact.texts)
    return {
        path: text.style_of([value for fact in facts for value in fact.texts.get(path, ())])
        for path in paths
    }
