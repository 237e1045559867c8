"""Copies of what is only looked at."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.effects import called_name, is_scalar
from perfbot.agents.rules.cpp.function import CppFunction, names_of, within
from perfbot.agents.rules.cpp.pattern import following_statement, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.source import walk
from perfbot.agents.rules.rule import Rewrite
from perfbot.agents.rules.source import Replacement

if TYPE_CHECKING:
    from tree_sitter import Node

_LVALUES = frozenset({"subscript_expression", "field_expression", "pointer_expression"})
_LVALUE_CALLS = re.compile(r"(?:\.|->)(?:at|front|back|top|value|second|first)\([^()]*\)$")


def _as_const_reference(node: "Node", declarator: "Node") -> list[Replacement]:
    """`const T& x` in place of the `T x` or `const T x` of a declaration."""
    kind = node.child_by_field_name("type")
    is_const = any(child.text == b"const" for child in node.children)
    pieces = []
    if kind is not None and not is_const:
        pieces.append(Replacement(kind.start_byte, kind.start_byte, "const "))
    if kind is not None:
        pieces.append(Replacement(kind.end_byte, kind.end_byte, "&"))
    return pieces if declarator.type != "reference_declarator" else []


def _may_be_heavy(kind: str | None) -> bool:
    """Whether a copy of such a value may cost something: all but numbers and pointers."""
    return kind is None or types.is_heavy(kind) or not (is_scalar(kind) or kind.endswith("*"))


@rule(
    "cpp-range-for-by-reference",
    "loop over copies -> loop over const references",
    before="""
        #include <string>
        #include <vector>

        std::size_t f(const std::vector<std::string>& words) {
            std::size_t total = 0;
            for (const std::string word : words) total += word.size();
            return total;
        }
        """,
    after="""
        #include <string>
        #include <vector>

        std::size_t f(const std::vector<std::string>& words) {
            std::size_t total = 0;
            for (const std::string& word : words) total += word.size();
            return total;
        }
        """,
    leaves="""
        #include <string>
        #include <vector>

        std::size_t f(const std::vector<std::string>& words) {
            std::size_t total = 0;
            for (std::string word : words) {
                word += "!";
                total += word.size();
            }
            return total;
        }
        """,
    calls=('std::vector<std::string>{"a", "bc"}', "std::vector<std::string>{}"),
)
def range_for_by_reference(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_range_loop"):
        declarator, body = loop.child_by_field_name("declarator"), loop.child_by_field_name("body")
        if declarator is None or body is None or declarator.type == "reference_declarator":
            continue
        names = list(names_of(declarator))
        if any(function.changed(name, body) for name in names):
            continue
        kind = function.type_of_name(names[0]) if len(names) == 1 else None
        source = loop.child_by_field_name("right")
        changes = source is not None and any(
            function.changed(name, body) for name in function.names_in(source)
        )
        if _may_be_heavy(kind) and not changes:
            reason = f"`{', '.join(names)}` is only looked at: no copy is needed."
            yield Rewrite(tuple(_as_const_reference(loop, declarator)), reason)


@rule(
    "cpp-copy-to-reference",
    "local copy of an element -> const reference",
    before="""
        #include <string>
        #include <vector>

        std::size_t f(const std::vector<std::vector<int>>& rows) {
            std::size_t total = 0;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                std::vector<int> row = rows[i];
                for (const int value : row) total += value;
            }
            return total;
        }
        """,
    after="""
        #include <string>
        #include <vector>

        std::size_t f(const std::vector<std::vector<int>>& rows) {
            std::size_t total = 0;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const std::vector<int>& row = rows[i];
                for (const int value : row) total += value;
            }
            return total;
        }
        """,
    leaves="""
        #include <utility>
        #include <string>
        #include <vector>

        void f(std::vector<std::string>& rows) {
            const std::string row = rows[0];
            rows[0] = rows[1];
            rows[1] = row;
        }
        """,
    calls=("std::vector<std::vector<int>>{{1, 2}, {}, {3}}", "std::vector<std::vector<int>>{}"),
)
def copy_to_reference(function: CppFunction) -> Iterator[Rewrite]:
    for declaration in function.nodes("declaration"):
        bound = statements("$T $name = $value;").match(declaration)
        if bound is None or bound["$name"][0].type != "identifier":
            continue
        name, value = function.text(bound["$name"][0]), bound["$value"][0]
        kind = function.type_of_name(name)
        is_lvalue = value.type in _LVALUES or _LVALUE_CALLS.search(function.text(value))
        block = declaration.parent
        if not is_lvalue or block is None or not _may_be_heavy(kind) or kind is None:
            continue
        if function.local(name) != declaration or function.changed(name, block):
            continue
        sources = function.names_in(value)
        rest = [item for item in block.named_children if item.start_byte >= declaration.end_byte]
        if any(function.changed(source, item) for source in sources for item in rest):
            continue
        yield Rewrite(
            tuple(_as_const_reference(declaration, bound["$name"][0])),
            f"`{name}` is only looked at: no copy is needed.",
        )


@rule(
    "cpp-parameter-by-reference",
    "heavy parameter by value -> const reference",
    before="""
        #include <string>
        #include <vector>

        static int f(std::vector<int> values) {
            int total = 0;
            for (const int value : values) total += value;
            return total;
        }
        """,
    after="""
        #include <string>
        #include <vector>

        static int f(const std::vector<int>& values) {
            int total = 0;
            for (const int value : values) total += value;
            return total;
        }
        """,
    leaves="""
        #include <vector>

        int f(std::vector<int> values) {
            int total = 0;
            for (const int value : values) total += value;
            return total;
        }
        """,
    calls=("std::vector<int>{1, 2}", "std::vector<int>{}"),
)
def parameter_by_reference(function: CppFunction) -> Iterator[Rewrite]:
    own = any(child.text == b"static" for child in function.node.children)
    internal = own and not function.definition.around.classes
    internal = internal or "" in function.definition.around.namespaces
    name_of_function = function.definition.name
    declared = re.findall(rf"\b{re.escape(name_of_function)}\s*\(", function.file.text)
    for parameter in function.nodes("parameter_declaration"):
        declarator = parameter.child_by_field_name("declarator")
        if declarator is None or declarator.type != "identifier":
            continue
        in_head = within(parameter, function.definition.head)
        in_lambda = any(within(parameter, item) for item in function.nodes("lambda_expression"))
        if not in_lambda and not (in_head and internal and declared):
            continue
        name = function.text(declarator)
        if types.is_heavy(function.type_of_name(name)) and not function.changed(
            name, function.node
        ):
            reason = f"`{name}` is only looked at: callers need not copy it."
            yield Rewrite(tuple(_as_const_reference(parameter, declarator)), reason)


@rule(
    "cpp-capture-by-reference",
    "lambda that captures copies, passed to an algorithm -> captures by reference",
    before="""
        #include <algorithm>
        #include <vector>

        std::vector<int> f(std::vector<int> places, const std::vector<int>& weights) {
            std::sort(places.begin(), places.end(), [=](int left, int right) {
                return weights[left] < weights[right];
            });
            return places;
        }
        """,
    after="""
        #include <algorithm>
        #include <vector>

        std::vector<int> f(std::vector<int> places, const std::vector<int>& weights) {
            std::sort(places.begin(), places.end(), [&](int left, int right) {
                return weights[left] < weights[right];
            });
            return places;
        }
        """,
    leaves="""
        #include <functional>
        #include <vector>

        int f(const std::vector<int>& weights) {
            auto weight = [=](int at) { return weights[at]; };
            return weight(0);
        }
        """,
    calls=("std::vector<int>{0, 1, 2}, std::vector<int>{5, 3, 4}",),
)
def capture_by_reference(function: CppFunction) -> Iterator[Rewrite]:
    for item in function.nodes("lambda_expression"):
        captures = item.child_by_field_name("captures")
        above = item.parent
        if captures is None or above is None or above.type != "argument_list":
            continue
        text = re.sub(r"\s", "", function.text(captures))
        changing = any(child.text == b"mutable" for child in walk(item))
        passed = above.parent is not None and called_name(above.parent) in _ALGORITHMS
        copies = re.fullmatch(r"\[(?!this\])(=|\w+(,\w+)*)\]", text)
        if passed and copies and not changing:
            reason = "Algorithms copy what they are given; the captured copies go with it."
            yield Rewrite((function.replace(captures, "[&]"),), reason)


_ALGORITHMS = frozenset(
    {
        *("sort", "stable_sort", "partial_sort", "nth_element", "find_if", "count_if", "any_of"),
        *("all_of", "none_of", "for_each", "transform", "remove_if", "min_element", "max_element"),
        *("lower_bound", "upper_bound", "unique", "partition", "copy_if", "accumulate"),
    }
)


@rule(
    "cpp-swap-by-moves",
    "swap through a copy -> std::swap",
    before="""
        #include <string>
        #include <utility>
        #include <vector>

        void f(std::vector<std::string>& rows) {
            const std::string row = rows[0];
            rows[0] = rows[1];
            rows[1] = row;
        }
        """,
    after="""
        #include <string>
        #include <utility>
        #include <vector>

        void f(std::vector<std::string>& rows) {
            std::swap(rows[0], rows[1]);
        }
        """,
    leaves="""
        #include <utility>
        #include <vector>
        #include <string>

        std::string f(std::vector<std::string>& rows) {
            const std::string row = rows[0];
            rows[0] = rows[1];
            rows[1] = row;
            return row;
        }
        """,
    calls=('std::vector<std::string>{"a", "bc"}',),
)
def swap_by_moves(function: CppFunction) -> Iterator[Rewrite]:
    pattern = statements("$T $t = $a; $a = $b; $b = $t;")
    for declaration in function.nodes("declaration"):
        found = pattern.match_run(declaration)
        if found is None:
            continue
        bound, last = found
        name = function.text(bound["$t"][0])
        used_after = [use for use in function.uses(name) if use.start_byte > last.end_byte]
        if used_after and following_statement(last) is not None:
            continue
        new = function.fill("std::swap($a, $b);", bound)
        reason = "The two values change places; none is copied."
        yield Rewrite(
            (function.replace_run(declaration, last, new),), reason, function.include("utility")
        )
