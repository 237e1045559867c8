"""What probably costs time in a function, as labels read off its syntax tree."""

import importlib
import re
from typing import Any

from perfbot.agents.difficulty import SYNTAX, calls_itself

_LOOPS = frozenset(
    {
        *("for_statement", "while_statement", "for_range_loop", "do_statement"),
        *("list_comprehension", "set_comprehension", "dictionary_comprehension"),
        "generator_expression",
    }
)
_CALLS = {
    "search in a loop": {"index", "count", "find", "rfind", "count_if", "find_if", "strstr"},
    "whole scan in a loop": {"sum", "min", "max", "any", "all", "accumulate", "strlen"},
    "sort in a loop": {"sorted", "sort", "stable_sort"},
    "front of a list": {"erase", "popleft", "appendleft"},
    "copy in a loop": {"list", "copy", "deepcopy", "substr", "dict", "set"},
    "text in a loop": {"join", "replace", "format", "to_string", "strcat"},
    "building in a loop": {"append", "push_back", "emplace_back", "add", "extend"},
}
_ARITHMETIC = frozenset({"%", "//", "/", "**", "%=", "//=", "/="})


def bottlenecks(source: str, language: str) -> frozenset[str]:
    """The labels of a function's text; text that does not parse has those that can be seen."""
    syntax: Any = importlib.import_module(SYNTAX[language])
    root = syntax.parse_tree(source.encode("utf-8", "replace")).root_node
    found: set[str] = set()
    waiting: list[tuple[Any, int, frozenset[str]]] = [(root, 0, frozenset())]
    while waiting:
        node, depth, inside = waiting.pop()
        if node.type == "function_definition":
            inside |= {_defined(node)}
        found |= _labels(node, depth, inside)
        depth += node.type in _LOOPS
        found |= {"loop in a loop"} if depth > 1 else set()
        waiting += [(child, depth, inside) for child in node.children]
    return frozenset(found)


def _labels(node: Any, depth: int, inside: frozenset[str]) -> set[str]:
    """What one node says, `depth` loops deep, inside the functions of these names."""
    found: set[str] = set()
    if node.type in ("call", "call_expression"):
        name, arguments = _call(node)
        if any(calls_itself(node, outer) for outer in inside):
            found.add("recursion")
        if name in ("pop", "insert") and re.match(r"\(\s*(0\b|\w+\.begin\(\))", arguments):
            found.add("front of a list")
        if depth:
            found |= {label for label, names in _CALLS.items() if name in names}
    elif not depth:
        return found
    elif node.type == "comparison_operator" and _has(node, "in", "not in"):
        found.add("search in a loop")
    elif node.type == "slice":
        found.add("copy in a loop")
    elif node.type == "augmented_assignment" and re.search(r"['\"]|str\(", _text(node)):
        found.add("text in a loop")
    elif node.type in _ARITHMETIC:
        found.add("arithmetic in a loop")
    return found


def _defined(function: Any) -> str:
    """The name that a definition defines."""
    name = function.child_by_field_name("name") or function.child_by_field_name("declarator")
    words = re.findall(r"\w+", _text(name).partition("(")[0]) if name else []
    return words[-1] if words else ""


def _call(node: Any) -> tuple[str, str]:
    """The last name of what is called, and the arguments' text."""
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    words = re.findall(r"\w+", re.sub(r"<.*", "", _text(function))) if function else []
    return (words[-1] if words else ""), (_text(arguments) if arguments else "")


def _has(node: Any, *operators: str) -> bool:
    return any(child.type in operators for child in node.children)


def _text(node: Any) -> str:
    return node.text.decode("utf-8", "replace") if node is not None else ""
