"""Sums of ranges, and loops that fill or copy."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.counting import Counted, counted
from perfbot.agents.rules.cpp.effects import is_scalar
from perfbot.agents.rules.cpp.function import CppFunction
from perfbot.agents.rules.cpp.pattern import expression, plain, previous_statement, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node


@rule(
    "cpp-prefix-sums",
    "sums of ranges in a loop -> sums from the beginning, subtracted",
    before="""
        #include <cstdint>
        #include <utility>
        #include <vector>

        std::vector<std::uint64_t> f(const std::vector<std::uint64_t>& amounts,
                                     const std::vector<std::pair<unsigned, unsigned>>& ranges) {
            std::vector<std::uint64_t> found;
            for (const auto& [first, last] : ranges) {
                std::uint64_t total = 0;
                for (std::size_t at = first; at < last && at < amounts.size(); ++at)
                    total += amounts[at];
                found.push_back(total);
            }
            return found;
        }
        """,
    after="""
        #include <cstdint>
        #include <utility>
        #include <vector>
        #include <algorithm>

        std::vector<std::uint64_t> f(const std::vector<std::uint64_t>& amounts,
                                     const std::vector<std::pair<unsigned, unsigned>>& ranges) {
            std::vector<std::uint64_t> found;
            std::vector<std::uint64_t> amounts_sums(amounts.size() + 1);
            for (std::size_t place = 0; place < amounts.size(); ++place) {
                amounts_sums[place + 1] = amounts_sums[place] + amounts[place];
            }
            for (const auto& [first, last] : ranges) {
                std::uint64_t total = 0;
                const std::size_t from = first;
                const std::size_t to = std::min<std::size_t>(last, amounts.size());
                if (from < to) total += amounts_sums[to] - amounts_sums[from];
                found.push_back(total);
            }
            return found;
        }
        """,
    leaves="""
        #include <vector>

        std::vector<double> f(const std::vector<double>& amounts, const std::vector<int>& ends) {
            std::vector<double> found;
            for (const int last : ends) {
                double total = 0;
                for (int at = 0; at < last; ++at) total += amounts[at];
                found.push_back(total);
            }
            return found;
        }
        """,
    calls=(
        "std::vector<std::uint64_t>{5, 7, 1}, "
        "std::vector<std::pair<unsigned, unsigned>>{{0, 2}, {1, 9}, {2, 1}, {3, 3}}",
    ),
)  # fmt: skip
def prefix_sums(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        inner = counted(function, loop, conditional=True)
        bound = statements("$total += $v[$at];").match(inner.body) if inner is not None else None
        if inner is None or bound is None or function.text(bound["$at"][0]) != inner.name:
            continue
        vector = bound["$v"][0]
        name = function.text(vector)
        kind = function.type_of(bound["$total"][0])
        element = types.element_of(function.type_of(vector))
        free = [
            around for around in function.loops_around(loop) if function.invariant(vector, around)
        ]
        owner = function.type_of(vector) or ""
        if not free or not types.is_integer(kind) or not types.is_integer(element or kind):
            continue
        if not owner.startswith(("vector<", "array<", "deque<")):
            continue
        # a sum may be wider than its elements; of wrapping ones it may not
        wide = types.written(kind or "")
        sums, place = function.fresh(f"{name}_sums"), function.fresh("place")
        start, end = function.fresh("from"), function.fresh("to")
        made = (
            f"std::vector<{wide}> {sums}({name}.size() + 1);\n"
            f"for (std::size_t {place} = 0; {place} < {name}.size(); ++{place}) {{\n"
            f"@{sums}[{place} + 1] = {sums}[{place}] + {name}[{place}];\n"
            "}"
        )
        limit = _limit(function, inner, name)
        if limit is None:
            continue
        first = function.text(inner.start)
        total = function.text(bound["$total"][0])
        text = (
            f"const std::size_t {start} = {first};\n"
            f"const std::size_t {end} = {limit};\n"
            f"if ({start} < {end}) {total} += {sums}[{end}] - {sums}[{start}];"
        )
        if plain(loop.parent or loop) == loop and loop.parent is not None:
            text = "\n".join(["{", *(f"@{line}" for line in text.split("\n")), "}"])
        pieces = [*function.insert_before(free[-1], made), function.replace(loop, text)]
        reason = "A sum of a range is the difference of two sums from the beginning."
        yield Rewrite(tuple(pieces), reason, function.include("algorithm", "vector"))


def _limit(function: CppFunction, inner: Counted, name: str) -> str | None:
    """Where a range ends, one beyond what is inclusive; None where more than a size ends it."""
    text = function.text(inner.bound)
    if inner.also is None:
        return f"{function.operand(inner.bound)} + 1" if inner.inclusive else text
    if expression(f"{inner.name} < {name}.size()").match(inner.also) is None:
        return None
    return f"std::min<std::size_t>({text}, {name}.size())"


@rule(
    "cpp-loop-to-fill",
    "loop that fills -> memset or std::fill",
    before="""
        #include <stddef.h>

        void f(unsigned char *bytes, size_t n) {
            for (size_t i = 0; i < n; i++) bytes[i] = 0;
        }
        """,
    after="""
        #include <stddef.h>
        #include <string.h>

        void f(unsigned char *bytes, size_t n) {
            memset(bytes, 0, n * sizeof *bytes);
        }
        """,
    leaves="""
        #include <stddef.h>

        void f(unsigned char *bytes, size_t n) {
            for (size_t i = 0; i < n; i++) bytes[i] = (unsigned char)i;
        }
        """,
    calls=("({ unsigned char b[] = {1, 2, 3}; f(b, 2); b[0] == 0 && b[1] == 0 && b[2] == 3; })",),
    languages=("c", "cpp"),
)
def loop_to_fill(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        found = counted(function, loop)
        bound = statements("$a[$i] = $x;").match(found.body) if found is not None else None
        if found is None or bound is None or function.text(bound["$i"][0]) != found.name:
            continue
        array, value = bound["$a"][0], bound["$x"][0]
        if found.inclusive or not function.invariant(array, value):
            continue
        if found.name in function.names_in(value) or not function.invariant(value, loop):
            continue
        kind = function.type_of(array) or ""
        element = types.element_of(kind)
        if not is_scalar(element) or _reads(function, value, array):
            continue
        is_pointer = kind.endswith(("*", "[]"))
        if function.file.is_c:
            zero = function.text(value).rstrip(".f") in ("0", "0.0")
            bytes_wide = element in ("char", "unsigned char", "uint8_t", "signed char", "int8_t")
            if not is_pointer or not (zero or bytes_wide):
                continue
            at = function.operand(array)
            count = _count(function, found)
            first = at if found.starts_at_zero else f"{at} + {function.operand(found.start)}"
            text = f"memset({first}, {function.text(value)}, {count} * sizeof *{at});"
            include = function.include("string.h")
        else:
            at = function.operand(array) if is_pointer else f"{function.operand(array)}.begin()"
            first = at if found.starts_at_zero else f"{at} + {function.operand(found.start)}"
            last = f"{at} + {function.operand(found.bound)}"
            text = f"std::fill({first}, {last}, {function.text(value)});"
            include = function.include("algorithm")
        yield Rewrite((function.replace(loop, text),), "The library fills whole words.", include)


def _reads(function: CppFunction, value: "Node", array: "Node") -> bool:
    """Whether a value may come from the array that it is written to."""
    return bool(function.names_in(value) & function.names_in(array))


def _count(function: CppFunction, found: Counted) -> str:
    """How many steps a loop makes, as a factor."""
    if found.starts_at_zero:
        return function.operand(found.bound)
    return f"({function.operand(found.bound)} - {function.operand(found.start)})"


@rule(
    "cpp-loop-to-copy",
    "loop that copies -> memcpy or std::copy",
    before="""
        #include <stddef.h>

        void f(int *to, const int *from, size_t n) {
            for (size_t i = 0; i < n; i++) to[i] = from[i];
        }
        """,
    after="""
        #include <stddef.h>
        #include <string.h>

        void f(int *to, const int *from, size_t n) {
            memmove(to, from, n * sizeof *to);
        }
        """,
    leaves="""
        #include <stddef.h>

        void f(int *to, const int *from, size_t n) {
            for (size_t i = 0; i < n; i++) to[i] = from[n - i - 1];
        }
        """,
    calls=("({ int a[] = {1, 2}, b[] = {3, 4}; f(a, b, 1); a[0] == 3 && a[1] == 2; })",),
    languages=("c", "cpp"),
)
def loop_to_copy(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        found = counted(function, loop)
        bound = statements("$a[$i] = $b[$i];").match(found.body) if found is not None else None
        if found is None or bound is None or function.text(bound["$i"][0]) != found.name:
            continue
        to, source = bound["$a"][0], bound["$b"][0]
        kinds = [function.type_of(node) or "" for node in (to, source)]
        elements = [types.element_of(kind) for kind in kinds]
        pointers = [kind.endswith(("*", "[]")) for kind in kinds]
        if found.inclusive or elements[0] != elements[1] or elements[0] is None:
            continue
        if function.file.is_c:
            if not all(pointers) or not found.starts_at_zero:
                continue
            count = _count(function, found)
            text = function.fill(f"memmove($a, $b, {count} * sizeof *$a);", bound)
            include = function.include("string.h")
        else:
            at = [
                function.operand(node) if pointer else f"{function.operand(node)}.begin()"
                for node, pointer in zip((to, source), pointers, strict=True)
            ]
            more = "" if found.starts_at_zero else f" + {function.operand(found.start)}"
            last = f"{at[1]} + {function.operand(found.bound)}"
            text = f"std::copy({at[1]}{more}, {last}, {at[0]}{more});"
            include = function.include("algorithm")
        yield Rewrite((function.replace(loop, text),), "The library copies whole words.", include)


@rule(
    "c-malloc-to-calloc",
    "malloc, then memset to 0 -> calloc",
    before="""
        #include <stdlib.h>
        #include <string.h>

        int *f(size_t n) {
            int *counts = (int *)malloc(n * sizeof(int));
            memset(counts, 0, n * sizeof(int));
            return counts;
        }
        """,
    after="""
        #include <stdlib.h>
        #include <string.h>

        int *f(size_t n) {
            int *counts = (int *)calloc(1, n * sizeof(int));
            return counts;
        }
        """,
    leaves="""
        #include <stdlib.h>
        #include <string.h>

        int *f(size_t n) {
            int *counts = (int *)malloc(n * sizeof(int));
            memset(counts, 1, n * sizeof(int));
            return counts;
        }
        """,
    calls=("({ int *p = f(3); int same = p[0] == 0 && p[2] == 0; free(p); same; })",),
    languages=("c", "cpp"),
)
def malloc_to_calloc(function: CppFunction) -> Iterator[Rewrite]:
    for statement in function.nodes("expression_statement"):
        cleared = statements("memset($p, 0, $n);").match(statement)
        before = previous_statement(statement)
        if cleared is None or before is None:
            continue
        for call in function.nodes("call_expression"):
            made = expression("malloc($n)").match(call)
            if made is None or not before.start_byte <= call.start_byte < before.end_byte:
                continue
            pointer = function.text(cleared["$p"][0])
            if function.text(made["$n"][0]) != function.text(cleared["$n"][0]):
                continue
            if pointer in function.text(before).partition("=")[0]:
                new = function.fill("calloc(1, $n)", made)
                pieces = (function.replace(call, new), function.delete(statement))
                yield Rewrite(pieces, "Fresh pages are zero already.")
