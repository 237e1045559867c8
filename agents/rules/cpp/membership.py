"""Membership tests that need not walk a vector."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.function import CppFunction, within
from perfbot.agents.rules.cpp.pattern import expression, following_statement, plain, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node

    from perfbot.agents.rules.cpp.pattern import Bound

_ABSENT = (
    "std::find($v.begin(), $v.end(), $x) == $v.end()",
    "std::find($v.cbegin(), $v.cend(), $x) == $v.cend()",
    "std::find(std::begin($v), std::end($v), $x) == std::end($v)",
    "std::count($v.begin(), $v.end(), $x) == 0",
    "std::count($v.begin(), $v.end(), $x) < 1",
    "!std::count($v.begin(), $v.end(), $x)",
)
_PRESENT = (
    "std::find($v.begin(), $v.end(), $x) != $v.end()",
    "std::find($v.cbegin(), $v.cend(), $x) != $v.cend()",
    "std::find(std::begin($v), std::end($v), $x) != std::end($v)",
    "std::count($v.begin(), $v.end(), $x) != 0",
    "std::count($v.begin(), $v.end(), $x) > 0",
    "std::count($v.begin(), $v.end(), $x) >= 1",
)
_SEQUENCES = ("vector<", "deque<", "list<", "string")


def set_for(function: CppFunction, element: str | None) -> tuple[str, tuple[str, ...]] | None:
    """The type of a set of such elements, and the `#include` it needs; None where unknown."""
    if element is None or element == "auto":
        return None
    name = "unordered_set" if types.is_hashable(element) else "set"
    return f"std::{name}<{types.written(element)}>", function.include(name)


def _is_chosen(node: "Node") -> bool:
    """Whether a test is one of two ways to look, as `hybrids` writes them."""
    above = node.parent
    chosen = above is not None and above.type == "conditional_expression"
    return chosen and above is not None and above.child_by_field_name("condition") != node


def membership_tests(function: CppFunction) -> Iterator[tuple["Node", "Bound", bool]]:
    """Each test for a value in a sequence: the expression, `$v` and `$x`, whether it is absent."""
    for node in function.nodes("binary_expression", "unary_expression"):
        if _is_chosen(node):
            continue
        for texts, absent in ((_ABSENT, True), (_PRESENT, False)):
            for text in texts:
                bound = expression(text).match(node)
                if bound is not None and bound["$v"][0].type == "identifier":
                    yield node, bound, absent


@rule(
    "cpp-find-in-result-to-set",
    "std::find in a growing vector -> a set kept beside it",
    before="""
        #include <algorithm>
        #include <vector>

        std::vector<int> f(const std::vector<int>& values) {
            std::vector<int> kept;
            for (int value : values) {
                if (std::find(kept.begin(), kept.end(), value) == kept.end()) {
                    kept.push_back(value);
                }
            }
            return kept;
        }
        """,
    after="""
        #include <algorithm>
        #include <vector>
        #include <unordered_set>

        std::vector<int> f(const std::vector<int>& values) {
            std::vector<int> kept;
            std::unordered_set<int> kept_seen;
            for (int value : values) {
                if (kept_seen.insert(value).second) {
                    kept.push_back(value);
                }
            }
            return kept;
        }
        """,
    leaves="""
        #include <algorithm>
        #include <vector>

        std::vector<int> f(const std::vector<int>& values) {
            std::vector<int> kept;
            for (int value : values) {
                if (std::find(kept.begin(), kept.end(), value) == kept.end()) {
                    kept.push_back(value);
                } else {
                    kept.pop_back();
                }
            }
            return kept;
        }
        """,
    calls=("std::vector<int>{3, 1, 3, 2, 1}", "std::vector<int>{}"),
)
def find_in_result_to_set(function: CppFunction) -> Iterator[Rewrite]:
    for test, bound, absent in membership_tests(function):
        yield from companion(function, test, bound, absent=absent)


def companion(
    function: CppFunction, test: "Node", bound: "Bound", *, absent: bool
) -> Iterator[Rewrite]:
    """Rewrites a test against a local vector that only `push_back` changes."""
    name, value = function.text(bound["$v"][0]), bound["$x"][0]
    declaration = function.local(name)
    kind = function.type_of_name(name)
    made = set_for(function, types.element_of(kind))
    if declaration is None or made is None or not starts_empty(function, name):
        return
    pushes = grown_by(function, name)
    if not pushes or not function.loops_around(test):
        return
    seen = function.fresh(f"{name}_seen")
    pieces = function.insert_after(declaration, f"{made[0]} {seen};")
    only = _guards_only_push(test, pushes, function.text(value)) if absent else None
    if only is not None:
        pieces.append(function.replace(test, f"{seen}.insert({function.text(value)}).second"))
    else:
        sign = "==" if absent else "!="
        found = f"{seen}.find({function.text(value)}) {sign} {seen}.end()"
        pieces.append(function.replace(test, found))
        for statement, pushed in pushes:
            pieces += function.insert_after(statement, f"{seen}.insert({pushed});")
    reason = f"std::find walks all of `{name}` each time; a set answers in about one step."
    yield Rewrite(tuple(pieces), reason, made[1])


def starts_empty(function: CppFunction, name: str) -> bool:
    """Whether a local is declared without a value."""
    declarator = function.declared_once(name)
    return declarator is not None and declarator.type == "identifier"


def grown_by(function: CppFunction, name: str) -> list[tuple["Node", str]]:
    """The `push_back` statements of a vector with what they add; none where others change it."""
    found = []
    pushing = set()
    for statement in function.nodes("expression_statement"):
        for text in (f"{name}.push_back($x);", f"{name}.emplace_back($x);"):
            bound = statements(text).match(statement)
            if bound is not None:
                found.append((statement, function.text(bound["$x"][0])))
                pushing.add(statement.start_byte)
    for use in function.uses(name, function.body):
        statement = function.statement_of(use)
        inside = any(within(use, push) for push, _ in found)
        if not inside and function.changed(name, use) and statement.type != "declaration":
            return []
    return found


def _guards_only_push(test: "Node", pushes: list[tuple["Node", str]], value: str) -> "Node | None":
    """The `if` whose whole condition is the test, if all that is pushed is pushed in it, once."""
    above = test.parent
    while above is not None and above.type in ("parenthesized_expression", "condition_clause"):
        above = above.parent
    if above is None or above.type != "if_statement" or len(pushes) != 1:
        return None
    consequence = above.child_by_field_name("consequence")
    statement, pushed = pushes[0]
    if consequence is None or pushed != value or not within(statement, consequence):
        return None
    first = consequence
    if consequence.type == "compound_statement":
        first = consequence.named_children[0] if consequence.named_children else consequence
    return above if plain(first) == statement else None


@rule(
    "cpp-scan-for-equal-to-set",
    "loop that looks for an equal element in a growing vector -> a set kept beside it",
    before="""
        #include <string>
        #include <vector>

        std::vector<std::string> f(const std::vector<std::string>& names) {
            std::vector<std::string> kept;
            for (const std::string& name : names) {
                bool found = false;
                for (std::size_t i = 0; i < kept.size(); i++) {
                    if (kept[i] == name) {
                        found = true;
                        break;
                    }
                }
                if (!found) kept.push_back(name);
            }
            return kept;
        }
        """,
    after="""
        #include <string>
        #include <vector>
        #include <unordered_set>

        std::vector<std::string> f(const std::vector<std::string>& names) {
            std::vector<std::string> kept;
            std::unordered_set<std::string> kept_seen;
            for (const std::string& name : names) {
                bool found = kept_seen.find(name) != kept_seen.end();
                if (!found) {
                    kept.push_back(name);
                    kept_seen.insert(name);
                }
            }
            return kept;
        }
        """,
    leaves="""
        #include <string>
        #include <vector>

        bool f(const std::vector<std::string>& kept, const std::string& name) {
            bool found = false;
            for (std::size_t i = 0; i < kept.size(); i++) {
                if (kept[i] == name) {
                    found = true;
                    break;
                }
            }
            return found;
        }
        """,
    calls=('std::vector<std::string>{"b", "a", "b"}', "std::vector<std::string>{}"),
)
def scan_for_equal_to_set(function: CppFunction) -> Iterator[Rewrite]:
    for loop, bound, name in _scans(function):
        declaration = function.local(name)
        made = set_for(function, types.element_of(function.type_of_name(name)))
        pushes = grown_by(function, name)
        outer = function.loops_around(loop)
        if declaration is None or made is None or not pushes or not outer:
            continue
        flag = function.local(function.text(bound["$f"][0]))
        if not starts_empty(function, name) or flag is None or following_statement(flag) != loop:
            continue
        if not all(within(statement, outer[0]) for statement, _ in pushes):
            continue
        seen = function.fresh(f"{name}_seen")
        value = function.text(bound["$x"][0])
        found = f"bool {function.text(bound['$f'][0])} = {seen}.find({value}) != {seen}.end();"
        pieces = function.insert_after(declaration, f"{made[0]} {seen};")
        pieces.append(function.replace_run(flag, loop, found))
        for statement, pushed in pushes:
            pieces += function.insert_after(statement, f"{seen}.insert({pushed});")
        reason = f"The inner loop walks all of `{name}`; a set answers in about one step."
        yield Rewrite(tuple(pieces), reason, made[1])


_HITS = ("$f = true;", "{ $f = true; break; }", "{ $f = 1; break; }", "$f = 1;")


def _scans(function: CppFunction) -> Iterator[tuple["Node", "Bound", str]]:
    """Loops that set a flag where an element equals a value: loop, `$f` and `$x`, the vector."""
    for loop in function.nodes("for_statement", "for_range_loop"):
        for hit in _HITS:
            for text in (
                f"for ($T $i = 0; $i < $v.size(); ++$i) if ($v[$i] == $x) {hit}",
                f"for ($T $i = 0; $i < (int)$v.size(); ++$i) if ($v[$i] == $x) {hit}",
                f"for ($T $i : $v) if ($i == $x) {hit}",
                f"for ($T& $i : $v) if ($i == $x) {hit}",
            ):
                bound = statements(text).match(loop)
                if bound is not None and bound["$v"][0].type == "identifier":
                    yield loop, bound, function.text(bound["$v"][0])


@rule(
    "cpp-find-in-vector-to-set",
    "std::find in a vector that does not change -> a set built once",
    before="""
        #include <algorithm>
        #include <vector>

        int f(const std::vector<int>& values, const std::vector<int>& known) {
            int found = 0;
            for (const int value : values)
                if (std::find(known.begin(), known.end(), value) != known.end()) ++found;
            return found;
        }
        """,
    after="""
        #include <algorithm>
        #include <vector>
        #include <unordered_set>

        int f(const std::vector<int>& values, const std::vector<int>& known) {
            int found = 0;
            const std::unordered_set<int> known_set(known.begin(), known.end());
            for (const int value : values)
                if (known_set.find(value) != known_set.end()) ++found;
            return found;
        }
        """,
    leaves="""
        #include <algorithm>
        #include <vector>

        int f(const std::vector<int>& known, int value) {
            return std::find(known.begin(), known.end(), value) != known.end();
        }
        """,
    calls=("std::vector<int>{1, 2, 3}, std::vector<int>{2, 2, 5}",
           "std::vector<int>{}, std::vector<int>{}"),
)  # fmt: skip
def find_in_vector_to_set(function: CppFunction) -> Iterator[Rewrite]:
    for test, bound, absent in membership_tests(function):
        name = function.text(bound["$v"][0])
        kind = function.type_of_name(name)
        made = set_for(function, types.element_of(kind))
        free = [loop for loop in function.loops_around(test) if not function.changed(name, loop)]
        if made is None or not free or not (kind or "").startswith(_SEQUENCES):
            continue
        outer = free[-1]
        declarator = function.declared_once(name)
        if declarator is not None and within(declarator, outer):
            continue
        new, sign = function.fresh(f"{name}_set", str(outer.start_byte)), "==" if absent else "!="
        value = function.text(bound["$x"][0])
        pieces = function.insert_before(
            outer, f"const {made[0]} {new}({name}.begin(), {name}.end());"
        )
        pieces.append(function.replace(test, f"{new}.find({value}) {sign} {new}.end()"))
        reason = f"std::find walks all of `{name}` each time; a set answers in about one step."
        yield Rewrite(tuple(pieces), reason, made[1])
