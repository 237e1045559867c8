"""Functions compiled for more than every CPU has: each use must follow a test of the CPU."""

from collections.abc import Iterator

from tree_sitter import Node

from perfbot.sandbox.gates.cpp_policy_nodes import functions_around, name_of, text_of, walk
from perfbot.sandbox.gates.policy_view import Finding


def dispatch_findings(root: Node, target_name: str) -> Iterator[Finding]:
    """Yield what uses such a function where no test of the CPU guards it."""
    special: dict[str, frozenset[str]] = {}
    for node in walk(root):
        if node.type == "function_definition":
            features = _features(node)
            declarator = node.child_by_field_name("declarator")
            name = name_of(declarator) if declarator is not None else None
            if features and name:
                special[name] = features
                if name == target_name:
                    yield Finding(
                        "targets", "`target` on the function itself", node.start_point[0] + 1
                    )
    for node in walk(root) if special else ():
        if node.type not in ("identifier", "field_identifier"):
            continue
        name = text_of(node)
        if name not in special:
            continue
        around = functions_around(node)
        inside = around and special.get(_own_name(around[-1]), frozenset()) >= special[name]
        if not inside and around and not _is_guarded(node, special[name]):
            yield Finding(
                "targets", f"`{name}` called without a test of the CPU", node.start_point[0] + 1
            )


def _own_name(function: Node) -> str:
    declarator = function.child_by_field_name("declarator")
    return (name_of(declarator) if declarator is not None else None) or ""


def _features(function: Node) -> frozenset[str]:
    """What the `target` attribute of a function names."""
    body = function.child_by_field_name("body")
    head = text_of(function)[: (body.start_byte - function.start_byte) if body else None]
    before, found, after = head.replace(" ", "").partition("target")
    opened = after.lstrip("_")
    if not found or not opened.startswith('("') or before[-1:].isalnum():
        return frozenset()
    return frozenset(opened[2:].partition('"')[0].split(","))


def _is_guarded(node: Node, features: frozenset[str]) -> bool:
    """Whether it runs only where `__builtin_cpu_supports` said yes to every feature."""
    child, parent = node, node.parent
    while parent is not None and parent.type != "function_definition":
        if parent.type in ("if_statement", "conditional_expression"):
            condition = parent.child_by_field_name("condition")
            taken = parent.child_by_field_name("consequence")
            asked = text_of(condition).replace(" ", "") if condition is not None else ""
            if taken == child and "!" not in asked and "||" not in asked:
                left = {f for f in features if f'__builtin_cpu_supports("{f}")' not in asked}
                features = frozenset(left)
        child, parent = parent, parent.parent
    return not features
