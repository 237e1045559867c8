"""Checks for memory that ran out: no input of a test makes `malloc` fail.

`if (row == NULL) return -1;` behind `row = malloc(...)` is what C has to write, and what no
argument can reach while memory lasts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from perfbot.sandbox.languages.cpp_tree import parse_tree, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

ALLOCATORS = frozenset({"malloc", "calloc", "realloc", "aligned_alloc", "strdup", "strndup"})
_TEST = re.compile(
    r"\(\s*(?:(\w+)\s*==\s*(?:NULL|nullptr|0)|(?:NULL|nullptr|0)\s*==\s*(\w+)|!\s*(\w+))\s*\)"
)
_CAST = ("cast_expression", "parenthesized_expression")


def null_checks(source: str, spans: Sequence[tuple[int, int]]) -> set[int]:
    """The lines (1-based) in `spans` that ask whether an allocation failed, and what then runs.

    Only where all that the asked name ever holds comes from an allocator.
    """
    root = parse_tree(source.encode()).root_node
    found: set[int] = set()
    for function in _all(root, "function_definition"):
        if not any(_line(function) <= last and first <= _last(function) for first, last in spans):
            continue
        held = _held(function)
        for node in _all(function, "if_statement"):
            condition = node.child_by_field_name("condition")
            match = _TEST.fullmatch(text_of(condition)) if condition is not None else None
            name = next(filter(None, match.groups()), None) if match else None
            if name is not None and held.get(name) is True:
                then = node.child_by_field_name("consequence") or node
                found.update(range(_line(node), _last(then) + 1))
    return found


def _held(function: "Node") -> dict[str, bool]:
    """Whether each name that is given a value only ever gets what an allocator returns."""
    found: dict[str, bool] = {}
    for node in [*_all(function, "init_declarator"), *_all(function, "assignment_expression")]:
        left = node.child_by_field_name("declarator") or node.child_by_field_name("left")
        right = node.child_by_field_name("value") or node.child_by_field_name("right")
        while left is not None and left.type == "pointer_declarator":
            left = left.child_by_field_name("declarator")
        if left is not None and left.type == "identifier" and right is not None:
            name = text_of(left)
            found[name] = found.get(name, True) and _allocates(right)
    return found


def _allocates(node: "Node") -> bool:
    while node.type in _CAST:
        node = node.child_by_field_name("value") or node.named_children[-1]
    called = node.child_by_field_name("function") if node.type == "call_expression" else None
    return called is not None and text_of(called).removeprefix("std::") in ALLOCATORS


def _all(root: "Node", kind: str) -> Iterator["Node"]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == kind:
            yield node
        waiting += node.named_children


def _line(node: "Node") -> int:
    return node.start_point[0] + 1


def _last(node: "Node") -> int:
    return node.end_point[0] + 1
