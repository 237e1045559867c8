"""The format of a program's input, as far as given inputs show it.

What contests and filters read is lines of words. A format is a sequence of parts: a line of so many
words; a line with as many words as a number before it says; parts that are repeated as often as a
number before them says. One is looked for that reads every given input to its end.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,24})")
OFFSETS = (0, -1, 1)
"""A tree of n nodes has n - 1 edges."""
MOST_WIDTH = 12
"""Lines of more words than this are a list, if anything."""
MOST_TAGS = 8
"""Kinds of lines that one block may mix, told by their first word."""
DEEPEST = 2
"""Blocks within blocks: so many test cases, each with a table."""
MOST_STEPS = 20_000
"""So many parts are tried before no more formats are looked for."""
LINES_PER_STEP = 100
"""A part that reads many lines counts as so many more."""
MOST_FORMATS = 40
"""Of so many formats that fit the shortest is taken."""

Words = tuple[str, ...]
Lines = Sequence[Words]
Key = tuple[int, ...]
"""Where a word stands in a format: the places of its parts, outermost first, then its own."""


@dataclass(frozen=True, slots=True)
class Count:
    """As many as the number at `key` says, and `offset` more."""

    key: Key
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of `width` words."""

    width: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of as many words as `count` says."""

    count: Count


@dataclass(frozen=True, slots=True)
class Tagged:
    """A line of one of several kinds: its first word says which, and how many words it has."""

    widths: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Parts that follow each other as often as `count` says."""

    count: Count
    parts: tuple["Part", ...]


Part = Line | Row | Tagged | Block


@dataclass(frozen=True, slots=True)
class State:
    """How far one input has been read, and the numbers met so far; never changed."""

    at: int = 0
    numbers: dict[Key, int] = field(default_factory=dict)

    def number(self, count: Count) -> int:
        return self.numbers.get(count.key, -9) + count.offset


def grammar_of(texts: Sequence[str]) -> tuple[Part, ...] | None:
    """A format that reads all of `texts`, or None where none is found."""
    inputs = [lines_of(text) for text in texts]
    if not inputs or not all(inputs):
        return None
    found: list[tuple[Part, ...]] = []
    for parts, states in _Search(inputs).sequences([State() for _ in inputs], ()):
        if all(state.at == len(lines) for state, lines in zip(states, inputs, strict=True)):
            found.append(parts)
            if len(found) == MOST_FORMATS:
                break
    return min(found, key=length_of, default=None)


def length_of(parts: Sequence[Part]) -> float:
    """How long a format is: the shortest explains an input best."""
    total = 0.0
    for part in parts:
        total += 1
        if isinstance(part, Line):
            total += part.width / MOST_WIDTH
        elif isinstance(part, Tagged):
            total += len(part.widths) / 2
        else:
            total += abs(part.count.offset) / 4
        if isinstance(part, Block):
            total += length_of(part.parts)
    return total


