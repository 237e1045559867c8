"""Which numbers of axes an original takes, of those that no caller was seen to pass.

A function on numbers along a line answers now and then where it is given a matrix: where its loop
runs over nothing, or a branch does not look at the elements. That is no use that a caller could
make of it. So of inputs that the original mostly fails on, those alone count on which it still
answers, and answers otherwise, when all arrays hold other elements.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from perfbot.sandbox.drivers.values import View
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.arrays import is_array

Ranks = tuple[tuple[str, int], ...]
"""(parameter, number of axes) of the arguments that are arrays."""


def ranks_of(bound: Mapping[str, object]) -> Ranks:
    """The numbers of axes of the arrays among the arguments of a call."""
    found: list[tuple[str, int]] = []
    for name, value in bound.items():
        array: Any = value.array if isinstance(value, View) else value
        if is_array(array):
            found.append((name, array.ndim))
    return tuple(found)


def with_other_elements(arguments: Arguments) -> Arguments:
    """The same call with another element in every place of its arrays of numbers."""
    kwargs = {name: _other(value) for name, value in arguments.kwargs.items()}
    return Arguments(tuple(_other(value) for value in arguments.args), kwargs)


def _other(value: Any) -> Any:
    if isinstance(value, View):
        return View(_other(value.array), value.steps)
    if not is_array(value) or value.dtype.kind not in "biufc":
        return value
    if value.dtype.kind in "biu":
        return value ^ value.dtype.type(1)
    import numpy

    return numpy.where(value == 1.5, value.dtype.type(2.5), value.dtype.type(1.5))


@dataclass(slots=True)
class Axes:
    """How often the original was asked about arrays of other numbers of axes, and answered."""

    observed: frozenset[Ranks] = frozenset()
    asked: dict[Ranks, int] = field(default_factory=dict)
    answered: dict[Ranks, int] = field(default_factory=dict)

    @property
    def matter(self) -> bool:
        """Whether any caller passes arrays at all."""
        return any(self.observed)

    def note(self, ranks: Ranks, *, answered: bool) -> None:
        """The original was asked about one more input."""
        if ranks not in self.observed:
            self.asked[ranks] = self.asked.get(ranks, 0) + 1
            self.answered[ranks] = self.answered.get(ranks, 0) + answered

    def mostly_taken(self, ranks: Ranks) -> bool:
        """Whether callers pass these numbers of axes, or the original answers most such inputs."""
        return ranks in self.observed or 2 * self.answered.get(ranks, 0) > self.asked.get(ranks, 0)
