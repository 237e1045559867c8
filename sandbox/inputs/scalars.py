"""Shapes of single values. `declared` ones have edge cases; observed ones are only generalised."""

from dataclasses import dataclass
from typing import Protocol

from perfbot.sandbox.inputs import text
from perfbot.sandbox.inputs.choices import Choices
from perfbot.sandbox.inputs.drawing import Drawing, Path, fresh
from perfbot.sandbox.inputs.perturb import perturbed

SMALL_EDGES = (0, 1, -1, 2, -2, True, False, 10, 255, 256)
HUGE_EDGES = (
    2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, 2**64 + 1, -(2**63) - 1, 10**30, -(10**25),
    10**15, 10**15 - 1, 10**18 - 1, 10**22 - 1, (10**9 + 7) ** 2, (10**9 + 7) ** 2 - 1,
    (2**64 + 13) ** 2, (2**64 + 13) ** 2 - 1, 2**1001,
)  # fmt: skip
"""Beyond a machine word, and where arithmetic by floats (log10, sqrt, true division) goes wrong."""
LOG_SCALE_BITS = (5, 40)
"""Ints between the small and the huge ones are drawn with so many bits."""
FLOAT_EDGES = (
    0.0, -0.0, 1.0, -1.0, 0.5, 0.1, float("nan"), float("inf"), float("-inf"),
    1e-10, -1e-10, 1e16, -1e16, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
    1.0000000000000002, 0.30000000000000004,
)  # fmt: skip

LONGEST_MARK = 3
"""Literal texts up to this length are taken for marks, not words."""


class Shape(Protocol):
    """What the values at one place look like, and how to draw another."""

    @property
    def scalar(self) -> bool:
        """Whether the values are single, hashable, and comparable with each other."""
        ...

    @property
    def hashable(self) -> bool:
        """Whether the values may be set elements and dict keys."""
        ...

    def draw(self, drawing: Drawing, path: Path) -> object:
        """A new value, which shares nothing with any other."""
        ...


