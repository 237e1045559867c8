"""Inputs of a program like the given ones: of their format, with numbers in the ranges seen."""

import functools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from perfbot.sandbox.inputs.choices import Choices, SeededChoices
from perfbot.sandbox.inputs.drawing import Drawing, Path
from perfbot.sandbox.inputs.program_edits import edited
from perfbot.sandbox.inputs.program_fields import Facts, Field, Order, Pair, facts_of
from perfbot.sandbox.inputs.program_grammar import (
    Block,
    Count,
    Key,
    Line,
    Part,
    Row,
    State,
    Tagged,
    grammar_of,
    lines_of,
    read,
)

READ_BYTES = 1 << 20
"""Inputs are read for their format, smallest first, until so much was."""
SMALL = 3
RECENT = 8
WORD = 1 << 32
TRIES = 20
"""So often a line is drawn again until its numbers agree."""
MODES = (
    *("any", "any", "any", "any", "few", "few", "low", "high", "ends", "seen"),
    *("related", "related", "related"),
)
"""How the ints of one place are drawn throughout an input; in half of the inputs of all places."""
VARIED = 100
"""An int from here on that counts nothing may differ by a hundredth in an input of equal cost."""


@dataclass(frozen=True, slots=True)
class Format:
    """What given inputs have in common, or where no format reads them all, those themselves."""

    given: tuple[str, ...]
    parts: tuple[Part, ...]
    facts: Facts | None
    ends_in_newline: bool

    def draw(self, drawing: Drawing, *, fill: bool = False) -> str:
        """An input of the format; numbers that count are small ones, or with `fill` large."""
        if self.facts is None:
            return edited(drawing.choices, self.given)
        return _Draft(self.parts, self.facts, drawing.max_size, drawing.literals.ints, fill).text(
            drawing, self.ends_in_newline
        )

    def like(self, text: str, seed: int) -> str:
        """An input with the counts of `text`, and other values: it costs about as much."""
        choices = SeededChoices(seed)
        if self.facts is None:
            return edited(choices, (text,))
        lines = lines_of(text)
        end = read(lines, State(), (), self.parts)
        if end is None or end.at != len(lines):
            return text  # it is none of the format
        words = [word for line in lines for word in line]
        draft = _Draft(self.parts, self.facts, len(words), (), True, iter(words))
        return draft.text(Drawing(choices, len(words)), text.endswith("\n"))

    def told(self) -> list[str]:
        """The format in words: what an edit was judged on."""
        if self.facts is None:
            return ["changed copies of the inputs given; no format was found that reads them all"]
        found = []
        for key, item in sorted(self.facts.fields.items()):
            place = ".".join(str(part + 1) for part in key)
            if item.kind == "word":
                found.append(f"word {place}: {item.low} to {item.high} characters")
            else:
                found.append(f"{item.kind} {place}: {item.low} to {item.high}")
        return found


@functools.lru_cache(maxsize=8)
def format_of(texts: tuple[str, ...]) -> Format:
    """The format that given inputs have in common."""
    taken: list[str] = []
    size = 0
    for text in sorted(texts, key=len):
        size += len(text)
        if taken and size > READ_BYTES:
            break
        taken.append(text)
    parts = grammar_of(taken)
    facts = None if parts is None else facts_of([lines_of(text) for text in taken], parts)
    newline = any(text.endswith("\n") for text in taken)
    return Format(tuple(taken), parts or (), facts, newline)


@dataclass(frozen=True, slots=True)
class StandardInput:
    """The shape of a program's one argument."""

    format: Format
    scalar: bool = True
    hashable: bool = True

    def draw(self, drawing: Drawing, path: Path) -> str:
        return self.format.draw(drawing)


