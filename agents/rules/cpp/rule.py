"""Makes a rule for C++ or C from the generator that finds its matches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent

from perfbot.agents.rules.cpp.function import CppFunction
from perfbot.agents.rules.rule import Rewrite

Finder = Callable[[CppFunction], Iterator[Rewrite]]


@dataclass(frozen=True, slots=True)
class CppRule:
    """A rule as a record; see `perfbot.agents.rules.rule.Rule`."""

    name: str
    summary: str
    example: tuple[str, str]
    counterexample: str
    calls: tuple[str, ...]
    rewrites: Finder
    languages: tuple[str, ...]


def rule(
    name: str,
    summary: str,
    *,
    before: str,
    after: str,
    leaves: str,
    calls: tuple[str, ...],
    languages: tuple[str, ...] = ("cpp",),
) -> Callable[[Finder], CppRule]:
    """Decorate the generator that finds a rule's matches; texts are dedented.

    The example is C where `languages` has `c`, else C++17. The calls are lists of arguments, on
    which both texts agree; those of an example in C are conditions that hold for both.
    """

    def clean(text: str) -> str:
        return dedent(text).lstrip("\n")

    def make(rewrites: Finder) -> CppRule:
        example = clean(before), clean(after)
        return CppRule(name, summary, example, clean(leaves), calls, rewrites, languages)

    return make
