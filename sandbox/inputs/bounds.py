"""What the metadata of `Annotated[T, ...]` says of numbers and lengths; only its text is read.

Known are annotated_types' (`Gt(0)`, `Interval(ge=1, lt=9)`, `Len(1, 8)`) and pydantic's keywords
(`Field(gt=0, max_length=8)`). Limits are numbers, sums and products of numbers, and the project's
constants; a limit that is anything else is left open, and so is a pattern.
"""

import ast
import collections
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from perfbot.sandbox.inputs.arrays import is_array
from perfbot.sandbox.inputs.scope import Scope
from perfbot.sandbox.inputs.signature import FOLDED

Number = int | float
LARGEST_EXPONENT = 1_024
"""`2**63` is computed, `9**9**9` is not."""
PACKAGES = ("annotated_types", "pydantic")
POSITIONAL: Mapping[str, tuple[str, ...]] = {
    "Gt": ("gt",),
    "Ge": ("ge",),
    "Lt": ("lt",),
    "Le": ("le",),
    "Interval": (),
    "MultipleOf": ("multiple_of",),
    "MinLen": ("min_length",),
    "MaxLen": ("max_length",),
    "Len": ("min_length", "max_length"),
    "Field": (),
    "StringConstraints": (),
}
"""The limits that each takes without a keyword; the keywords of all are the same."""
NUMBERS = (int, float, Decimal, Fraction)
SIZED = (str, bytes, bytearray, list, tuple, set, frozenset, dict, collections.deque)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of numbers, and of the lengths of containers."""

    low: Number = -math.inf
    high: Number = math.inf
    above_low: bool = False
    """`low` itself is outside."""
    below_high: bool = False
    multiples: tuple[Number, ...] = ()
    """A number is a multiple of each."""
    shortest: int = 0
    longest: int | None = None

    def allow(self, value: object) -> bool:
        """Whether a value is within; what is neither a number nor has a length always is."""
        if isinstance(value, NUMBERS):
            return not self.of_numbers or self._allow_number(value)
        if isinstance(value, SIZED) or (is_array(value) and value.ndim):  # type: ignore[attr-defined]
            length = len(value)  # type: ignore[arg-type]
            return self.shortest <= length and (self.longest is None or length <= self.longest)
        return True

    @property
    def of_numbers(self) -> bool:
        """Whether numbers have a limit."""
        limited = self.low > -math.inf or self.high < math.inf
        return limited or self.above_low or self.below_high or bool(self.multiples)

    @property
    def of_lengths(self) -> bool:
        """Whether lengths have a limit."""
        return self.shortest > 0 or self.longest is not None

    def _allow_number(self, value: int | float | Decimal | Fraction) -> bool:
        if value.is_nan() if isinstance(value, Decimal) else value != value:
            return False
        return (
            (value > self.low if self.above_low else value >= self.low)
            and (value < self.high if self.below_high else value <= self.high)
            and all(is_multiple(value, of) for of in self.multiples)
        )

    def and_also(self, other: "Bounds") -> "Bounds":
        """The bounds of what keeps to both."""
        low, above_low = max((self.low, self.above_low), (other.low, other.above_low))
        high, at_high = min((self.high, not self.below_high), (other.high, not other.below_high))
        known = [item.longest for item in (self, other) if item.longest is not None]
        return Bounds(
            low,
            high,
            above_low,
            not at_high,
            tuple(dict.fromkeys((*self.multiples, *other.multiples))),
            max(self.shortest, other.shortest),
            min(known, default=None),
        )


def is_multiple(value: int | float | Decimal | Fraction, of: Number) -> bool:
    """Whether a number is a multiple of another; floats may miss it by a part in 10**9.

    Source: pydantic's check of `multiple_of`, which allows floats as much.
    """
    try:
        exact = Fraction(value)
    except (OverflowError, ValueError):  # infinite
        return False
    rest = exact % Fraction(of)
    if isinstance(of, int) and not isinstance(value, float):
        return rest == 0
    return min(rest, Fraction(of) - rest) <= abs(exact) / 10**9


def bounds_of(metadata: Sequence[ast.expr], scope: Scope) -> Bounds:
    """What the items behind the type in `Annotated[...]` say, read in the scope they stand in."""
    found = Bounds()
    for node in metadata:
        if isinstance(node, ast.Call):
            limits = dict(_limits(node, scope))
            found = found.and_also(_of_keywords(limits))
    return found


def _limits(node: ast.Call, scope: Scope) -> Iterator[tuple[str, Number]]:
    """(keyword, number) of one item's limits."""
    name = limit_name(node.func, scope)
    if name is None:
        return
    given = list(zip(POSITIONAL[name], node.args, strict=False))
    given += [(item.arg, item.value) for item in node.keywords if item.arg is not None]
    for key, value in given:
        number = number_of(value, scope)
        if number is not None:
            yield key, number


def limit_name(node: ast.expr, scope: Scope) -> str | None:
    """Which of the known kinds of limit a call makes: "Gt" of `annotated_types.Gt`; None of any."""
    found = scope.find(ast.unparse(node))
    package = found.name.partition(".")[0]
    if found.name == found.last:  # not imported by name: by a star, or not at all
        package = next((it for it in scope.stars if it.partition(".")[0] in PACKAGES), "")
        package = package.partition(".")[0]
    known = found.scope is None and package in PACKAGES and found.last in POSITIONAL
    return found.last if known else None


def _of_keywords(limits: Mapping[str, Number]) -> Bounds:
    longest, multiple = limits.get("max_length"), limits.get("multiple_of", 0)
    closed = Bounds(
        limits.get("ge", -math.inf),
        limits.get("le", math.inf),
        multiples=(multiple,) if multiple > 0 else (),
        shortest=int(limits.get("min_length", 0)),
        longest=None if longest is None else int(longest),
    )
    return closed.and_also(
        Bounds(
            limits.get("gt", -math.inf),
            limits.get("lt", math.inf),
            above_low="gt" in limits,
            below_high="lt" in limits,
        )
    )


def number_of(node: ast.expr, scope: Scope) -> Number | None:
    """The number that an expression of constants is, or None for any other."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value if value == value else None
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = number_of(operand, scope)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=op, right=right) if type(op) in FOLDED:
            return _computed(type(op), number_of(left, scope), number_of(right, scope))
        case ast.Name() | ast.Attribute():
            found = scope.find(ast.unparse(node))
            if found.scope is not None and found.name in found.scope.constants:
                return number_of(found.scope.constants[found.name], found.scope)
    return None


def _computed(op: type[ast.operator], left: Number | None, right: Number | None) -> Number | None:
    if left is None or right is None:
        return None
    if op in (ast.Pow, ast.LShift, ast.FloorDiv):
        whole = isinstance(left, int) and isinstance(right, int)
        if not whole or not 0 < right <= LARGEST_EXPONENT or abs(left) > 1 << LARGEST_EXPONENT:
            return None
    return FOLDED[op](left, right)  # type: ignore[arg-type]
