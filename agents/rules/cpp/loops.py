"""Loops that end when the answer is known, and elements read without checks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.counting import counted
from perfbot.agents.rules.cpp.effects import PURE, READING_METHODS, called_name, method_name
from perfbot.agents.rules.cpp.function import CppFunction, body_of, in_block, within
from perfbot.agents.rules.cpp.pattern import expression, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.source import walk
from perfbot.agents.rules.cpp.types import is_integer
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node


@rule(
    "c-break-when-found",
    "loop that goes on after its flag is set -> break",
    before="""
        int f(const int *values, int n, int wanted) {
            int found = 0;
            for (int i = 0; i < n; i++) {
                if (values[i] == wanted) found = 1;
            }
            return found;
        }
        """,
    after="""
        int f(const int *values, int n, int wanted) {
            int found = 0;
            for (int i = 0; i < n; i++) {
                if (values[i] == wanted) {
                    found = 1;
                    break;
                }
            }
            return found;
        }
        """,
    leaves="""
        int f(const int *values, int n, int wanted) {
            int found = 0;
            for (int i = 0; i < n; i++) {
                if (values[i] == wanted) found = i;
            }
            return found;
        }
        """,
    calls=("({ const int v[] = {1, 2, 2}; f(v, 3, 2) == 1 && f(v, 3, 5) == 0; })",),
    languages=("c", "cpp"),
)
def break_when_found(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement", "for_range_loop", "while_statement"):
        body = body_of(loop)
        for value in ("true", "false", "1", "0"):
            bound = statements(f"if ($c) $flag = {value};").match(body)
            if bound is None or body.child_by_field_name("alternative") is not None:
                continue
            flag = function.text(bound["$flag"][0])
            if flag in function.names_in(bound["$c"][0]) or _acts(bound["$c"][0]):
                continue
            kind = function.type_of_name(flag)
            if kind == "bool" or (value in ("0", "1") and is_integer(kind)):
                consequence = body.child_by_field_name("consequence")
                inner = consequence.named_children[0] if consequence is not None and (
                    consequence.type == "compound_statement"
                ) else consequence  # fmt: skip
                if inner is not None:
                    pieces = tuple(function.insert_after(inner, "break;"))
                    yield Rewrite(pieces, "Nothing after the first hit changes the answer.")


def _acts(node: "Node") -> bool:
    """Whether an expression may do more than compute a value."""
    for item in walk(node):
        if item.type in ("assignment_expression", "update_expression", "lambda_expression"):
            return True
        if item.type == "call_expression":
            method = method_name(item)
            known = method in READING_METHODS if method else called_name(item) in PURE
            if not known:
                return True
    return False


@rule(
    "cpp-at-to-index",
    "at() in a loop -> []",
    before="""
        #include <vector>

        long f(const std::vector<int>& values) {
            long total = 0;
            for (std::size_t i = 0; i < values.size(); ++i) total += values.at(i);
            return total;
        }
        """,
    after="""
        #include <vector>

        long f(const std::vector<int>& values) {
            long total = 0;
            for (std::size_t i = 0; i < values.size(); ++i) total += values[i];
            return total;
        }
        """,
    leaves="""
        #include <map>
        #include <vector>

        long f(const std::map<int, int>& values, int n) {
            long total = 0;
            for (int i = 0; i < n; ++i) total += values.at(i);
            return total;
        }
        """,
    calls=("std::vector<int>{1, 2}",),
)
def at_to_index(function: CppFunction) -> Iterator[Rewrite]:
    pieces = []
    for call in function.nodes("call_expression"):
        bound = expression("$v.at($i)").match(call)
        if bound is None or not function.loops_around(call):
            continue
        kind = function.type_of(bound["$v"][0]) or ""
        if kind.startswith(("vector<", "string", "array<", "deque<")):
            pieces.append(function.replace(call, function.fill("$v[$i]", bound)))
    if pieces:
        yield Rewrite(tuple(pieces), "The indices are within bounds anyway.")


@rule(
    "c-count-without-branch",
    "if (c) ++n -> n += c",
    before="""
        int f(const int *values, int n, int limit) {
            int found = 0;
            for (int i = 0; i < n; i++) {
                if (values[i] < limit) found++;
            }
            return found;
        }
        """,
    after="""
        int f(const int *values, int n, int limit) {
            int found = 0;
            for (int i = 0; i < n; i++) {
                found += (values[i] < limit) ? 1 : 0;
            }
            return found;
        }
        """,
    leaves="""
        int f(const int *values, int n, int limit) {
            int found = 0;
            for (int i = 0; i < n; i++) {
                if (values[i] < limit) found += i;
            }
            return found;
        }
        """,
    calls=("({ const int v[] = {1, 2, 3}; f(v, 3, 3) == 2; })",),
    languages=("c", "cpp"),
)
def count_without_branch(function: CppFunction) -> Iterator[Rewrite]:
    for statement in function.nodes("if_statement"):
        bound = statements("if ($c) ++$n;").match(statement)
        if (
            bound is None
            or not function.loops_around(statement)
            or bound["$n"][0].type not in ("identifier",)
        ):
            continue
        new = f"{function.text(bound['$n'][0])} += ({function.text(bound['$c'][0])}) ? 1 : 0;"
        reason = "A comparison that nobody can foresee costs less as a number than as a jump."
        yield Rewrite((function.replace(statement, new),), reason)


@rule(
    "c-divisors-to-root",
    "search for a divisor up to n -> up to its square root",
    before="""
        int f(int n) {
            if (n < 2) return 0;
            for (int i = 2; i < n; i++) {
                if (n % i == 0) return 0;
            }
            return 1;
        }
        """,
    after="""
        int f(int n) {
            if (n < 2) return 0;
            for (int i = 2; i <= n / i; i++) {
                if (n % i == 0) return 0;
            }
            return 1;
        }
        """,
    leaves="""
        int f(int n) {
            int last = 0;
            for (int i = 2; i < n; i++) {
                if (n % i == 0) last = i;
            }
            return last;
        }
        """,
    calls=("f(97) == 1", "f(91) == 0", "f(4) == 0", "f(2) == 1"),
    languages=("c", "cpp"),
)
def divisors_to_root(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        found = counted(function, loop)
        if found is None or function.text(found.start) != "2":
            continue
        bound = statements("if ($n % $i == 0) $$then;").match(found.body)
        if bound is None or function.text(bound["$i"][0]) != found.name:
            continue
        n = function.text(bound["$n"][0])
        limit = function.text(found.bound)
        then = function.run_text(bound["$$then"])
        ends = "return" in then or "break" in then
        if limit not in (n, f"{n} / 2", f"{n}/2") or not ends or found.name in then.split():
            continue
        condition = loop.child_by_field_name("condition")
        if condition is None or not function.invariant(bound["$n"][0], loop):
            continue
        new = f"{found.name} <= {n} / {found.name}"
        reason = "Of two factors one is at most the square root."
        yield Rewrite((function.replace(condition, new),), reason)


@rule(
    "c-count-divisors-in-pairs",
    "divisors counted or added up to n -> in pairs, up to the square root",
    before="""
        int f(int n) {
            int count = 0;
            for (int i = 1; i <= n; i++) {
                if (n % i == 0) count++;
            }
            return count;
        }
        """,
    after="""
        int f(int n) {
            int count = 0;
            for (int i = 1; i <= n / i; i++) {
                if (n % i == 0) count += i == n / i ? 1 : 2;
            }
            return count;
        }
        """,
    leaves="""
        int f(int n) {
            int count = 0;
            for (int i = 1; i < n; i++) {
                if (n % i == 1) count++;
            }
            return count;
        }
        """,
    calls=("f(1) == 1", "f(12) == 6", "f(16) == 5", "f(0) == 0"),
    languages=("c", "cpp"),
)
def count_divisors_in_pairs(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        found = counted(function, loop)
        condition = loop.child_by_field_name("condition")
        if found is None or condition is None or not found.inclusive:
            continue
        i = found.name
        for text, pair in (
            (f"if ($n % {i} == 0) ++$count;", f"$count += {i} == $n / {i} ? 1 : 2;"),
            (f"if ($n % {i} == 0) $count += {i};",
             f"$count += {i} == $n / {i} ? {i} : {i} + $n / {i};"),
        ):  # fmt: skip
            bound = statements(text).match(found.body)
            if bound is None or function.text(bound["$n"][0]) != function.text(found.bound):
                continue
            if function.text(found.start) != "1":
                continue
            branch = found.body.child_by_field_name("consequence")
            inner = branch
            if branch is not None and branch.type == "compound_statement":
                inner = branch.named_children[0]
            if inner is None or not (in_block(inner) or within(inner, found.body)):
                continue
            pieces = (
                function.replace(condition, function.fill(f"{i} <= $n / {i}", bound)),
                function.replace(inner, function.fill(pair, bound)),
            )
            yield Rewrite(pieces, "Divisors come in pairs, one of each at most the square root.")
