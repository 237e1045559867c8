"""Reach: how far generated numbers go before the original sleeps on them or runs out of time."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from perfbot.sandbox.exploration import arguments_of, inputs_of, largest
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.patience import without_sleep

SMALL_INT = 10
"""Ints up to here are always tried."""
SHRINK = 4
"""After a number that took too long, at most a fourth of it is tried."""
READ_BYTES = 1 << 20
"""Inputs above this size are not read for one number in them."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The numbers that are tried as arguments of their own; None where no limit was met."""

    int_limit: int | None = None
    """The largest int."""
    int_floor: int | None = None
    """The least one: many a loop that counts down to 0 never ends below it."""
    float_limit: float | None = None

    def excludes(self, inputs: bytes) -> bool:
        """Whether a number of these encoded arguments is beyond."""
        if self.int_limit is not None and largest(int, inputs) > self.int_limit:
            return True
        if self.int_floor is not None and least_int(inputs) < self.int_floor:
            return True
        return self.float_limit is not None and largest(float, inputs) > self.float_limit

    def after_timeout(self, inputs: bytes, answers: Callable[[bytes], bool]) -> "Reach":
        """The reach once the original ran out of time on `inputs`.

        `answers` says whether it has an answer in time: asked of the same without signs, it tells
        whether a number's size was too much, or that it was negative.
        """
        low = least_int(inputs)
        if low < 0 and answers(without_signs(inputs)):
            floor = 0 if low >= -SMALL_INT else -max(-low // SHRINK, SMALL_INT)
            return replace(self, int_floor=max(self.int_floor or floor, floor))
        size = largest(int, inputs)
        if size <= SMALL_INT:
            return self
        limit = max(size // SHRINK, SMALL_INT)
        return replace(self, int_limit=min(self.int_limit or size, limit))

    def after_sleep(self, inputs: bytes) -> "Reach":
        """The reach once the original slept on `inputs`: for so many seconds, most likely."""
        if (seconds := largest(float, inputs)) > 0:
            low = without_sleep(seconds)
            return replace(self, float_limit=min(self.float_limit or low, low))
        if (size := largest(int, inputs)) > 1:
            least = max(int(without_sleep(size)), 1)
            return replace(self, int_limit=min(self.int_limit or least, least))
        return self


def least_int(inputs: bytes) -> int:
    """The least of 0 and the ints that are arguments; 0 beside large data."""
    if len(inputs) > READ_BYTES:
        return 0
    arguments = arguments_of(inputs)
    values = [*arguments.args, *arguments.kwargs.values()]
    return min((item for item in values if type(item) is int), default=0)


def without_signs(inputs: bytes) -> bytes:
    """The same arguments, in which no int is negative."""
    arguments = arguments_of(inputs)
    return inputs_of(
        Arguments(
            tuple(unsigned(item) for item in arguments.args),
            {name: unsigned(item) for name, item in arguments.kwargs.items()},
        )
    )


def unsigned(value: object) -> object:
    """An int's size; anything else as it is."""
    return abs(value) if type(value) is int else value
