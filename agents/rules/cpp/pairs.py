"""Loops over all pairs of elements that need not look at them all."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.counting import Counted, counted
from perfbot.agents.rules.cpp.function import CppFunction, statements_in, within
from perfbot.agents.rules.cpp.pattern import expression, plain, same, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node

_CAST = re.compile(r"(?:static_cast<[\w: ]+>\((.*)\)|\((?:long long|long|std::int64_t)\)\s*(.*))$")


@rule(
    "cpp-pair-count-to-hash",
    "loop over all pairs -> counts of what was seen",
    before="""
        #include <cstddef>
        #include <vector>

        long long f(const std::vector<int>& values, int total) {
            long long pairs = 0;
            for (std::size_t i = 0; i < values.size(); ++i)
                for (std::size_t j = i + 1; j < values.size(); ++j)
                    if (values[i] + values[j] == total) ++pairs;
            return pairs;
        }
        """,
    after="""
        #include <cstddef>
        #include <vector>
        #include <unordered_map>

        long long f(const std::vector<int>& values, int total) {
            long long pairs = 0;
            std::unordered_map<long long, long long> seen;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const long long value = values[i];
                const auto found = seen.find(total - value);
                if (found != seen.end()) pairs += found->second;
                ++seen[value];
            }
            return pairs;
        }
        """,
    leaves="""
        #include <cstddef>
        #include <vector>

        long long f(const std::vector<int>& values, int total) {
            long long pairs = 0;
            for (std::size_t i = 0; i < values.size(); ++i)
                for (std::size_t j = i + 1; j < values.size(); ++j)
                    if (values[i] * values[j] == total) ++pairs;
            return pairs;
        }
        """,
    calls=("std::vector<int>{1, 3, 2, 2, 2, 1}, 4", "std::vector<int>{}, 0"),
)
def pair_count_to_hash(function: CppFunction) -> Iterator[Rewrite]:
    for outer, inner in _pair_loops(function):
        body = statements("if ($c) ++$n;").match(inner.body)
        condition = _equality(body["$c"][0]) if body is not None else None
        if body is None or condition is None:
            continue
        later = inner if inner.starts_at_zero else outer
        early, late = (inner.name, outer.name)
        if not inner.starts_at_zero:
            early, late = late, early  # pairs are met in another order, each once all the same
        found = _looked_up(function, condition, outer, inner)
        if found is None or later is None:
            continue
        vector, wanted = found
        key = "long long"
        if wanted is None:
            element = types.element_of(function.type_of(vector))
            if not types.is_hashable(element):
                continue
            key = types.written(element or key)
        seen, value = function.fresh("seen"), function.fresh("value")
        hit = function.fresh("found")
        lookup = wanted.replace("@value", value) if wanted is not None else value
        item = f"{function.operand(vector)}[{outer.name}]"
        kept = "const auto&" if wanted is None else f"const {key}"
        text = (
            f"std::unordered_map<{key}, long long> {seen};\n"
            f"{outer.head} {{\n"
            f"@{kept} {value} = {item};\n"
            f"@const auto {hit} = {seen}.find({lookup});\n"
            f"@if ({hit} != {seen}.end()) {function.text(body['$n'][0])} += {hit}->second;\n"
            f"@++{seen}[{value}];\n"
            "}"
        )
        reason = "Each element asks a table how many earlier ones go with it."
        yield Rewrite(
            (function.replace(outer.loop, text),), reason, function.include("unordered_map")
        )


def _pair_loops(function: CppFunction) -> Iterator[tuple[Counted, Counted]]:
    """Two loops, one in the other and nothing beside, that meet each pair of places once."""
    for loop in function.nodes("for_statement"):
        outer = counted(function, loop)
        inner = counted(function, outer.body) if outer is not None else None
        if outer is None or inner is None or not function.invariant(outer.bound, loop):
            continue
        after = expression(f"{outer.name} + 1").match(inner.start) is not None
        forward = after and same(outer.bound, inner.bound) and outer.inclusive == inner.inclusive
        backward = (
            inner.starts_at_zero
            and function.text(inner.bound) == outer.name
            and not inner.inclusive
        )
        if forward or backward:
            yield outer, inner


def _equality(node: "Node") -> tuple["Node", "Node"] | None:
    bound = expression("$left == $right").match(node)
    return (bound["$left"][0], bound["$right"][0]) if bound is not None else None


def _looked_up(
    function: CppFunction, condition: tuple["Node", "Node"], outer: Counted, inner: Counted
) -> tuple["Node", str | None] | None:
    """The vector, and what to look up for a later element; None for the element itself."""
    one, other = (_element(function, side, outer, inner) for side in condition)
    if one is not None and other is not None and one[1] != other[1]:
        free = same(one[0], other[0]) and function.invariant(one[0], outer.loop)
        return (one[0], None) if free else None
    for total, wanted in (condition, condition[::-1]):
        bound = expression("$p + $q").match(total)
        if bound is None or not function.invariant(wanted, outer.loop):
            continue
        first = _element(function, bound["$p"][0], outer, inner)
        second = _element(function, bound["$q"][0], outer, inner)
        if first is None or second is None or first[1] == second[1]:
            continue
        kind = types.element_of(function.type_of(first[0]))
        if same(first[0], second[0]) and function.invariant(first[0], outer.loop):
            if kind is not None and not types.is_integer(kind):
                return None
            zero = function.text(wanted) == "0"
            return first[0], "-@value" if zero else f"{function.operand(wanted)} - @value"
    return None


def _element(
    function: CppFunction, node: "Node", outer: Counted, inner: Counted
) -> tuple["Node", str] | None:
    """The vector and the counter of `vector[counter]`, casts to wider types left out."""
    node = plain(node)
    for text in ("static_cast<$T>($e)", "(long long)$e", "(long)$e", "(int64_t)$e"):
        bound = expression(text).match(node)
        node = plain(bound["$e"][0]) if bound is not None else node
    bound = expression("$v[$i]").match(node)
    if bound is None or function.text(bound["$i"][0]) not in (outer.name, inner.name):
        return None
    return bound["$v"][0], function.text(bound["$i"][0])


@rule(
    "cpp-symmetric-pairs-once",
    "loop over all ordered pairs -> each pair once",
    before="""
        #include <algorithm>
        #include <cmath>
        #include <vector>

        double f(const std::vector<double>& places) {
            double best = 1e300;
            for (std::size_t i = 0; i < places.size(); ++i) {
                for (std::size_t j = 0; j < places.size(); ++j) {
                    if (i == j) continue;
                    const double distance = std::fabs(places[i] - places[j]);
                    if (distance < best) best = distance;
                }
            }
            return best;
        }
        """,
    after="""
        #include <algorithm>
        #include <cmath>
        #include <vector>

        double f(const std::vector<double>& places) {
            double best = 1e300;
            for (std::size_t i = 0; i < places.size(); ++i) {
                for (std::size_t j = i + 1; j < places.size(); ++j) {
                    const double distance = std::fabs(places[i] - places[j]);
                    if (distance < best) best = distance;
                }
            }
            return best;
        }
        """,
    leaves="""
        #include <cmath>
        #include <vector>

        double f(const std::vector<double>& places) {
            double sum = 0;
            for (std::size_t i = 0; i < places.size(); ++i) {
                for (std::size_t j = 0; j < places.size(); ++j) {
                    if (i == j) continue;
                    sum += std::fabs(places[i] - places[j]);
                }
            }
            return sum;
        }
        """,
    calls=("std::vector<double>{3, 1, 7.5}", "std::vector<double>{1}"),
    languages=("cpp",),
)
def symmetric_pairs_once(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        outer = counted(function, loop)
        inner_loop = statements_in(outer.body)[-1:] if outer is not None else []
        inner = counted(function, inner_loop[0]) if inner_loop else None
        if outer is None or inner is None or not (outer.starts_at_zero and inner.starts_at_zero):
            continue
        if not same(outer.bound, inner.bound) or not _keeps_extreme(function, inner):
            continue
        first = statements_in(inner.body)[0]
        skipped = statements(f"if ({outer.name} == {inner.name}) continue;").match(first)
        if skipped is None:
            continue
        pieces = (
            function.replace(inner.start, f"{outer.name} + 1"),
            function.delete(first),
        )
        yield Rewrite(pieces, "What is the same for (i, j) and (j, i) is computed once.")


def _keeps_extreme(function: CppFunction, inner: Counted) -> bool:
    """Whether all that a loop leaves behind is the least or the greatest of something."""
    kept = 0
    for node in function.nodes("assignment_expression", "update_expression"):
        if not within(node, inner.body):
            continue
        above = node.parent.parent if node.parent is not None else None
        compared = statements("if ($a < $b) $c = $d;").match(above) if above is not None else None
        if compared is not None:
            sides = {function.text(compared[name][0]) for name in ("$a", "$b")}
            if {function.text(compared[name][0]) for name in ("$c", "$d")} == sides:
                kept += 1
                continue
        least = any(
            expression(text).match(node) is not None
            for text in ("$c = std::min($c, $d)", "$c = std::max($c, $d)",
                         "$c = std::min($d, $c)", "$c = std::max($d, $c)")
        )  # fmt: skip
        if not least:
            return False
        kept += 1
    return kept == 1


@rule(
    "cpp-root-of-extreme",
    "square root in a loop -> one square root of the extreme",
    before="""
        #include <cmath>
        #include <limits>
        #include <vector>

        double f(const std::vector<double>& squares) {
            double best = std::numeric_limits<double>::infinity();
            for (const double square : squares) {
                const double length = std::sqrt(square);
                if (length < best) best = length;
            }
            return best;
        }
        """,
    after="""
        #include <cmath>
        #include <limits>
        #include <vector>

        double f(const std::vector<double>& squares) {
            double best = std::numeric_limits<double>::infinity();
            for (const double square : squares) {
                const double length = square;
                if (length < best) best = length;
            }
            return std::sqrt(best);
        }
        """,
    leaves="""
        #include <cmath>
        #include <limits>
        #include <vector>

        double f(const std::vector<double>& squares) {
            double best = 1000;
            for (const double square : squares) {
                const double length = std::sqrt(square);
                if (length < best) best = length;
            }
            return best;
        }
        """,
    calls=("std::vector<double>{2, 3, 0.5}", "std::vector<double>{}"),
)
def root_of_extreme(function: CppFunction) -> Iterator[Rewrite]:
    for call in function.nodes("call_expression"):
        root = expression("std::sqrt($e)").match(call)
        declaration = function.statement_of(call)
        made = statements("$T $d = std::sqrt($e);").match(declaration)
        if root is None or made is None:
            continue
        name = function.text(made["$d"][0])
        users = {function.statement_of(use) for use in function.uses(name)} - {declaration}
        if len(users) != 1 or not function.loops_around(declaration):
            continue
        for text, starts in _EXTREMES:
            bound = statements(text.replace("$d", name)).match(users.pop()) if users else None
            users = {function.statement_of(use) for use in function.uses(name)} - {declaration}
            if bound is None:
                continue
            best = function.text(bound["$best"][0])
            first = function.local(best)
            value = statements(f"$T {best} = $start;").match(first) if first is not None else None
            rest = {function.statement_of(use) for use in function.uses(best)} - users - {first}
            returned = [item for item in rest if function.text(item) == f"return {best};"]
            if value is None or len(rest) != len(returned) or not returned:
                continue
            if not re.search(starts, function.text(value["$start"][0])):
                continue
            pieces = [function.replace(call, function.text(root["$e"][0]))]
            called = function.text(call).partition("(")[0]
            pieces += [function.replace(item, f"return {called}({best});") for item in returned]
            yield Rewrite(tuple(pieces), "A square root keeps the order: one at the end will do.")
            break


_EXTREMES = (
    ("if ($d < $best) $best = $d;", r"infinity\(\)|INFINITY|HUGE_VAL"),
    ("$best = std::min($best, $d);", r"infinity\(\)|INFINITY|HUGE_VAL"),
    ("if ($d > $best) $best = $d;", r"^0(?:\.0*)?$"),
    ("$best = std::max($best, $d);", r"^0(?:\.0*)?$"),
)
