"""Shapes of the standard library's value types: Decimal, Fraction, dates and times, UUID, range."""

import datetime
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from perfbot.sandbox.inputs.choices import Choices
from perfbot.sandbox.inputs.drawing import Drawing, Path

DAY_S = 86_400
FAR_EAST = datetime.timezone(datetime.timedelta(hours=5, minutes=45))
EDGES: Mapping[type, tuple[object, ...]] = {
    Decimal: tuple(
        map(
            Decimal,
            (*("0", "-0", "NaN", "Infinity", "-Infinity", "1E+30", "1E-30"),),
        )
    ),
    Fraction: (Fraction(0), Fraction(-1, 3), Fraction(10**20, 3)),
    datetime.date: (datetime.date.min, datetime.date.max, datetime.date(2000, 2, 29)),
    datetime.datetime: (
        datetime.datetime.min,
        datetime.datetime.max,
        datetime.datetime(2024, 2, 29, 23, 59, 59, 999_999),
        datetime.datetime(2024, 6, 1, tzinfo=datetime.UTC),
        datetime.datetime(2024, 10, 27, 2, 30, 15, 123_457, fold=1),
        datetime.datetime(2024, 1, 31, 23, 59, 59, 1, tzinfo=FAR_EAST),
    ),
    datetime.time: (datetime.time.min, datetime.time.max),
    datetime.timedelta: (
        datetime.timedelta(0),
        datetime.timedelta(microseconds=-1),
        datetime.timedelta.max,
    ),
    uuid.UUID: (uuid.UUID(int=0), uuid.UUID(int=2**128 - 1)),
    range: (range(0), range(5, 0, -1), range(0, 10, 3)),
}


@dataclass(frozen=True, slots=True)
class Specials:
    """Values of one standard type: observed ones, others near them, edges where declared."""

    kind: type
    declared: bool
    seen: tuple[object, ...] = ()
    scalar: bool = False
    hashable: bool = True

    def draw(self, drawing: Drawing, path: Path) -> object:
        choices = drawing.choices
        roll = choices.integer(0, 15)
        if roll == 15 and self.declared:
            return choices.pick(EDGES[self.kind])
        if roll == 14 and self.declared and self.kind is Decimal:
            return _long_decimal(choices)
        if self.seen and roll >= 10:
            return choices.pick(self.seen)
        base = choices.pick(self.seen) if self.seen else None
        return MAKERS[self.kind](choices, base)


def _decimal(choices: Choices, base: object) -> Decimal:
    places = choices.integer(0, 4)
    if isinstance(base, Decimal) and base.is_finite():
        exponent = base.as_tuple().exponent
        step = exponent if isinstance(exponent, int) and -12 <= exponent <= 0 else -2
        return base + Decimal(choices.integer(-300, 300)).scaleb(step)
    return Decimal(choices.integer(-99_999, 99_999)).scaleb(-places)


def _long_decimal(choices: Choices) -> Decimal:
    """One of as many digits as the default context keeps (28), or a few more: sums are rounded."""
    digits = choices.integer(10**26, 10**30)
    return Decimal(digits).scaleb(-choices.integer(24, 29))


def _fraction(choices: Choices, base: object) -> Fraction:
    shift = Fraction(choices.integer(-20, 20), choices.integer(1, 12))
    return base + shift if isinstance(base, Fraction) else shift


def _date(choices: Choices, base: object) -> datetime.date:
    start = base if isinstance(base, datetime.date) else datetime.date(2024, 1, 1)
    day = start.toordinal() + choices.integer(-500, 500)
    return datetime.date.fromordinal(min(max(day, 1), datetime.date.max.toordinal()))


def _datetime(choices: Choices, base: object) -> datetime.datetime:
    start = base if isinstance(base, datetime.datetime) else datetime.datetime(2024, 1, 1)
    microsecond = choices.integer(-999_999, 999_999) if choices.integer(0, 3) == 0 else 0
    shift = datetime.timedelta(
        choices.integer(-500, 500), choices.integer(0, DAY_S - 1), microsecond
    )
    try:
        return start + shift
    except OverflowError:
        return start


def _time(choices: Choices, base: object) -> datetime.time:
    second = choices.integer(0, DAY_S - 1)
    zone = base.tzinfo if isinstance(base, datetime.time) else None
    return datetime.time(second // 3600, second // 60 % 60, second % 60, tzinfo=zone)


def _timedelta(choices: Choices, base: object) -> datetime.timedelta:
    shift = datetime.timedelta(choices.integer(-30, 30), choices.integer(0, DAY_S - 1))
    try:
        return base + shift if isinstance(base, datetime.timedelta) else shift
    except OverflowError:
        return shift


def _uuid(choices: Choices, base: object) -> uuid.UUID:
    return uuid.UUID(int=choices.integer(0, 2**128 - 1), version=4)


def _range(choices: Choices, base: object) -> range:
    if isinstance(base, range):
        shift = choices.integer(-3, 3)
        return range(base.start + choices.integer(-1, 1), base.stop + shift, base.step)
    return range(choices.integer(-3, 5), choices.integer(0, 20), choices.pick((1, 2, 3, -1)))


MAKERS: Mapping[type, Callable[[Choices, object], object]] = {
    Decimal: _decimal,
    Fraction: _fraction,
    datetime.date: _date,
    datetime.datetime: _datetime,
    datetime.time: _time,
    datetime.timedelta: _timedelta,
    uuid.UUID: _uuid,
    range: _range,
}
