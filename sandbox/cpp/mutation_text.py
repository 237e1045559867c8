"""The one text that holds all mutants: each fault beside what it replaces, and what chooses."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from perfbot.sandbox.cpp.mutation_operators import Change, Form

if TYPE_CHECKING:
    from tree_sitter import Node

SWITCH = "perfbot_mutant"
"""The variable that chooses: a volatile `int` with C linkage, exported."""
EXPORTED = '__attribute__((visibility("default"))) '


@dataclass(frozen=True, slots=True)
class Region:
    """Lines [first, last], 1-based, that are there for mutants alone."""

    first: int
    last: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """The mutants of one node that are switched in one way."""

    start: int
    end: int
    form: Form
    faults: tuple[tuple[int, str, str], ...]
    """Number, text and operator."""


def render(
    data: bytes, numbered: Sequence[tuple[int, Change]], *, top: int, function: "Node", is_c: bool
) -> tuple[str, list[Region]]:
    """A file with `numbered` changes switched by `SWITCH`, which is declared at byte `top`."""
    ordered = sorted(numbered, key=lambda item: (*_outside_in(item[1]), item[0]))
    groups = [
        _Group(*key, tuple((number, change.text, change.operator) for number, change in same))
        for key, same in groupby(
            ordered, key=lambda item: (item[1].start, item[1].end, item[1].form)
        )
    ]
    text = _Text(data, is_c)
    text.add(data[:top].decode())
    text.add(_declaration(is_c))
    text.add_span(top, len(data), groups, constexpr_of(function))
    return "".join(text.pieces), text.regions


def constexpr_of(function: "Node") -> tuple[int, int] | None:
    """The span of a function's `constexpr`: one that reads the switch is none."""
    for child in function.children:
        if child.text == b"constexpr":
            return child.start_byte, child.end_byte
    return None


def _outside_in(change: Change) -> tuple[int, int, int]:
    return change.start, -change.end, -change.form


def _declaration(is_c: bool) -> str:
    if is_c:
        return f"\n{EXPORTED}volatile int {SWITCH} = 0;\n"
    return f'\nextern "C" {{ {EXPORTED}volatile int {SWITCH} = 0; }}\n'


class _Text:
    """The text so far, and the lines in it that mutants have.

    Every fault has lines of its own, so that a compiler's complaint tells whose it is. Original
    text is followed by a new line before anything closes it: it may end in a comment.
    """

    def __init__(self, data: bytes, is_c: bool) -> None:
        self.pieces: list[str] = []
        self.regions: list[Region] = []
        self._data = data
        self._is_c = is_c
        self._line = 1

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        self._line += piece.count("\n")

    def add_span(
        self, start: int, end: int, groups: Sequence[_Group], dropped: tuple[int, int] | None = None
    ) -> None:
        """Bytes [start, end) with the `groups` in them; the outer of two comes first."""
        if dropped is not None:
            self.add_span(start, dropped[0], ())
            self.add("inline")
            start = dropped[1]
        at = 0
        while at < len(groups):
            group = groups[at]
            after = at + 1
            while after < len(groups) and groups[after].start < group.end:
                after += 1
            self.add(self._raw(start, group.start))
            self._add_group(group, groups[at + 1 : after])
            start, at = group.end, after
        self.add(self._raw(start, end))

    def _add_group(self, group: _Group, inner: Sequence[_Group]) -> None:
        first = self._line + 1
        is_statement = group.form is Form.STATEMENT
        self.add("\n{ " if is_statement else "\n(")
        for number, text, operator in group.faults:
            self._add_fault(group, number, text, operator)
        if is_statement:
            self.add("{\n")
            self.add_span(group.start, group.end, inner)
            self.add("\n} }\n")
        else:
            self.add("(\n")
            self.add_span(group.start, group.end, inner)
            self.add("\n) ? 1 : 0)\n" if group.form is Form.CONDITION else "\n))\n")
        numbers = tuple(number for number, _, _ in group.faults)
        self.regions.append(Region(first, self._line - 1, numbers))

    def _add_fault(self, group: _Group, number: int, text: str, operator: str) -> None:
        first = self._line
        if group.form is Form.STATEMENT:
            self.add(f"if ({SWITCH} == {number}) {{\n{text}\n}} else\n")
        elif group.form is Form.CONDITION:
            self.add(f"{SWITCH} == {number} ? ((\n{text}\n) ? 1 : 0) :\n")
        else:
            original = self._raw(group.start, group.end)
            cast = self._cast(original, text)
            self.add(f"{SWITCH} == {number} ? {cast}(\n{text}\n) :\n")
        self.regions.append(Region(first, self._line - 1, (number,)))

    def _cast(self, original: str, text: str) -> str:
        """To the type and value category of the original, which `?:` then has as well."""
        if not self._is_c:
            return f"static_cast<decltype((\n{original}\n))>"
        return "" if text.startswith('"') else f"(__typeof__(\n{original}\n))"

    def _raw(self, start: int, end: int) -> str:
        return self._data[start:end].decode()
