"""Pieces of C++ with holes, and the places of a tree that they fit.

A hole is a name that begins with `$`: `$x` stands for one node, and for equal text wherever it
occurs again; `$$x` stands for any number of statements. Layout, comments, `const`, `std::`,
parentheses, the braces of a single statement, and how 1 is added do not matter.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfbot.sandbox.cpp.tokens import normalised
from perfbot.sandbox.languages.cpp_tree import parse_tree, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

Bound = dict[str, list["Node"]]
"""What each hole of a pattern stands for; one node but for `$$` holes."""

_STEPS = {"+=": "+", "-=": "-", "++": "+", "--": "-"}
_MIRRORED = {">": "<", ">=": "<="}
_SYMMETRIC = frozenset({"==", "!="})
_LEFT_OUT = frozenset({"comment", "type_qualifier"})


@dataclass(frozen=True, slots=True)
class Pattern:
    """One or more statements, or an expression, with holes."""

    nodes: tuple["Node", ...]

    def match(self, node: "Node") -> Bound | None:
        """What the holes stand for where this one node fits, else None."""
        if len(self.nodes) != 1:
            return None
        return next(_unify(self.nodes[0], node, {}), None)

    def fits(self, node: "Node") -> bool:
        """Whether this one node fits."""
        return self.match(node) is not None

    def match_run(self, node: "Node") -> tuple[Bound, "Node"] | None:
        """As `match`, for the statements from `node` on; the last one that fits comes with it."""
        last, run = node, [node]
        while len(run) < len(self.nodes):
            following = following_statement(last)
            if following is None:
                return None
            run.append(following)
            last = following
        bound = next(_unify_all(self.nodes, run, {}), None)
        return None if bound is None else (bound, last)


@functools.cache
def statements(text: str) -> Pattern:
    """The pattern of one or more statements."""
    root = parse_tree(f"void f() {{ {text} }}".encode()).root_node
    body = root.named_children[0].child_by_field_name("body")
    if root.has_error or body is None:
        raise ValueError(f"no statements: {text}")
    return Pattern(tuple(body.named_children))


@functools.cache
def expression(text: str) -> Pattern:
    """The pattern of one expression."""
    return Pattern((statements(f"{text};").nodes[0].named_children[0],))


def following_statement(node: "Node") -> "Node | None":
    """The statement after one in its block, comments passed over."""
    sibling = node.next_named_sibling
    while sibling is not None and sibling.type == "comment":
        sibling = sibling.next_named_sibling
    return sibling


def previous_statement(node: "Node") -> "Node | None":
    """The statement before one in its block, comments passed over."""
    sibling = node.prev_named_sibling
    while sibling is not None and sibling.type == "comment":
        sibling = sibling.prev_named_sibling
    return sibling


def plain(node: "Node") -> "Node":
    """A node without parentheses around it, or the braces around a single statement."""
    while node.type in ("parenthesized_expression", "compound_statement", "else_clause"):
        inner = [child for child in node.named_children if child.type != "comment"]
        if len(inner) != 1 or inner[0].type == "declaration":
            break
        node = inner[0]
    return node


def same(one: "Node", other: "Node") -> bool:
    """Whether two nodes are the same code."""
    return normalised(text_of(one)) == normalised(text_of(other))


def _unify(pattern: "Node", node: "Node", bound: Bound) -> Iterator[Bound]:
    """Yield what holes stand for, each way that a node fits a pattern."""
    pattern, node = plain(pattern), plain(node)
    hole = _hole(pattern)
    if hole is not None:
        before = bound.get(hole)
        if before is None:
            yield {**bound, hole: [node]}
        elif len(before) == 1 and same(plain(before[0]), node):
            yield bound
        return
    step, other = _step(pattern), _step(node)
    if step is not None and other is not None:
        if step[0] == other[0]:
            yield from _unify(step[1], other[1], bound)
        return
    pattern, node = _unqualified(pattern), _unqualified(node)
    if pattern.type != node.type and not {pattern.type, node.type} <= _NAMES:
        return
    if pattern.type == "binary_expression":
        yield from _unify_binary(pattern, node, bound)
    elif pattern.type == "init_declarator":
        yield from _unify_all(_initialised(pattern), _initialised(node), bound)
    elif pattern.type == "number_literal":
        if text_of(pattern) == text_of(node).rstrip("uUlLzZ"):
            yield bound
    elif not pattern.named_children and not node.named_children:
        if text_of(pattern) == text_of(node):
            yield bound
    else:
        yield from _unify_all(_parts(pattern), _parts(node), bound)


_NAMES = frozenset({"identifier", "type_identifier", "field_identifier", "namespace_identifier"})


def _unify_all(
    patterns: Sequence["Node"], nodes: Sequence["Node"], bound: Bound
) -> Iterator[Bound]:
    if not patterns:
        if not nodes:
            yield bound
        return
    hole = _hole(patterns[0])
    if hole is not None and hole.startswith("$$"):
        for count in range(len(nodes), -1, -1):
            yield from _unify_all(patterns[1:], nodes[count:], {**bound, hole: [*nodes[:count]]})
    elif nodes:
        for found in _unify(patterns[0], nodes[0], bound):
            yield from _unify_all(patterns[1:], nodes[1:], found)


def _unify_binary(pattern: "Node", node: "Node", bound: Bound) -> Iterator[Bound]:
    sign, left, right = _operation(pattern)
    other, node_left, node_right = _operation(node)
    if sign != other:
        return
    yield from _unify_all([left, right], [node_left, node_right], bound)
    if sign in _SYMMETRIC:
        yield from _unify_all([left, right], [node_right, node_left], bound)


def _operation(node: "Node") -> tuple[str, "Node", "Node"]:
    """Sign and operands; `a > b` as `b < a`."""
    left, sign, right = [child for child in node.children if child.type != "comment"]
    if sign.type in _MIRRORED:
        return _MIRRORED[sign.type], right, left
    return sign.type, left, right


def _hole(node: "Node") -> str | None:
    if node.type == "expression_statement" and node.named_child_count == 1:
        node = node.named_children[0]
    text = node.text or b""
    return text.decode() if text[:1] == b"$" and not node.named_children else None


def _step(node: "Node") -> tuple[str, "Node"] | None:
    """`+` or `-` and what 1 is added to or taken from, however it is written."""
    if node.type == "update_expression":
        operator = node.child_by_field_name("operator")
        argument = node.child_by_field_name("argument")
        if operator is not None and argument is not None:
            return _STEPS[operator.type], argument
    if node.type == "assignment_expression":
        left, operator, right = (
            node.child_by_field_name(name) for name in ("left", "operator", "right")
        )
        if left is None or operator is None or right is None:
            return None
        if operator.type in _STEPS and text_of(right).rstrip("uUlL") == "1":
            return _STEPS[operator.type], left
    return None


def _unqualified(node: "Node") -> "Node":
    """`find` of `std::find`."""
    if node.type == "qualified_identifier":
        scope, name = node.child_by_field_name("scope"), node.child_by_field_name("name")
        if name is not None and (scope is None or scope.text == b"std"):
            return name
    return node


def _initialised(node: "Node") -> list["Node"]:
    """The declarator, and its value however it is given: `= 0`, `{0}` or `(0)`."""
    declarator, value = node.child_by_field_name("declarator"), node.child_by_field_name("value")
    if declarator is None or value is None:
        return list(node.named_children)
    if value.type in ("initializer_list", "argument_list") and value.named_child_count == 1:
        value = value.named_children[0]
    return [declarator, value]


def _parts(node: "Node") -> list["Node"]:
    return [child for child in node.children if child.type not in _LEFT_OUT]
