"""A C++ or C file and one function of it: text, positions, headers, new names."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from perfbot.agents.rules.source import Replacement
from perfbot.sandbox.languages.cpp_tree import Definition, definitions, parse_tree

if TYPE_CHECKING:
    from tree_sitter import Node

_INCLUDE = re.compile(rb"^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"\n]+)[>\"][^\n]*(?:\n|$)", re.M)
_GUARD = re.compile(
    rb"\A(?:\s|//[^\n]*|/\*.*?\*/)*#[ \t]*ifndef[ \t]+(\w+)\s+#[ \t]*define[ \t]+(\w+)",
    re.DOTALL,
)
_WORD = re.compile(r"[^\W\d]\w*")
_EVERYTHING = "bits/stdc++.h"


class CppFile:
    """A parsed file. Offsets are UTF-8 bytes, as in the tree's nodes."""

    def __init__(self, text: str, *, is_c: bool) -> None:
        self.text = text
        self.data = text.encode()
        self.is_c = is_c
        self.tree = parse_tree(self.data)
        self.newline = "\r\n" if b"\r\n" in self.data else "\n"

    @cached_property
    def definitions(self) -> list[Definition]:
        """The functions that can be targets, in the order of the text."""
        return list(definitions(self.tree.root_node))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the text: a fresh name is none of these."""
        return frozenset(_WORD.findall(self.text))

    @cached_property
    def headers(self) -> frozenset[str]:
        """What the file includes, e.g. `vector`; all it could need where that is included."""
        return frozenset(match[1].decode() for match in _INCLUDE.finditer(self.data))

    def lacks(self, header: str) -> bool:
        """Whether the file includes neither a header nor everything at once."""
        return not {header, _EVERYTHING} & self.headers

    def include(self, lines: Iterable[str]) -> list[Replacement]:
        """`#include` lines put below the file's last one at its top level, or at its very top."""
        new = "".join(f"{line}{self.newline}" for line in lines)
        if not new:
            return []
        at, depth = 0, 0
        for match in re.finditer(rb"^[ \t]*#[ \t]*(\w+)[^\n]*(?:\n|$)", self.data, re.M):
            word = match[1]
            depth += word.startswith(b"if") - (word == b"endif")
            guard = depth == 1 and word == b"include" and self._is_guarded
            if (depth == 0 and word == b"include") or guard:
                at = match.end()
        ends_line = at == 0 or self.data[:at].endswith(b"\n")
        gap = self.newline if at == 0 and self.data.strip() else ""
        return [Replacement(at, at, ("" if ends_line else self.newline) + new + gap)]

    @cached_property
    def _is_guarded(self) -> bool:
        """Whether all of the file stands inside `#ifndef NAME`."""
        found = _GUARD.search(self.data)
        return found is not None and found[1] == found[2]

    def line_start(self, at: int) -> int:
        """Where the line that holds an offset begins."""
        return self.data.rfind(b"\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """The offset behind the newline of the line that holds an offset."""
        end = self.data.find(b"\n", at)
        return len(self.data) if end < 0 else end + 1

    def indent_at(self, at: int) -> str:
        """The white space that the line of an offset begins with."""
        start = self.line_start(at)
        line = self.data[start : self.line_end(at)]
        return line[: len(line) - len(line.lstrip(b" \t"))].decode()

    def apply(self, replacements: Iterable[Replacement]) -> str:
        """The file's text with non-overlapping replacements made."""
        data = self.data
        for piece in reversed(sorted(replacements, key=lambda r: (r.start, r.end))):
            text = piece.text.replace("\r\n", "\n").replace("\n", self.newline)
            data = data[: piece.start] + text.encode() + data[piece.end :]
        return data.decode()


def walk(node: "Node") -> Iterator["Node"]:
    """A node and all below it, in the order of the text."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.named_children))
