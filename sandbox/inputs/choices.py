"""Where random choices come from: Hypothesis (which can shrink them), or a seed (which is fast)."""

import functools
import math
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
PER_UNIT = 1000
"""A `real` has three decimals, so that no subnormal or -0.0 comes of it and it shrinks to 0."""
GRID = 1 << 20
"""Steps between the ends of a `real` where three decimals are too coarse or too many."""


class Choices(Protocol):
    """The four choices that every generator here is made of; each is simplest at its first end."""

    def integer(self, low: int, high: int) -> int:
        """An integer in [low, high]."""
        ...

    def real(self, low: float, high: float) -> float:
        """A finite float in [low, high]."""
        ...

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`, which is not empty."""
        ...

    def chance(self, percent: int) -> bool:
        """True in `percent` of the draws; False is the simpler one."""
        ...


class _FromIntegers:
    """The other three choices, made of `integer`."""

    def integer(self, low: int, high: int) -> int:
        raise NotImplementedError

    def real(self, low: float, high: float) -> float:
        first, last = math.ceil(low * PER_UNIT), math.floor(high * PER_UNIT)
        if first + PER_UNIT <= last < 2**53 and first > -(2**53):
            return self.integer(first, last) / PER_UNIT
        part = self.integer(0, GRID) / GRID
        # Not low + (high - low) * part: the difference of two finite floats can overflow.
        return low * (1.0 - part) + high * part + 0.0

    def pick(self, options: Sequence[T]) -> T:
        if len(options) == 1:
            return options[0]
        return options[self.integer(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        return self.integer(0, 99) >= 100 - percent


class DrawnChoices(_FromIntegers):
    """Choices that Hypothesis records, replays and shrinks."""

    def __init__(self, draw: Callable[["SearchStrategy[int]"], int]) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        return self._draw(_integers(low, high))


class SeededChoices(_FromIntegers):
    """Choices from a seed, for the bulk of a large input."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


@functools.lru_cache(maxsize=4096)
def _integers(low: int, high: int) -> Any:
    from hypothesis import strategies

    return strategies.integers(low, high)
