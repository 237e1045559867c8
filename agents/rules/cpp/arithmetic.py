"""Numbers computed by cheaper operations."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.counting import counted
from perfbot.agents.rules.cpp.function import CppFunction
from perfbot.agents.rules.cpp.pattern import Bound, expression, previous_statement, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.types import is_integer
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node


@rule(
    "c-pow-to-product",
    "pow(x, 2) -> x * x",
    before="""
        #include <math.h>

        double f(double x, double y) {
            return pow(x, 2) + y;
        }
        """,
    after="""
        #include <math.h>

        double f(double x, double y) {
            return (x * x) + y;
        }
        """,
    leaves="""
        #include <math.h>

        double f(double x, double y) {
            return pow(x, 2.5) + y;
        }
        """,
    calls=("f(3, 1) == 10", "f(-0.5, 0) == 0.25"),
    languages=("c", "cpp"),
)
def pow_to_product(function: CppFunction) -> Iterator[Rewrite]:
    for call in function.nodes("call_expression"):
        for text, times in (("pow($x, 2)", 2), ("pow($x, 2.0)", 2), ("pow($x, 3)", 3),
                            ("pow($x, 3.0)", 3), ("powf($x, 2)", 2)):  # fmt: skip
            bound = expression(text).match(call)
            if bound is None:
                continue
            x = bound["$x"][0]
            if any(child.type == "call_expression" for child in x.named_children):
                continue
            if x.type not in ("identifier", "subscript_expression", "field_expression",
                              "binary_expression"):  # fmt: skip
                continue
            factor = function.operand(x)
            # the product of whole numbers could overflow where pow computes in double
            first = f"(double){factor}" if is_integer(function.type_of(x)) else factor
            product = " * ".join([first, *[factor] * (times - 1)])
            yield Rewrite(
                (function.replace(call, f"({product})"),), "A product costs less than pow."
            )


@rule(
    "c-pow-of-two",
    "pow(2, n) -> ldexp(1.0, n)",
    before="""
        #include <math.h>

        double f(int n) {
            return pow(2, n);
        }
        """,
    after="""
        #include <math.h>

        double f(int n) {
            return ldexp(1.0, n);
        }
        """,
    leaves="""
        #include <math.h>

        double f(double n) {
            return pow(2, n);
        }
        """,
    calls=("f(10) == 1024", "f(-1) == 0.5"),
    languages=("c", "cpp"),
)
def pow_of_two(function: CppFunction) -> Iterator[Rewrite]:
    for call in function.nodes("call_expression"):
        for text in ("pow(2, $n)", "pow(2.0, $n)"):
            bound = expression(text).match(call)
            if bound is not None and is_integer(function.type_of(bound["$n"][0])):
                prefix = "std::" if function.text(call).startswith("std::") else ""
                new = function.fill(f"{prefix}ldexp(1.0, $n)", bound)
                yield Rewrite((function.replace(call, new),), "Only the exponent is set.")


_BITS = (
    "if ($x & (1 << $b)) ++$n;",
    "if ($x & (1u << $b)) ++$n;",
    "if ($x & (std::uint64_t{1} << $b)) ++$n;",
    "if ($x & (static_cast<$T>(1) << $b)) ++$n;",
    "if ($x & ((uint64_t)1 << $b)) ++$n;",
    "if (($x & (1 << $b)) != 0) ++$n;",
    "if (($x >> $b) & 1) ++$n;",
    "if ((($x >> $b) & 1) == 1) ++$n;",
    "if ((($x >> $b) & 1) != 0) ++$n;",
    "$n += ($x >> $b) & 1;",
)
_WHILE = (
    "while ($x) { $n += $x & 1; $x >>= 1; }",
    "while ($x > 0) { $n += $x & 1; $x >>= 1; }",
    "while ($x != 0) { $n += $x & 1; $x >>= 1; }",
    "while ($x) { if ($x & 1) ++$n; $x >>= 1; }",
    "while ($x > 0) { if ($x & 1) ++$n; $x >>= 1; }",
    "while ($x > 0) { if ($x % 2 == 1) ++$n; $x /= 2; }",
    "while ($x > 0) { $n += $x % 2; $x /= 2; }",
    "while ($x) { $x &= $x - 1; ++$n; }",
    "while ($x) { ++$n; $x &= $x - 1; }",
    "while ($x != 0) { $x &= $x - 1; ++$n; }",
    "while ($x > 0) { $x &= $x - 1; ++$n; }",
    "while ($x) { $x = $x & ($x - 1); ++$n; }",
)
_WIDTHS = {"8": "8", "16": "16", "32": "32", "64": "64"}


@rule(
    "c-popcount",
    "bits counted in a loop -> population count",
    before="""
        int f(unsigned long long word) {
            int count = 0;
            while (word) {
                word &= word - 1;
                count++;
            }
            return count;
        }
        """,
    after="""
        int f(unsigned long long word) {
            int count = 0;
            count += __builtin_popcountll(word);
            word = 0;
            return count;
        }
        """,
    leaves="""
        int f(unsigned long long word) {
            int count = 0;
            while (word) {
                word >>= 1;
                count++;
            }
            return count;
        }
        """,
    calls=("f(0) == 0", "f(~0ull) == 64", "f(5) == 2"),
    languages=("c", "cpp"),
)
def popcount(function: CppFunction) -> Iterator[Rewrite]:
    reason = "The compiler knows how the machine counts bits."
    for loop in function.nodes("while_statement"):
        for text in _WHILE:
            bound = statements(text).match(loop)
            if bound is not None and is_integer(function.type_of(bound["$x"][0])):
                new = f"$n += {_counted(function, bound)};\n$x = 0;"
                yield Rewrite((function.replace(loop, function.fill(new, bound)),), reason)
    for loop in function.nodes("for_statement"):
        found = counted(function, loop)
        if found is None or not found.starts_at_zero:
            continue
        for text in _BITS:
            bound = statements(text).match(found.body)
            if bound is None or function.text(bound["$b"][0]) != found.name:
                continue
            width = function.text(found.bound)
            kind = function.type_of(bound["$x"][0])
            if not is_integer(kind) or not function.invariant(bound["$x"][0], loop):
                continue
            whole = width == _width(kind)
            if not whole and width not in _WIDTHS:
                continue
            new = f"$n += {_counted(function, bound, None if whole else width)};"
            yield Rewrite((function.replace(loop, function.fill(new, bound)),), reason)


def _width(kind: str | None) -> str:
    """How many bits an integer type has on the machines that perfbot runs on."""
    if kind is None:
        return ""
    exact = re.search(r"(8|16|32|64)_t$", kind)
    if exact:
        return exact[1]
    if "long" in kind or kind in ("size_t", "ptrdiff_t", "ll", "ull"):
        return "64"
    return {"char": "8", "unsigned char": "8", "short": "16", "unsigned short": "16"}.get(
        kind, "32"
    )


def _counted(function: CppFunction, bound: Bound, width: str | None = None) -> str:
    """The population count of `$x`, of its lowest bits alone where fewer were looked at."""
    kind = function.type_of(bound["$x"][0])
    long = "ll" if _width(kind) == "64" else ""
    mask = {"8": "0xff", "16": "0xffff", "32": "0xffffffff"}.get(width or "", "")
    signed_narrow = _width(kind) in ("8", "16") and not (kind or "").startswith("u")
    if signed_narrow and not mask:
        mask = {"8": "0xff", "16": "0xffff"}[_width(kind)]
    inner = f"$x & {mask}" if mask else "$x"
    if "bit" in function.file.headers and not function.file.is_c:
        return f"std::popcount(static_cast<unsigned {'long long' if long else 'int'}>({inner}))"
    return f"__builtin_popcount{long}({inner})"


@rule(
    "c-two-term-recursion",
    "recursion on the two numbers before -> loop",
    before="""
        long f(int n) {
            if (n < 2) return n;
            return f(n - 1) + f(n - 2);
        }
        """,
    after="""
        long f(int n) {
            if (n < 2) return n;
            long before = 0;
            long last = 1;
            for (int i = 2; i <= n; ++i) {
                const long next = last + before;
                before = last;
                last = next;
            }
            return last;
        }
        """,
    leaves="""
        long f(int n) {
            if (n < 2) return n;
            return f(n - 1) + f(n - 3);
        }
        """,
    calls=("f(10) == 55", "f(1) == 1", "f(0) == 0", "f(2) == 1"),
    languages=("c", "cpp"),
)
def two_term_recursion(function: CppFunction) -> Iterator[Rewrite]:
    name = function.definition.name.rpartition("::")[2]
    kind = function.node.child_by_field_name("type")
    for statement in function.nodes("return_statement"):
        for text in (f"return {name}($n - 1) + {name}($n - 2);",
                     f"return {name}($n - 2) + {name}($n - 1);"):  # fmt: skip
            bound = statements(text).match(statement)
            start = previous_statement(statement)
            if bound is None or start is None or kind is None:
                continue
            n = function.text(bound["$n"][0])
            first = _first_terms(start, n)
            integer = function.type_of_name(n)
            if first is None or not is_integer(integer) or statement.parent != function.body:
                continue
            names = [function.fresh(stem) for stem in ("before", "last", "next")]
            before, last, following = names
            counter, number = function.fresh("i"), function.text(kind)
            new = (
                f"{number} {before} = {first[0]};\n"
                f"{number} {last} = {first[1]};\n"
                f"for ({integer} {counter} = 2; {counter} <= {n}; ++{counter}) {{\n"
                f"@const {number} {following} = {last} + {before};\n"
                f"@{before} = {last};\n"
                f"@{last} = {following};\n"
                "}\n"
                f"return {last};"
            )
            reason = "Each number is computed once, not again and again."
            yield Rewrite((function.replace(statement, new),), reason)


def _first_terms(start: "Node", n: str) -> tuple[str, str] | None:
    """The values for 0 and 1 that the statement before a recursion returns."""
    for condition in (f"{n} < 2", f"{n} <= 1", f"{n} == 0 || {n} == 1"):
        if statements(f"if ({condition}) return {n};").fits(start):
            return "0", "1"
        bound = statements(f"if ({condition}) return $value;").match(start)
        if bound is not None and bound["$value"][0].type == "number_literal":
            value = (bound["$value"][0].text or b"").decode()
            return value, value
    return None