@dataclass(frozen=True, slots=True)
class Integers:
    """Ints: near the observed ones, and at the edges of the type where an annotation says int."""

    declared: bool
    near: tuple[int, ...] = ()
    """Observed ints and their neighbours."""
    low: int = -10
    high: int = 20
    scalar: bool = True
    hashable: bool = True

    def draw(self, drawing: Drawing, path: Path) -> int:
        low, high = drawing.ranges.get(path, (1, 0))
        if low <= high:
            return drawing.choices.integer(low, high)
        value = self._free(drawing)
        if value < 0 <= self.low and not self.declared and value not in drawing.literals.ints:
            value = -value if drawing.keeps(("nonnegative", path)) else value
        if drawing.max_int is not None and len(path) == 1 and abs(value) > drawing.max_int:
            return value % (drawing.max_int + 1)
        return value

    def _free(self, drawing: Drawing) -> int:
        choices = drawing.choices
        roll = choices.integer(0, 63)
        if roll >= 58 and drawing.literals.ints:
            return choices.pick(drawing.literals.ints)
        if roll >= 56 and self.declared:
            return choices.pick(HUGE_EDGES)
        if roll == 55 and self.declared:
            size = 2 ** choices.integer(*LOG_SCALE_BITS)
            return choices.integer(-size if choices.integer(0, 3) == 0 else 0, size)
        if roll >= 50 and self.declared:
            return choices.pick(SMALL_EDGES)
        if roll >= 34 and self.near:
            return choices.pick(self.near)
        if roll >= 20:
            return choices.integer(-2 if self.low >= 0 else -8, 8)
        margin = max(2, (self.high - self.low) // 4)
        return choices.integer(min(self.low - margin, -1), max(self.high + margin, 1))


@dataclass(frozen=True, slots=True)
class Floats:
    """Floats: finite ones of the observed range and precision; edge cases where declared."""

    declared: bool
    seen: tuple[float, ...] = ()
    low: float = -10.0
    high: float = 20.0
    decimals: int | None = None
    """The most decimals observed, None where unknown or many."""
    scalar: bool = True
    hashable: bool = True

    def draw(self, drawing: Drawing, path: Path) -> float:
        choices = drawing.choices
        roll = choices.integer(0, 31)
        if roll >= 29 and drawing.literals.floats:
            return choices.pick(drawing.literals.floats)
        if roll >= 26 and self.declared:
            # PEP 484: where float is declared, an int is accepted.
            return choices.integer(-3, 9) if roll == 26 else choices.pick(FLOAT_EDGES)
        if roll >= 20 and self.seen:
            return choices.pick(self.seen)
        if roll >= 16:
            return float(choices.integer(0 if self.low >= 0 else -5, 9))
        span = self.high / 4 - self.low / 4
        low, high = self.low - span, self.high + span
        if self.low >= 0 and not self.declared and drawing.keeps(("nonnegative", path)):
            low = 0.0
        value = choices.real(max(low, -1.7e308), min(high, 1.7e308))
        if self.decimals is not None and roll < 12:
            value = round(value, self.decimals) + 0.0
        return value


@dataclass(frozen=True, slots=True)
class Complexes:
    """Complex numbers, of two floats."""

    parts: Floats
    scalar: bool = False
    hashable: bool = True

    def draw(self, drawing: Drawing, path: Path) -> complex:
        return complex(self.parts.draw(drawing, path), self.parts.draw(drawing, path))


@dataclass(frozen=True, slots=True)
class Texts:
    """Strings over the observed alphabet or format; any Unicode where an annotation says str."""

    style: text.Style
    declared: bool
    seen: tuple[str, ...] = ()
    longest: int = 8
    scalar: bool = True
    hashable: bool = True

    def draw(self, drawing: Drawing, path: Path) -> str:
        choices = drawing.choices
        settled = drawing.lengths.get(path)
        narrow = drawing.keeps(("alphabet", path))
        roll = choices.integer(0, 31)
        literals = drawing.literals
        if settled is None:
            fixed = narrow and text.has_format(self.style, literals.texts)
            if literals.characters and not narrow and choices.chance(20):
                # Code that encodes text has boundaries that no alphabet is likely to hit.
                few = [choices.pick(literals.characters) for _ in range(choices.integer(1, 3))]
                return self._amid(choices, "".join(few), narrow=False)
            if roll >= 29 and literals.texts:
                return self._around_literal(drawing, narrow=narrow, whole=fixed)
            if roll >= 25 and self.seen and not fixed:
                return text.edited(choices, choices.pick(self.seen), self.style)
            if roll >= 22 and self.seen:
                return choices.pick(self.seen)
            if roll >= 13 and self.seen and self.declared and not narrow:
                return text.lookalike(choices, choices.pick(self.seen))
            if fixed or (self.style.tokens and roll >= 12):
                return text.formatted(choices, self.style, literals.texts, literals.ints)
        length = drawing.size(path, self.longest)
        alphabet = text.alphabet(self.style, declared=self.declared, narrow=narrow, roll=roll)
        if roll in (8, 9) and len(alphabet) > 2 and choices.chance(60):
            alphabet = choices.pick(alphabet) + choices.pick(alphabet)  # runs of rare characters
        return text.spelled(drawing.for_elements(1 + length // 4).choices, alphabet, length, roll)

    def respelt(self, drawing: Drawing, path: Path, value: str) -> str:
        """`value` as lenient and strict parsers differ on it, where any string may be given."""
        if not self.declared or (self.style.narrow and drawing.keeps(("alphabet", path))):
            return self.draw(drawing, path)
        return text.lookalike(drawing.choices, value)

    def _around_literal(self, drawing: Drawing, *, narrow: bool, whole: bool) -> str:
        made = self._with_literal(drawing, narrow=narrow, whole=whole)
        if narrow and self.style.narrow and not set(made) <= set(self.style.narrow):
            # It breaks what all observed strings keep to, or the annotation says.
            if self.seen:
                return drawing.choices.pick(self.seen)
            return text.spelled(drawing.choices, self.style.narrow, len(made), 0)
        return made

    def _with_literal(self, drawing: Drawing, *, narrow: bool, whole: bool) -> str:
        choices, literals = drawing.choices, drawing.literals.texts
        literal = choices.pick(literals)
        if whole or choices.chance(40):
            return literal
        if choices.chance(30):
            # Marks that are read one by one ("~1", "~0") run into each other ("~01").
            marks = "".join(mark for mark in literals if len(mark) <= LONGEST_MARK) or literal
            return text.spelled(choices, marks, choices.integer(2, 8), 0) if marks else literal
        if choices.chance(20):
            return " ".join(choices.pick(literals) for _ in range(choices.integer(2, 5)))
        return self._amid(choices, literal, narrow=narrow)

    def _amid(self, choices: Choices, value: str, *, narrow: bool) -> str:
        """`value` with a few letters on either side."""
        alphabet = text.alphabet(self.style, declared=False, narrow=narrow, roll=0)
        before = text.spelled(choices, alphabet, choices.integer(0, 3), 0)
        return before + value + text.spelled(choices, alphabet, choices.integer(0, 3), 0)


@dataclass(frozen=True, slots=True)
class Data:
    """bytes or bytearray over the observed bytes, or over all where declared."""

    mutable: bool
    alphabet: bytes
    seen: tuple[bytes, ...] = ()
    longest: int = 8
    scalar: bool = True

    @property
    def hashable(self) -> bool:
        """bytes is, bytearray is not."""
        return not self.mutable

    def draw(self, drawing: Drawing, path: Path) -> bytes | bytearray:
        choices = drawing.choices
        roll = choices.integer(0, 15)
        if roll >= 14 and drawing.literals.data:
            value = choices.pick(drawing.literals.data)
        elif roll >= 12 and self.seen:
            value = choices.pick(self.seen)
        else:
            length = drawing.size(path, self.longest)
            source = drawing.for_elements(1 + length // 4).choices
            value = bytes(source.pick(self.alphabet) for _ in range(length))
        return bytearray(value) if self.mutable else value


@dataclass(frozen=True, slots=True)
class Constants:
    """A fixed set of values: literals, None, bools, enum members."""

    values: tuple[object, ...]
    scalar: bool = False

    @property
    def hashable(self) -> bool:
        """Whether every one of the values is."""
        return all(_hashable(value) for value in self.values)

    def draw(self, drawing: Drawing, path: Path) -> object:
        return fresh(drawing.choices.pick(self.values))


@dataclass(frozen=True, slots=True)
class Opaques:
    """Observed objects of the user's classes: reused, sometimes with a value inside changed."""

    values: tuple[object, ...]
    scalar: bool = False

    @property
    def hashable(self) -> bool:
        """Whether every one of the values is."""
        return all(_hashable(value) for value in self.values)

    def draw(self, drawing: Drawing, path: Path) -> object:
        value = drawing.choices.pick(self.values)
        if drawing.choices.chance(40):
            return perturbed(value, drawing.choices, donors=self.values)
        return fresh(value)


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
