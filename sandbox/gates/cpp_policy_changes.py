"""Uses of the file's own variables that could change them: all but those known to read only."""

from collections.abc import Iterator

from tree_sitter import Node

from perfbot.sandbox.gates.cpp_policy_nodes import functions_around, specifiers, text_of, walk
from perfbot.sandbox.gates.policy_view import Finding

_THROUGH = ("subscript_expression", "field_expression", "parenthesized_expression")
_READING_METHODS = frozenset({"size", "empty", "count", "contains", "length", "capacity"})
_READING_CALLS = frozenset({"min", "max", "abs", "fabs", "clamp", "sqrt", "sizeof"})
_READING_PARENTS = frozenset(
    {
        *("return_statement", "condition_clause", "conditional_expression", "cast_expression"),
        *("sizeof_expression", "subscript_argument_list", "if_statement", "while_statement"),
        *("for_statement", "switch_statement", "expression_statement", "comma_expression"),
    }
)


def change_findings(root: Node, names: frozenset[str]) -> Iterator[Finding]:
    """Yield each use of one of these variables, in a function, that may change it."""
    for node in walk(root) if names else ():
        is_use = node.type == "identifier" and text_of(node) in names
        if is_use and functions_around(node) and not _only_reads(node):
            line = node.start_point[0] + 1
            yield Finding("state", f"a change to the variable `{text_of(node)}`", line)


def _only_reads(node: Node) -> bool:
    """Whether a use gives no more than a value: an element, or a number."""
    child, parent = node, node.parent
    while parent is not None and parent.type in _THROUGH:
        child, parent = parent, parent.parent
    if parent is None or parent.type in _READING_PARENTS:
        return True
    if parent.type == "binary_expression":
        return _is_operand(node, child, parent)
    if parent.type == "unary_expression":
        return True
    if parent.type == "assignment_expression":
        return child == parent.child_by_field_name("right") and child != node
    if parent.type == "init_declarator":
        declared = parent.child_by_field_name("declarator")
        if declared is None or parent.parent is None:
            return False
        if declared.type == "pointer_declarator":
            return "const" in specifiers(parent.parent)
        return child != node and declared.type == "identifier"
    if parent.type == "call_expression" and child.type == "field_expression":
        field = child.child_by_field_name("field")
        return field is not None and text_of(field) in _READING_METHODS
    if parent.type == "argument_list" and parent.parent is not None:
        function = parent.parent.child_by_field_name("function")
        return function is not None and text_of(function).rpartition("::")[2] in _READING_CALLS
    if parent.type == "for_range_loop":
        declared = parent.child_by_field_name("declarator")
        return declared is not None and declared.type == "identifier"
    return False


def _is_operand(node: Node, child: Node, parent: Node) -> bool:
    """Whether an operator takes its value: an array plus a number is a pointer into it."""
    operator = parent.child_by_field_name("operator")
    sign = text_of(operator) if operator is not None else ""
    if sign == ">>":
        return child == parent.child_by_field_name("left")
    return child != node or sign not in ("+", "-") or parent.parent is None or not _points(parent)


def _points(sum_node: Node) -> bool:
    """Whether what is summed is used as an address: looked through, kept or handed on."""
    above = sum_node.parent
    while above is not None and above.type == "parenthesized_expression":
        above = above.parent
    return above is not None and above.type in (
        *("pointer_expression", "init_declarator", "argument_list", "subscript_expression"),
    )
