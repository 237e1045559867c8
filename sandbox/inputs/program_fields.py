"""What may stand at each place of a program's input: ranges, alphabets, and how places agree."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfbot.sandbox.inputs.program_grammar import (
    Block,
    Count,
    Key,
    Line,
    Lines,
    Part,
    Row,
    State,
    Tagged,
    is_integer,
    read_part,
)

REAL = re.compile(r"-?[0-9]{1,25}\.[0-9]{1,20}")
MOST_SAMPLES = 20_000
"""Words that are looked at of one place."""
ENOUGH = 5
"""So many samples make a relation that all of them keep more than an accident."""
PAIRS = 7
"""The same of lines with two numbers in order, which chance gives half of the time."""
EXPECTED_REPEATS = 3.0
"""Values without a repeat were meant to have none where chance would have given so many."""
FEW_WORDS = 12


@dataclass(frozen=True, slots=True)
class Sample:
    """A word that was met at a place, and the numbers read before it."""

    word: str
    numbers: Mapping[Key, int]


@dataclass(frozen=True, slots=True)
class Field:
    """What the words at one place have in common."""

    kind: str
    """int, real or word."""
    seen: tuple[str, ...]
    """Distinct words, the first hundred."""
    low: int = 0
    high: int = 0
    """Of ints their range; of others that of their lengths, and of reals that of ints around."""
    upper: Count | None = None
    """A number before, which the int (a word's length, exactly) keeps to."""
    decimals: int = 0
    alphabet: str = ""
    closed: bool = False
    """Whether the words recur, so that they seem to be all there are."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the ints of a row, or of a block's column, have in common."""

    ascending: bool = False
    descending: bool = False
    distinct: bool = False


Pair = tuple[int, int, str]
"""Two places of a line, and how the first's int relates to the second's: <=, < or !=."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that inputs of one format have in common."""

    fields: Mapping[Key, Field]
    counts: frozenset[Key]
    """The numbers that count something."""
    pairs: Mapping[Key, tuple[Pair, ...]]
    """By the place of a line."""
    orders: Mapping[Key, Order]
    """By the place of a row, or of a column."""
    trees: frozenset[Key]
    """Blocks of lines whose first two ints are the edges of a tree."""
    equal: Mapping[Key, Key]
    """Numbers outside of blocks that always equal an earlier one."""


def facts_of(inputs: Sequence[Lines], parts: Sequence[Part], *, cautious: bool = False) -> Facts:
    """What `inputs`, which the format of `parts` reads, have in common.

    A relation that all keep counts only where it is more than an accident; with `cautious` always.
    """
    walk = _Walk()
    for lines in inputs:
        walk.input += 1
        walk.read(lines, State(), (), parts)
    fields = {key: field_of(found, cautious) for key, found in walk.samples.items()}
    numeric = {key for key, found in fields.items() if found.kind == "int"}
    return Facts(
        fields=fields,
        counts=frozenset(counted(parts)),
        pairs={key: pairs_in(rows, fields, key, cautious) for key, rows in walk.lines.items()},
        orders={
            key: order_of(groups, cautious) for key, groups in walk.groups.items() if key in numeric
        },
        trees=frozenset(
            key for key, blocks in walk.edges.items() if all(is_tree(*block) for block in blocks)
        ),
        equal=dict(equal_numbers(walk.samples, parts, numeric)),
    )


def counted(parts: Sequence[Part]) -> Iterator[Key]:
    """The keys of the numbers that count something."""
    for part in parts:
        if isinstance(part, (Row, Block)):
            yield part.count.key
        if isinstance(part, Block):
            yield from counted(part.parts)


class _Walk:
    """Goes through inputs by their format and notes what stands where."""

    def __init__(self) -> None:
        self.input = 0
        self.samples: dict[Key, list[Sample]] = {}
        self.lines: dict[Key, list[tuple[str, ...]]] = {}
        self.groups: dict[Key, dict[object, list[int]]] = {}
        self.edges: dict[Key, list[tuple[int, list[tuple[str, ...]]]]] = {}

    def read(self, lines: Lines, state: State, key: Key, parts: Sequence[Part]) -> State:
        for place, part in enumerate(parts):
            here = (*key, place)
            if isinstance(part, Block):
                state = self.block(lines, state, here, part)
                continue
            self.line(lines[state.at], state, here, part)
            after = read_part(lines, state, here, part)
            assert after is not None  # the format has read this input before
            state = after
        return state

    def block(self, lines: Lines, state: State, key: Key, part: Block) -> State:
        start, often, now = state.at, state.number(part.count), state
        for _ in range(often):
            now = self.read(lines, now, key, part.parts)
        first = part.parts[0]
        if part.count.offset == -1 and isinstance(first, Line) and first.width >= 2:
            self.edges.setdefault(key, []).append((often + 1, list(lines[start : now.at])))
        return State(now.at, state.numbers)

    def line(self, words: Sequence[str], state: State, key: Key, part: Part) -> None:
        tagged = isinstance(part, Tagged)
        tags = [tag for tag, _ in part.widths] if isinstance(part, Tagged) else []
        base = (*key, tags.index(words[0])) if tagged else key
        for at, word in enumerate(words):
            place = (*base, 0 if isinstance(part, Row) else at)
            found = self.samples.setdefault(place, [])
            if len(found) < MOST_SAMPLES:
                found.append(Sample(word, state.numbers))
            if is_integer(word):
                # A row is a group of its own; a column's ints are those of one input.
                group = (self.input, state.at) if isinstance(part, Row) else self.input
                self.groups.setdefault(place, {}).setdefault(group, []).append(int(word))
        if not isinstance(part, Row):
            self.lines.setdefault(base, []).append(tuple(words))


def field_of(samples: Sequence[Sample], cautious: bool) -> Field:
    """What the words at one place have in common."""
    words = [sample.word for sample in samples]
    seen = tuple(dict.fromkeys(words))[:100]
    distinct = len(set(words))
    if all(map(is_integer, words)):
        values = [int(word) for word in words]
        return Field("int", seen, min(values), max(values), bound_of(samples, cautious))
    if all(is_integer(word) or REAL.fullmatch(word) for word in words):
        decimals = max(len(word.partition(".")[2]) for word in words)
        reals = [float(word) for word in words]
        return Field("real", seen, int(min(reals)), int(max(reals)), decimals=decimals)
    lengths = [len(word) for word in words]
    closed = distinct <= FEW_WORDS and 2 * distinct <= len(words)
    return Field(
        "word",
        seen,
        min(lengths),
        max(lengths),
        length_of(samples),
        alphabet="".join(sorted(set("".join(words)))),
        closed=closed,
    )


def bound_of(samples: Sequence[Sample], cautious: bool) -> Count | None:
    """The number that ints from 0 or 1 on never exceed, and that some of them reach.

    With `cautious` the latest that they never exceed.
    """
    if len(samples) < ENOUGH and not cautious:
        return None
    for key in sorted(set.intersection(*(set(it.numbers) for it in samples)), reverse=True):
        for offset in (0, -1):
            room = [it.numbers[key] + offset - int(it.word) for it in samples]
            least = min(int(it.word) for it in samples)
            if min(room) == 0 and least >= 1 + offset and room.count(0) < len(room):
                return Count(key, offset)
            if cautious and min(room) >= 0:
                return Count(key, -min(min(room), 1))
    return None


def length_of(samples: Sequence[Sample]) -> Count | None:
    """The number that every word's length is."""
    for key in sorted(set.intersection(*(set(it.numbers) for it in samples)), reverse=True):
        if all(it.numbers[key] == len(it.word) for it in samples):
            return Count(key)
    return None


def pairs_in(
    rows: Sequence[Sequence[str]], fields: Mapping[Key, Field], key: Key, cautious: bool
) -> tuple[Pair, ...]:
    """The relations between ints that every line at a place keeps, if there are enough."""
    found: list[Pair] = []
    enough = cautious or len(rows) >= PAIRS
    numeric = [at for at in range(len(rows[0])) if fields[(*key, at)].kind == "int" and enough]
    for one in numeric:
        for other in numeric:
            values = [(int(row[one]), int(row[other])) for row in rows[:MOST_SAMPLES]]
            low = min(value for _, value in values)
            high = max(value for value, _ in values)
            if one == other or (high < low and not cautious):
                continue  # what the ranges say by themselves is no relation
            if all(a <= b for a, b in values):
                strict = all(a < b for a, b in values)
                found.append((one, other, "<" if strict else "<="))
            elif (
                one < other
                and all(a != b for a, b in values)
                and (cautious or repeats_expected(values))
            ):
                found.append((one, other, "!="))
    return tuple(found)


def repeats_expected(values: Sequence[tuple[int, int]]) -> bool:
    """Whether two independent columns of this range would have met in so many lines."""
    every = [value for pair in values for value in pair]
    return len(values) / (max(every) - min(every) + 1) >= EXPECTED_REPEATS


def order_of(groups: Mapping[object, Sequence[int]], cautious: bool) -> Order:
    """The order that all rows (or columns) keep, where there is enough to see it."""
    rows = [list(row) for row in groups.values() if len(row) > 1]
    total = sum(map(len, rows))
    if total < (2 if cautious else ENOUGH):
        return Order()
    expected = 0.0
    for row in rows:
        expected += len(row) ** 2 / 2 / (max(row) - min(row) + 1)
    return Order(
        ascending=all(row == sorted(row) for row in rows),
        descending=all(row == sorted(row, reverse=True) for row in rows),
        distinct=(cautious or expected >= EXPECTED_REPEATS)
        and all(len(set(row)) == len(row) for row in rows),
    )


def is_tree(nodes: int, lines: Sequence[Sequence[str]]) -> bool:
    """Whether the first two ints of the lines join nodes 1 to `nodes` (or 0 to one less)."""
    parent = list(range(nodes + 1))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for words in lines:
        if not is_integer(words[0]) or not is_integer(words[1]):
            return False
        one, other = int(words[0]), int(words[1])
        if not (0 <= one <= nodes and 0 <= other <= nodes) or root(one) == root(other):
            return False
        parent[root(one)] = root(other)
    return True


def equal_numbers(
    samples: Mapping[Key, Sequence[Sample]], parts: Sequence[Part], numeric: set[Key]
) -> Iterator[tuple[Key, Key]]:
    """Numbers outside of blocks that equal an earlier one in every input."""
    outside = [
        key
        for key in sorted(samples)
        if len(key) == 2 and key in numeric and isinstance(parts[key[0]], Line)
    ]
    for at, key in enumerate(outside):
        for other in outside[:at]:
            pairs = zip(samples[key], samples[other], strict=True)
            if len(samples[key]) > 1 and all(one.word == two.word for one, two in pairs):
                yield key, other
                break
