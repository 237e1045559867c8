"""What a rule is: a named rewrite with an example that must fire and one that must not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import Protocol

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.source import Replacement


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One match of a rule. A None among the pieces means that it cannot be placed: dropped."""

    pieces: tuple[Replacement | None, ...]
    reason: str
    imports: tuple[str, ...] = ()
    """Whole import lines that the new text needs."""
    constants: tuple[str, ...] = ()
    """Whole assignments to new private module names."""


class Rule(Protocol):
    """A rewrite that is usually right and often faster; the gates decide whether it is both."""

    @property
    def name(self) -> str:
        """Kebab-case and unique in the catalogue."""

    @property
    def summary(self) -> str:
        """What is done, as a commit's subject says it."""

    @property
    def example(self) -> tuple[str, str]:
        """A function `f` that the rule rewrites, and the exact text it proposes."""

    @property
    def counterexample(self) -> str:
        """A function `f` that looks alike and must be left alone."""

    @property
    def calls(self) -> tuple[str, ...]:
        """Arguments, as Python text, on which both texts of the example agree."""

    @property
    def rewrites(self) -> Callable[[Function], Iterator[Rewrite]]:
        """Yields each match in a function."""


@dataclass(frozen=True, slots=True)
class PythonRule:
    """A rule as a record; see `Rule`."""

    name: str
    summary: str
    example: tuple[str, str]
    counterexample: str
    calls: tuple[str, ...]
    rewrites: Callable[[Function], Iterator[Rewrite]]


def rule(
    name: str, summary: str, *, before: str, after: str, leaves: str, calls: tuple[str, ...]
) -> Callable[[Callable[[Function], Iterator[Rewrite]]], PythonRule]:
    """Decorate the generator that finds a rule's matches; texts are dedented."""

    def clean(text: str) -> str:
        return dedent(text).lstrip("\n")

    def make(rewrites: Callable[[Function], Iterator[Rewrite]]) -> PythonRule:
        return PythonRule(
            name, summary, (clean(before), clean(after)), clean(leaves), calls, rewrites
        )

    return make