def lines_of(text: str) -> list[Words]:
    """The words of each line, empty lines at the end left out."""
    lines = [tuple(line.split()) for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def is_integer(word: str) -> bool:
    return INTEGER.fullmatch(word) is not None


def read(lines: Lines, state: State, key: Key, parts: Sequence[Part]) -> State | None:
    """The state after `parts`, of which the first is at `key` and 0; None where they do not fit."""
    now: State | None = state
    for place, part in enumerate(parts):
        now = None if now is None else read_part(lines, now, (*key, place), part)
    return now


def read_part(lines: Lines, state: State, key: Key, part: Part) -> State | None:
    """The state after one part, or None where it does not fit."""
    if isinstance(part, Block):
        now: State | None = state
        for _ in range(state.number(part.count)):
            now = None if now is None else read(lines, now, key, part.parts)
        # What is inside a block says nothing outside of it.
        return None if now is None else State(now.at, state.numbers)
    if state.at >= len(lines):
        return None
    words = lines[state.at]
    if isinstance(part, Tagged):
        widths = dict(part.widths)
        fits = bool(words) and widths.get(words[0]) == len(words)
        return State(state.at + 1, state.numbers) if fits else None
    width = part.width if isinstance(part, Line) else state.number(part.count)
    if len(words) != width:
        return None
    numbers = state.numbers
    if isinstance(part, Line):
        told = {(*key, at): int(word) for at, word in enumerate(words) if is_integer(word)}
        numbers = {**numbers, **told}
    return State(state.at + 1, numbers)


class _Search:
    """The search for a format of several inputs, side by side."""

    def __init__(self, inputs: Sequence[Lines], depth: int = 0) -> None:
        self.inputs = inputs
        self.depth = depth
        """How many blocks this is inside of."""
        self.steps = MOST_STEPS

    def sequences(
        self, states: list[State], key: Key, start: int = 0
    ) -> Iterator[tuple[tuple[Part, ...], list[State]]]:
        """Parts from the `start`-th on that all inputs go on with; short sequences first."""
        if start:
            yield (), states
        if any(state.at >= len(self.inputs[at]) for at, state in enumerate(states)):
            return
        for part in self.parts(states, (*key, start)):
            self.steps -= 1
            if self.steps < 0:
                return
            after = self.past(states, (*key, start), part)
            if after is not None:
                read_lines = sum(b.at - a.at for a, b in zip(states, after, strict=True))
                self.steps -= read_lines // LINES_PER_STEP
                for rest, ends in self.sequences(after, key, start + 1):
                    yield (part, *rest), ends

    def past(self, states: list[State], key: Key, part: Part) -> list[State] | None:
        """The states after a part, or None where it does not fit all inputs."""
        found = []
        for lines, state in zip(self.inputs, states, strict=True):
            after = read_part(lines, state, key, part)
            if after is None:
                return None
            found.append(after)
        return found

    def parts(self, states: list[State], key: Key) -> Iterator[Part]:
        """What may come next: what a number explains before what happens to be alike."""
        widths = [len(self.inputs[at][state.at]) for at, state in enumerate(states)]
        shared = set.intersection(*(set(state.numbers) for state in states))
        # The latest number first: it stands next to what it counts.
        counts = [Count(key, offset) for offset in OFFSETS for key in sorted(shared, reverse=True)]
        for count in counts:
            told = [state.number(count) for state in states]
            if told == widths and max(told) > 1:
                yield Row(count)
        opens_block = self.depth == 0 or (self.depth < DEEPEST and key[-1] > 0)
        for count in counts if opens_block else ():
            told = [state.number(count) for state in states]
            left = [len(self.inputs[at]) - state.at for at, state in enumerate(states)]
            if max(told) > 1 and all(0 <= n <= m for n, m in zip(told, left, strict=True)):
                for parts in self.bodies(states, key, told):
                    yield Block(count, parts)
        if len(set(widths)) == 1 and 0 < widths[0] <= MOST_WIDTH:
            yield Line(widths[0])

    def bodies(self, states: list[State], key: Key, told: list[int]) -> Iterator[tuple[Part, ...]]:
        """What may be repeated: what the first repetition of every input could be."""
        there = [at for at, often in enumerate(told) if often > 0]
        inner = _Search([self.inputs[at] for at in there], self.depth + 1)
        inner.steps = self.steps // 4
        for parts, _ in inner.sequences([states[at] for at in there], key):
            if parts:
                yield parts
        tagged = self.tagged(states, told)
        if tagged is not None:
            yield (tagged,)

    def tagged(self, states: list[State], told: list[int]) -> Tagged | None:
        """The kinds of the lines that come next, if their first words tell them apart."""
        widths: dict[str, int] = {}
        seen = 0
        for lines, state, often in zip(self.inputs, states, told, strict=True):
            for words in lines[state.at : state.at + often]:
                seen += 1
                if not words or widths.setdefault(words[0], len(words)) != len(words):
                    return None
        few = len(widths) <= MOST_TAGS and 2 * len(widths) <= seen
        return Tagged(tuple(sorted(widths.items()))) if few and len(widths) > 1 else None
