"""How hard a function looks to make faster, by its text alone: no model is asked about that."""

import importlib
import re
from dataclasses import dataclass
from typing import Any

from perfbot.sandbox.target import Target

MANY_PATHS = 10
"""Paths through a function from which on it is hard to follow.
Source: McCabe, "A Complexity Measure", IEEE TSE 2(4), 1976, section VI: 10 as an upper limit."""
MANY_LINES = 40
"""Lines of code, without blank ones, comments and the docstring: more than one screen."""
LARGE_SHARE = 0.5
"""From this share of the profile on a better answer is worth a dearer question."""
DIFFICULT = 2
"""So many reasons make a function difficult. Of the replies of Llama-3.1-405B to 199 functions of
COFFE 97 % pass the tests where there is none, 69 % with one, 57 % with two or more."""
_LOOPS = frozenset(
    {"for_statement", "while_statement", "for_range_loop", "do_statement", "for_in_clause"}
)
_FORKS = frozenset(
    {
        *("if_statement", "elif_clause", "if_clause", "case_clause", "case_statement"),
        *("except_clause", "catch_clause", "conditional_expression", "boolean_operator"),
        *("&&", "||"),
    }
)
_COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"}
)
_UNTYPED = frozenset(
    {"identifier", "default_parameter", "list_splat_pattern", "dictionary_splat_pattern"}
)
SYNTAX = {
    "python": "perfbot.sandbox.languages.python",
    "cpp": "perfbot.sandbox.languages.cpp",
    "c": "perfbot.sandbox.languages.cpp",
}
"""The module that reads a language's texts; imported where it is used, as a parser is no light one.
"""


@dataclass(frozen=True, slots=True)
class Difficulty:
    """What was counted in a function."""

    lines: int
    paths: int
    """Linearly independent paths (cyclomatic complexity)."""
    loops: int
    """The deepest nesting of loops, comprehensions among them."""
    untyped: int
    """Parameters of which the text does not say the type."""
    recursive: bool
    language: str
    share: float | None = None
    """Of the profiled time of the project's tests, 0 to 1; None where no profile was made."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is difficult, each in a few words."""
        found = [
            (self.lines > MANY_LINES, f"{self.lines} lines"),
            (self.paths > MANY_PATHS, f"{self.paths} paths"),
            (self.loops >= 2, f"loops {self.loops} deep"),
            (self.recursive, "recursion"),
            (self.untyped > 0, "types not declared"),
            (self.language != "python", "C or C++"),
            (self.share is not None and self.share >= LARGE_SHARE, "most of the profile"),
        ]
        return tuple(words for holds, words in found if holds)

    @property
    def simple(self) -> bool:
        """Whether a cheap model and a short question come first."""
        return len(self.reasons) < DIFFICULT

    def __str__(self) -> str:
        return f"{'simple' if self.simple else 'difficult'} ({', '.join(self.reasons) or 'short'})"


def difficulty(target: Target, share: float | None = None) -> Difficulty:
    """Count what makes a function difficult; text that does not parse is counted as far as it does.

    `share` is the function's part of the profiled time, 0 to 1.
    """
    syntax: Any = importlib.import_module(SYNTAX[target.language])
    root = syntax.parse_tree(target.source.encode()).root_node
    name = re.findall(r"\w+", re.sub(r"[(<].*", "", target.qualname))[-1]
    paths, deepest, recursive = 1, 0, False
    waiting: list[tuple[Any, int]] = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        if node.type in _LOOPS or node.type in _FORKS:
            paths += 1
        elif node.type in ("call", "call_expression"):
            recursive |= calls_itself(node, name)
        if node.type in _COMPREHENSIONS:
            depth += sum(child.type == "for_in_clause" for child in node.children)
        elif node.type in _LOOPS and node.type != "for_in_clause":
            depth += 1
        deepest = max(deepest, depth)
        waiting += [(child, depth) for child in node.children]
    return Difficulty(
        lines=_lines(root, target.source),
        paths=paths,
        loops=deepest,
        untyped=_untyped(root) if target.language == "python" else 0,
        recursive=recursive,
        language=target.language,
        share=share,
    )


def calls_itself(call: Any, name: str) -> bool:
    """Whether a call inside the function `name` is one of it: a namesake of another object is not.

    `call` is a node of a syntax tree; `f()`, `self.f()`, `this->f()` and `a::f<int>()` are calls.
    """
    function = call.child_by_field_name("function")
    text = re.sub(r"<.*", "", function.text.decode("utf-8", "replace")) if function else ""
    return bool(re.fullmatch(rf"((self|cls)\.|this->|[\w:]+::)?{re.escape(name)}", text))


def _function(root: Any) -> Any | None:
    """The first function's definition in a tree."""
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        if node.type == "function_definition":
            return node
        waiting += node.children
    return None


def _untyped(root: Any) -> int:
    """Parameters without an annotation; the first of a method (self, cls) needs none."""
    function = _function(root)
    parameters = function.child_by_field_name("parameters") if function else None
    found = [
        item.text.decode().lstrip("*").partition("=")[0].strip()
        for item in (parameters.named_children if parameters else ())
        if item.type in _UNTYPED
    ]
    return sum(name not in ("self", "cls") for name in found)


def _lines(root: Any, source: str) -> int:
    """Lines with code in them."""
    function = _function(root)
    body = function.child_by_field_name("body") if function else None
    first = body.named_children[0] if body and body.named_children else None
    documented: range | tuple[()] = ()
    if first is not None and first.type == "expression_statement" and first.named_children and \
            first.named_children[0].type == "string":  # fmt: skip
        documented = range(first.start_point[0], first.end_point[0] + 1)
    return sum(
        bool(line.strip())
        and not line.lstrip().startswith(("#", "//"))
        and number not in documented
        for number, line in enumerate(source.splitlines())
    )
