"""Nested loops in another order, or fewer of them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.counting import Counted, counted
from perfbot.agents.rules.cpp.function import CppFunction, statements_in, within
from perfbot.agents.rules.cpp.pattern import Bound, expression, same, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.source import walk
from perfbot.agents.rules.rule import Rewrite
from perfbot.agents.rules.source import Replacement

if TYPE_CHECKING:
    from tree_sitter import Node


@rule(
    "c-matrix-order",
    "innermost loop over a column -> over a row",
    before="""
        void f(double *product, const double *left, const double *right, int n) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    for (int k = 0; k < n; k++) {
                        sum += left[i * n + k] * right[k * n + j];
                    }
                    product[i * n + j] = sum;
                }
            }
        }
        """,
    after="""
        void f(double *product, const double *left, const double *right, int n) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    product[i * n + j] = 0;
                }
                for (int k = 0; k < n; k++) {
                    for (int j = 0; j < n; j++) {
                        product[i * n + j] += left[i * n + k] * right[k * n + j];
                    }
                }
            }
        }
        """,
    leaves="""
        void f(double *product, const double *left, int n) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    for (int k = 0; k < n; k++) {
                        sum = sum / 2 + left[i * n + k];
                    }
                    product[i * n + j] = sum;
                }
            }
        }
        """,
    calls=(
        "({ double a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8}, c[4]; f(c, a, b, 2);"
        " c[0] == 19 && c[1] == 22 && c[2] == 43 && c[3] == 50; })",
    ),
    languages=("c", "cpp"),
)
def matrix_order(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        outer = counted(function, loop)
        found = _summed(function, outer) if outer is not None else None
        if outer is None or found is None:
            continue
        bound, inner, step = found
        independent = all(function.invariant(node, loop) for node in (inner.start, inner.bound))
        if not independent or inner.name == outer.name:
            continue
        place = function.text(bound["$place"][0])
        total = function.text(bound["$sum"][0])
        added = function.text(step["$e"][0])
        if re.search(rf"\b{re.escape(total)}\b", added):
            continue
        text = (
            f"{outer.head} {{\n"
            f"@{place} = {function.text(bound['$zero'][0])};\n"
            "}\n"
            f"{inner.head} {{\n"
            f"@{outer.head} {{\n"
            f"@@{place} += {added};\n"
            "@}\n"
            "}"
        )
        reason = "Memory is read along rows: the same sums, in the same order for each place."
        yield Rewrite((function.replace(loop, text),), reason)


def _summed(function: CppFunction, outer: Counted) -> tuple[Bound, Counted, Bound] | None:
    """The parts of `sum = 0; for (...) sum += e; place = sum;`, the whole body of a loop."""
    body = statements_in(outer.body)
    if len(body) != 3:
        return None
    first = statements("$T $sum = $zero;").match(body[0])
    inner = counted(function, body[1])
    last = statements("$place = $sum;").match(body[2])
    if first is None or inner is None or last is None:
        return None
    step = statements("$sum += $e;").match(inner.body)
    if step is None or not same(step["$sum"][0], first["$sum"][0]):
        return None
    if not same(last["$sum"][0], first["$sum"][0]) or function.text(first["$zero"][0]) not in (
        *("0", "0.0", "0.f", "0.0f"),
    ):
        return None
    indexed = last["$place"][0].type in ("subscript_expression", "call_expression")
    return ({**first, **last}, inner, step) if indexed else None


@rule(
    "c-loop-interchange",
    "loops over columns of rows -> over rows of columns",
    before="""
        long f(const int *table, int rows, int columns) {
            long total = 0;
            for (int j = 0; j < columns; j++) {
                for (int i = 0; i < rows; i++) {
                    total += table[i * columns + j];
                }
            }
            return total;
        }
        """,
    after="""
        long f(const int *table, int rows, int columns) {
            long total = 0;
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    total += table[i * columns + j];
                }
            }
            return total;
        }
        """,
    leaves="""
        long f(const int *table, int rows, int columns) {
            long total = 0;
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    total += table[i * columns + j];
                }
            }
            return total;
        }
        """,
    calls=("({ const int t[] = {1, 2, 3, 4, 5, 6}; f(t, 2, 3) == 21; })", "f(0, 0, 0) == 0"),
    languages=("c", "cpp"),
)
def loop_interchange(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        outer = counted(function, loop)
        inner = counted(function, outer.body) if outer is not None else None
        if outer is None or inner is None or _leaves(inner.body):
            continue
        names = function.names_in(inner.start) | function.names_in(inner.bound)
        if outer.name in names or not function.invariant(inner.bound, loop):
            continue
        if _stride(function, inner, outer.name) <= _stride(function, inner, inner.name):
            continue
        pieces = [
            Replacement(*_head_span(outer), inner.head),
            Replacement(*_head_span(inner), outer.head),
        ]
        reason = "Memory is read in the order in which it lies."
        yield Rewrite(tuple(pieces), reason)


def _head_span(found: Counted) -> tuple[int, int]:
    start = found.loop.start_byte
    return start, start + len(found.head.encode())


def _leaves(body: "Node") -> bool:
    kinds = ("break_statement", "return_statement", "goto_statement", "throw_statement")
    return any(node.type in kinds for node in walk(body))


def _stride(function: CppFunction, inner: Counted, name: str) -> int:
    """How many subscripts of a loop go from neighbour to neighbour with a counter."""
    near = 0
    for node in function.nodes("subscript_expression"):
        if not within(node, inner.body):
            continue
        deep = expression("$a[$i][$j]").match(node)
        flat = expression("$a[$i]").match(node)
        if deep is not None:
            near += name in function.names_in(deep["$j"][0])
        elif flat is not None:
            text = re.sub(r"\s", "", function.text(flat["$i"][0]))
            multiplied = re.search(
                rf"(?<!\w){re.escape(name)}(?:[+-]\d+\))?\*|\*\(?{re.escape(name)}(?!\w)", text
            )
            near += name in function.names_in(flat["$i"][0]) and multiplied is None
    return near


@rule(
    "cpp-repeated-addition",
    "addition repeated in a loop -> one multiplication",
    before="""
        #include <cstddef>
        #include <vector>

        void f(std::vector<unsigned>& sums, const std::vector<unsigned>& values, int times) {
            for (int round = 0; round < times; ++round)
                for (std::size_t at = 0; at < sums.size() && at < values.size(); ++at)
                    sums[at] += values[at];
        }
        """,
    after="""
        #include <cstddef>
        #include <vector>

        void f(std::vector<unsigned>& sums, const std::vector<unsigned>& values, int times) {
            if (0 < times) {
                for (std::size_t at = 0; at < sums.size() && at < values.size(); ++at) {
                    if (&sums != &values) {
                        sums[at] += values[at] * times;
                    } else {
                        for (int round = 0; round < times; ++round) sums[at] += values[at];
                    }
                }
            }
        }
        """,
    leaves="""
        #include <cstddef>
        #include <vector>

        void f(std::vector<double>& sums, const std::vector<double>& values, int times) {
            for (int round = 0; round < times; ++round)
                for (std::size_t at = 0; at < sums.size() && at < values.size(); ++at)
                    sums[at] += values[at];
        }
        """,
    calls=(
        "std::vector<unsigned>{1, 2}, std::vector<unsigned>{3, 4, 5}, 3",
        "std::vector<unsigned>{1, 2}, std::vector<unsigned>{3}, -1",
    ),
)
def repeated_addition(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        outer = counted(function, loop)
        inner = counted(function, outer.body, conditional=True) if outer is not None else None
        if outer is None or inner is None or not outer.starts_at_zero or outer.inclusive:
            continue
        bound = statements("$place += $e;").match(inner.body)
        if bound is None or outer.name in function.names_in(inner.loop):
            continue
        place, added = bound["$place"][0], bound["$e"][0]
        kinds = [function.type_of(node) for node in (place, outer.bound)]
        if not all(types.is_integer(kind) for kind in kinds):
            continue
        if place.type != "subscript_expression" or not function.invariant(outer.bound, loop):
            continue
        times = function.operand(outer.bound)
        new = f"{function.text(place)} += {function.operand(added)} * {times};"
        step = f"@{new}"
        other = _may_be_one(function, place, added)
        if other:
            again = f"{outer.head} {function.text(inner.body)}"
            step = f"@if ({other}) {{\n@@{new}\n@}} else {{\n@@{again}\n@}}"
        text = f"{inner.head} {{\n{step}\n}}"
        if not (kinds[1] or "").startswith(("unsigned", "uint", "size_t")):
            deeper = text.replace("\n", "\n@")
            text = f"if (0 < {function.text(outer.bound)}) {{\n@{deeper}\n}}"
        reason = "What is added again and again is added once, multiplied."
        yield Rewrite((function.replace(loop, text),), reason)


def _may_be_one(function: CppFunction, place: "Node", added: "Node") -> str:
    """The test for two parameters that may be one vector; empty where they cannot be."""
    owners = []
    for node in (place, added):
        bound = expression("$v[$i]").match(node)
        if bound is None or bound["$v"][0].type != "identifier":
            return ""
        owners.append(function.text(bound["$v"][0]))
    one, other = owners
    references = [
        function.is_parameter(name)
        and "&" in function.text(function.declared_once(name) or function.node)
        for name in owners
    ]
    if one == other or not all(references):
        return ""
    return (
        f"&{one} != &{other}" if function.type_of_name(one) == function.type_of_name(other) else ""
    )