@dataclass(slots=True)
class _Draft:
    """One input while it is drawn."""

    parts: tuple[Part, ...]
    facts: Facts
    size: int
    literals: Sequence[int]
    fill: bool
    like: Iterator[str] | None = None
    """The words of an input whose counts are taken over."""
    numbers: dict[Key, int] = field(default_factory=dict)
    modes: dict[Key, str] = field(default_factory=dict)
    few: dict[Key, list[int]] = field(default_factory=dict)
    used: dict[Key, set[int]] = field(default_factory=dict)
    """The ints drawn so far of a column without repeats."""
    recent: dict[Key, deque[int]] = field(default_factory=dict)
    """The last ints of each place."""
    rows: int = 0

    def text(self, drawing: Drawing, newline: bool) -> str:
        lines = [" ".join(words) for words in self.sequence(drawing, (), self.parts)]
        return "\n".join(lines) + ("\n" if newline else "")

    def sequence(self, drawing: Drawing, key: Key, parts: Sequence[Part]) -> Iterator[list[str]]:
        for place, part in enumerate(parts):
            here = (*key, place)
            if isinstance(part, Block):
                yield from self.block(drawing, here, part)
            elif isinstance(part, Row):
                self.rows += 1
                yield self.row(drawing, here, self.number(part.count))
            elif isinstance(part, Tagged):
                yield self.tagged(drawing, here, part)
            else:
                yield self.line(drawing.choices, here, part.width)

    def number(self, count: Count) -> int:
        return max(0, self.numbers[count.key] + count.offset)

    def block(self, drawing: Drawing, key: Key, part: Block) -> Iterator[list[str]]:
        often = self.number(part.count)
        inner = drawing.for_elements(2 * often)
        outer = dict(self.numbers)
        self.used = {place: held for place, held in self.used.items() if place[: len(key)] != key}
        made: list[list[str]] = []
        for _ in range(often):
            self.rows += 1
            made += self.sequence(inner, key, part.parts)
            self.numbers = dict(outer)
        if key in self.facts.trees:
            low = self.facts.fields[(*key, 0, 0)].low
            for at, (one, other) in enumerate(tree(inner.choices, often + 1, min(low, 1))):
                made[at][:2] = [str(one), str(other)]
            yield from made
            return
        for place in range(len(made[0]) if made and isinstance(part.parts[0], Line) else 0):
            order = self.facts.orders.get((*key, 0, place), Order())
            if (order.ascending or order.descending) and len(part.parts) == 1:
                made.sort(key=lambda row: int(row[place]), reverse=order.descending)
        yield from made

    def row(self, drawing: Drawing, key: Key, width: int) -> list[str]:
        inner = drawing.for_elements(width)
        place = (*key, 0)
        order = self.facts.orders.get(place, Order())
        item = self.facts.fields.get(place)
        if item is None:
            return []
        self.used.pop(place, None)
        words = [
            self.word(inner.choices, place, item, distinct=order.distinct) for _ in range(width)
        ]
        if order.ascending or order.descending:
            words.sort(key=int, reverse=order.descending)
        return words

    def tagged(self, drawing: Drawing, key: Key, part: Tagged) -> list[str]:
        at = drawing.choices.integer(0, len(part.widths) - 1)
        if self.like is not None:
            tag = next(self.like)
            at = [name for name, _ in part.widths].index(tag)
        name, width = part.widths[at]
        found = [name]
        for place in range(1, width):
            spot = (*key, at, place)
            found.append(self.word(drawing.choices, spot, self.facts.fields[spot]))
        return found

    def line(self, choices: Choices, key: Key, width: int) -> list[str]:
        pairs = self.facts.pairs.get(key, ())
        copied = [next(self.like) for _ in range(width)] if self.like is not None else None
        outer = dict(self.numbers)
        words: list[str] = []
        for _ in range(TRIES):
            self.numbers = dict(outer)
            words = [self.placed(choices, (*key, at), at, copied) for at in range(width)]
            if all(agrees(words, pair) for pair in pairs):
                break
        else:
            mend(words, pairs)
        for at, word in enumerate(words):
            if self.facts.fields[(*key, at)].kind == "int":
                self.numbers[(*key, at)] = int(word)
                if self.distinct((*key, at)):
                    self.used.setdefault((*key, at), set()).add(int(word))
        return words

    def distinct(self, key: Key) -> bool:
        order = self.facts.orders.get(key)
        return order is not None and order.distinct

    def placed(self, choices: Choices, key: Key, at: int, copied: list[str] | None) -> str:
        """A word of a line; what counts, or stands outside of blocks, is near what is copied."""
        item = self.facts.fields[key]
        if copied is not None and item.kind == "int":
            value = int(copied[at])
            if key in self.facts.counts or (abs(value) < VARIED and len(key) == 2):
                return copied[at]
            if len(key) == 2:
                step = abs(value) // VARIED
                return str(min(max(value + choices.integer(-step, step), item.low), item.high))
        same = self.facts.equal.get(key)
        if same is not None and same in self.numbers:
            return str(self.numbers[same])
        if key in self.facts.counts:
            value = self.count(choices, item)
            self.numbers[key] = value
            return str(value)
        word = self.word(choices, key, item, keep=False, distinct=self.distinct(key))
        if item.kind == "int":
            self.numbers[key] = int(word)
        return word

    def count(self, choices: Choices, item: Field) -> int:
        """A number that counts: small ones mostly, and now and then the largest."""
        low = min(item.low, 1)
        most = max(low, min(item.high, self.size))
        if self.rows > 4 * self.size + 50:
            return choices.integer(low, min(most, max(low, 2)))
        if self.fill:
            return choices.integer(max(low, (9 * most) // 10), most)
        roll = choices.integer(0, 9)
        if roll < 3:
            return choices.integer(low, min(most, max(low, SMALL)))
        return most if roll == 9 else choices.integer(low, most)

    def word(
        self, choices: Choices, key: Key, item: Field, *, keep: bool = True, distinct: bool = False
    ) -> str:
        """A word for a place that counts nothing; `keep`: it is a whole row's or column's."""
        if self.like is not None and keep:
            next(self.like)
        if item.kind == "int":
            if distinct:
                return str(self.unused(choices, key, item, keep))
            return str(self.integer(choices, key, item))
        if item.kind == "real":
            return f"{choices.real(item.low - 0.0, item.high + 0.0):.{item.decimals}f}"
        if item.closed or (item.alphabet and choices.chance(15)):
            fitting = [
                w for w in item.seen if item.upper is None or len(w) == self.number(item.upper)
            ]
            if fitting:
                return choices.pick(fitting)
        most = max(min(item.low, 1), min(item.high, 4 * max(self.size, SMALL)))
        length = choices.integer(min(item.low, 1), most)
        if self.fill:
            length = most
        if item.upper is not None:
            length = self.number(item.upper)
        letters: Sequence[str] = item.alphabet
        if len(letters) > 2 and choices.chance(40):
            letters = [choices.pick(letters), choices.pick(letters)]
        return "".join(choices.pick(letters) for _ in range(length))

    def integer(self, choices: Choices, key: Key, item: Field) -> int:
        low, high = item.low, item.high
        if item.upper is not None and item.upper.key in self.numbers:
            high = max(low, self.numbers[item.upper.key] + item.upper.offset)
        if len(key) == 2 and choices.chance(50):
            # Outside of lists and blocks it may say how much work there is: small ones cost less.
            high = low + ((high - low) >> choices.integer(0, max(high - low, 1).bit_length()))
        mode = self.modes.get(key)
        if mode is None:
            mode = self.modes[key] = self.overall(choices) or choices.pick(MODES)
        value = self.of_mode(choices, key, item, (mode, low, high))
        self.recent.setdefault(key, deque(maxlen=RECENT)).append(value)
        return value

    def of_mode(self, choices: Choices, key: Key, item: Field, how: tuple[str, int, int]) -> int:
        """An int in the range of `how`, drawn in its mode."""
        mode, low, high = how
        fitting = [value for value in self.literals if low <= value <= high]
        if fitting and choices.chance(10):
            return choices.pick(fitting)
        if mode == "few":
            values = self.few.setdefault(key, [])
            if len(values) < SMALL:
                values.append(choices.integer(low, high))
            value = choices.pick(values)
            return value if low <= value <= high else choices.integer(low, high)
        if mode == "low":
            return choices.integer(low, min(high, low + max(SMALL, self.size // 2)))
        if mode == "related" and key in self.recent and choices.chance(60):
            return self.related(choices, key, low, high)
        if mode == "high":
            return choices.integer(max(low, high - (high - low) // 64), high)
        if mode == "ends" and choices.chance(60):
            return choices.pick((low, high))
        if mode == "seen":
            values = [int(word) for word in item.seen if low <= int(word) <= high]
            return choices.pick(values) if values else choices.integer(low, high)
        return choices.integer(low, high)

    def related(self, choices: Choices, key: Key, low: int, high: int) -> int:
        """A sum or difference of numbers before, or what 32 bits make of it, if in range.

        Values that go together (that sum up to k) are rare in a wide range, and so are those that
        only a number too narrow for them takes for such.
        """
        told = [value for place, value in self.numbers.items() if place not in self.facts.counts]
        one = choices.pick([0, *(told or self.numbers.values())])
        other = choices.pick(list(self.recent[key]))
        wanted = one + other if choices.chance(30) else one - other
        wrapped = (wanted + WORD // 2) % WORD - WORD // 2
        found = [value for value in (wanted, wrapped) if low <= value <= high]
        return choices.pick(found) if found else choices.integer(low, high)

    def overall(self, choices: Choices) -> str:
        """The one mode of all places, or "": sums of products overflow where both are large."""
        if () not in self.modes:
            self.modes[()] = choices.pick(MODES) if choices.chance(50) else ""
        return self.modes[()]

    def unused(self, choices: Choices, key: Key, item: Field, keep: bool) -> int:
        """An int that its row or column does not hold yet; the next free one where tries fail."""
        used = self.used.setdefault(key, set())
        high = item.high
        if item.upper is not None and item.upper.key in self.numbers:
            high = self.numbers[item.upper.key] + item.upper.offset
        value = self.integer(choices, key, item)
        if len(used) > high - item.low:
            return value  # there is none left
        for _ in range(TRIES):
            if value not in used:
                break
            value = self.integer(choices, key, item)
        while value in used:
            value = item.low if value >= high else value + 1
        if keep:
            used.add(value)
        return value


def agrees(words: Sequence[str], pair: Pair) -> bool:
    """Whether two ints of a line relate as a pair says."""
    one, other, how = pair
    a, b = int(words[one]), int(words[other])
    return a <= b if how == "<=" else a < b if how == "<" else a != b


def mend(words: list[str], pairs: Sequence[Pair]) -> None:
    """Put the ints of a line in the order that the pairs ask for, where chance did not."""
    for one, other, how in pairs:
        if how != "!=" and int(words[one]) > int(words[other]):
            words[one], words[other] = words[other], words[one]


def tree(choices: Choices, nodes: int, low: int) -> list[tuple[int, int]]:
    """The edges of a tree, at random: bushy, or long."""
    names = list(range(low, low + nodes))
    for at in range(nodes - 1, 0, -1):
        other = choices.integer(0, at)
        names[at], names[other] = names[other], names[at]
    is_long = choices.chance(25)
    edges = []
    for at in range(1, nodes):
        parent = names[at - 1 if is_long else choices.integer(0, at - 1)]
        edges.append((names[at], parent) if choices.chance(50) else (parent, names[at]))
    return edges
