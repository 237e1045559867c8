"""Where a C++ or C function has conditions: only there are gcov's branches a person's."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfbot.sandbox.languages.cpp_tree import parse_tree, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

ASKING = {
    "if_statement": "condition", "while_statement": "condition", "do_statement": "condition",
    "for_statement": "condition", "for_range_loop": "right", "conditional_expression": "condition",
}  # fmt: skip
LOGICAL = frozenset(["&&", "||", "and", "or"])
ASKS = re.compile(r"&&|\|\||\?|\b(if|while|for|switch)\b")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What each line asks; lines are 1-based."""

    lines: dict[int, int]
    """How many conditions a line has at least; each `&&` and `||` adds one."""
    switches: dict[int, int]
    """Lines where a switch chooses, and how many ways may stay unused there: a switch over names
    without a `default` has all the values there are."""
    made: frozenset[int]
    """Lines on which the compiler asks something besides: whether to delete, to cast, to set up a
    static, to take an exception."""
    handlers: frozenset[int]
    """Lines that hold all of a `catch` and of what it guards: only a throw tells that it ran."""


def conditions_in(text: str, spans: Sequence[tuple[int, int]]) -> Conditions:
    """The conditions in the lines of `spans` (both ends included)."""
    data = text.encode()
    macros = _asking_macros(text)
    lines: Counter[int] = Counter()
    switches: dict[int, int] = {}
    made: set[int] = set()
    handlers: set[int] = set()
    for node in _nodes(parse_tree(data).root_node, spans):
        first, last = node.start_point[0] + 1, node.end_point[0] + 1
        if node.type == "switch_statement":
            asked = node.child_by_field_name("condition") or node
            spared = _spared(node)
            for line in range(first, asked.end_point[0] + 2):
                switches[line] = switches.get(line, 0) + spared
        elif node.type in ASKING and not _is_constexpr(node):
            condition = node.child_by_field_name(ASKING[node.type])
            if condition is None:
                continue  # for (;;)
            asks = condition.start_point[0] + 1
            lines[asks] += 1
            # gcov may give a branch to any line from the keyword to the condition's end.
            from_line = asks if node.type == "do_statement" else first
            for line in range(from_line, condition.end_point[0] + 2):
                lines[line] += 0
        elif node.type == "binary_expression" and _sign(node) in LOGICAL:
            for line in range(first, last + 1):
                lines[line] += 0
            right = node.child_by_field_name("right")
            lines[first if right is None else right.start_point[0] + 1] += 1
        elif node.type == "call_expression" and _called(node) in macros:
            lines[first] += macros[_called(node)]
        elif _is_made(node):
            made.update(range(first, last + 1))
        if node.type == "catch_clause":
            made.add(first)
            if _tells_nothing(node):
                handlers.add(first)
    return Conditions(dict(lines), switches, frozenset(made), frozenset(handlers))


def _nodes(root: "Node", spans: Sequence[tuple[int, int]]) -> Iterator["Node"]:
    stack = [root]
    while stack:
        node = stack.pop()
        first, last = node.start_point[0] + 1, node.end_point[0] + 1
        if any(first <= end and start <= last for start, end in spans):
            yield node
            stack.extend(node.children)


def _asking_macros(text: str) -> dict[str, int]:
    """The file's own macros that ask something, and how many things."""
    whole = text.replace("\\\n", " ")
    found = re.findall(r"(?m)^[ \t]*#[ \t]*define[ \t]+(\w+)\([^)]*\)(.*)$", whole)
    return {name: len(ASKS.findall(body)) for name, body in found if ASKS.search(body)}


def _spared(node: "Node") -> int:
    """1 for a switch without a `default` whose cases are names, as of an enum; else 0."""
    body = node.child_by_field_name("body")
    cases = [item for item in _inside(body, "case_statement")] if body is not None else []
    values = [item.child_by_field_name("value") for item in cases]
    if None in values:
        return 0
    names = ("identifier", "qualified_identifier")
    return int(bool(values) and all(v is not None and v.type in names for v in values))


def _inside(node: "Node", kind: str) -> Iterator["Node"]:
    """The nodes of a kind that are not inside another switch."""
    for child in node.children:
        if child.type == kind:
            yield child
        if child.type != "switch_statement":
            yield from _inside(child, kind)


def _tells_nothing(node: "Node") -> bool:
    """Whether a `catch` is on one line with its `try`, in which no `throw` is written."""
    guarded = node.parent
    if guarded is None or guarded.start_point[0] != node.end_point[0]:
        return False
    return not any(_inside(guarded, "throw_statement"))


def _is_constexpr(node: "Node") -> bool:
    return any(child.type == "constexpr" for child in node.children)


def _sign(node: "Node") -> str:
    token = node.child_by_field_name("operator")
    return text_of(token) if token is not None else ""


def _called(node: "Node") -> str:
    called = node.child_by_field_name("function")
    return text_of(called) if called is not None else ""


def _is_made(node: "Node") -> bool:
    if node.type in ("delete_expression", "new_expression"):
        return True
    if node.type == "declaration":
        return any(text_of(child) in ("static", "thread_local") for child in node.children)
    return node.type == "call_expression" and _called(node).startswith("dynamic_cast")
