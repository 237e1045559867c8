"""Shapes whose values keep to the bounds of `Annotated[T, ...]`; those at the edges come often."""

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from perfbot.sandbox.inputs.bounds import Bounds, Number
from perfbot.sandbox.inputs.containers import Items, Mappings, Unions
from perfbot.sandbox.inputs.drawing import Drawing, Path
from perfbot.sandbox.inputs.scalars import Constants, Data, Floats, Integers, Shape, Texts
from perfbot.sandbox.inputs.special import Specials

FREE_TRIES = 6
"""Draws that know nothing of the bounds, before one is made to fit."""
FITTED_TRIES = 6
SPAN = 20
"""How far from its only limit a number is drawn that has no other."""
LONGEST_EDGE = 300
"""Greatest lengths up to here are tried, and those up to the draw's own largest size."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """Values of a shape that bounds allow."""

    shape: Shape
    bounds: Bounds

    @property
    def scalar(self) -> bool:
        """As the shape is."""
        return self.shape.scalar

    @property
    def hashable(self) -> bool:
        """As the shape is."""
        return self.shape.hashable

    def draw(self, drawing: Drawing, path: Path) -> object:
        """A value within the bounds; one outside only where none was found."""
        sized = self.bounds.of_lengths and isinstance(self.shape, (Items, Mappings, Texts, Data))
        at_edge = drawing.choices.chance(35)
        if not at_edge:
            for _ in range(FREE_TRIES):
                value = self.shape.draw(drawing, path)
                if self.bounds.allow(value):
                    return value
        for attempt in range(FITTED_TRIES):
            if sized:
                value = self._of_length(drawing, path, attempt, at_edge)
            else:
                value = self._number(drawing, path, at_edge)
            if self.bounds.allow(value):
                return value
        return value

    def _of_length(self, drawing: Drawing, path: Path, attempt: int, at_edge: bool) -> object:
        """A container of a length within; of sets, which lose repeated items, longer each time."""
        shortest, longest = self.bounds.shortest, self.bounds.longest
        settled = drawing.lengths.get(path, -1)
        if settled >= shortest and (longest is None or settled <= longest):
            return self.shape.draw(drawing, path)
        largest = max(drawing.max_size, LONGEST_EDGE if at_edge else 0)
        most = min(shortest + SPAN if longest is None else longest, max(largest, shortest))
        if at_edge:
            length = drawing.choices.pick((shortest, min(shortest + 1, most), most))
        else:
            length = drawing.choices.integer(shortest, most)
        if not isinstance(self.shape, (Texts, Data)):
            length += attempt * (1 + length // 2)
        lengths = {**drawing.lengths, path: length}
        return self.shape.draw(replace(drawing, lengths=lengths), path)

    def _number(self, drawing: Drawing, path: Path, at_edge: bool) -> object:
        if isinstance(self.shape, Integers):
            return self._integer(drawing, path, at_edge)
        if isinstance(self.shape, Floats):
            return self._float(drawing, at_edge)
        if isinstance(self.shape, Specials) and self.shape.kind in (Decimal, Fraction):
            exact = self._fraction(drawing, at_edge)
            if self.shape.kind is Fraction:
                return exact
            return Decimal(exact.numerator) / Decimal(exact.denominator)
        return self.shape.draw(drawing, path)

    def _integer(self, drawing: Drawing, path: Path, at_edge: bool) -> int:
        low, high = self._ends()
        first = math.floor(low) + 1 if self.bounds.above_low else math.ceil(low)
        last = math.ceil(high) - 1 if self.bounds.below_high else math.floor(high)
        if drawing.max_int is not None and len(path) == 1:
            last = min(last, max(first, drawing.max_int))
        step = next((item for item in self.bounds.multiples if isinstance(item, int)), 1)
        first, last = -(-first // step), last // step
        if first > last:
            return first * step
        if at_edge:
            near = (first, min(first + 1, last), last, max(last - 1, first))
            return drawing.choices.pick(near) * step
        return drawing.choices.integer(first, last) * step

    def _ends(self) -> tuple[Fraction, Fraction]:
        """The limits, a span apart where there is but one."""
        low, high = self.bounds.low, self.bounds.high
        span = SPAN * max(map(Fraction, self.bounds.multiples), default=Fraction(1))
        if is_finite(low):
            return Fraction(low), Fraction(high) if is_finite(high) else Fraction(low) + span
        last = Fraction(high) if is_finite(high) else span
        return last - span, last

    def _float(self, drawing: Drawing, at_edge: bool) -> float:
        if at_edge and not self.bounds.multiples:
            return drawing.choices.pick(tuple(edges(self.bounds)) or (0.0,))
        return float(self._fraction(drawing, at_edge))

    def _fraction(self, drawing: Drawing, at_edge: bool) -> Fraction:
        """A number between the limits: at one of them, a multiple, or any of some steps."""
        low, high = self._ends()
        if self.bounds.multiples:
            step = Fraction(self.bounds.multiples[0])
            first, last = math.ceil(low / step), math.floor(high / step)
            last = max(first, last if is_finite(self.bounds.high) else first + SPAN)
            if at_edge:
                return step * drawing.choices.pick((first, min(first + 1, last), last))
            return step * drawing.choices.integer(first, last)
        if at_edge:
            return drawing.choices.pick((low, high, low + Fraction(1, 1000)))
        return low + (high - low) * Fraction(drawing.choices.integer(0, 1000), 1000)


def is_finite(limit: Number) -> bool:
    """Whether a limit is a number that a float can be."""
    return -sys.float_info.max <= limit <= sys.float_info.max


def edges(bounds: Bounds) -> Iterator[float]:
    """The floats next to each limit, on the inside."""
    for limit, excluded, inwards in (
        (bounds.low, bounds.above_low, math.inf),
        (bounds.high, bounds.below_high, -math.inf),
    ):
        if is_finite(limit):
            yield math.nextafter(limit, inwards)
            if not excluded:
                yield float(limit)


def least_int(shape: Shape | None) -> int | None:
    """The least int that a shape of ints allows; None where there is none, or of other shapes."""
    if not isinstance(shape, Bounded) or not isinstance(shape.shape, Integers):
        return None
    low = shape.bounds.low
    if not is_finite(low):
        return None
    return math.floor(low) + 1 if shape.bounds.above_low else math.ceil(low)


def bounded(shape: Shape, bounds: Bounds) -> Shape:
    """The shape with its values held to the bounds; the shape itself where they say nothing."""
    if not bounds.of_numbers and not bounds.of_lengths:
        return shape
    if isinstance(shape, Bounded):
        return Bounded(shape.shape, shape.bounds.and_also(bounds))
    if isinstance(shape, Unions):
        return Unions(tuple(bounded(option, bounds) for option in shape.options))
    if isinstance(shape, Constants):
        return Constants(tuple(filter(bounds.allow, shape.values)) or shape.values)
    return Bounded(shape, bounds)


def unbounded(shape: Shape) -> Shape:
    """The shape without the bounds of its values; those of what they hold are left."""
    if isinstance(shape, Unions):
        return Unions(tuple(map(unbounded, shape.options)))
    return shape.shape if isinstance(shape, Bounded) else shape


def just_outside(shape: Bounded, drawing: Drawing, path: Path) -> Iterator[object]:
    """Values like the shape's that miss a limit by about one."""
    bounds, inner = shape.bounds, shape.shape
    if isinstance(inner, (Integers, Floats)):
        kind = int if isinstance(inner, Integers) else float
        if is_finite(bounds.low):
            yield kind(math.floor(bounds.low) if bounds.above_low else math.ceil(bounds.low) - 1)
        if is_finite(bounds.high):
            yield kind(math.ceil(bounds.high) if bounds.below_high else math.floor(bounds.high) + 1)
    elif bounds.of_lengths:
        for length in (bounds.shortest - 1, (bounds.longest or -2) + 1):
            if 0 <= length <= LONGEST_EDGE:
                settled = replace(drawing, lengths={**drawing.lengths, path: length})
                yield inner.draw(settled, path)
