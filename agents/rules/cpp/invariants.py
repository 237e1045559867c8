"""What does not change in a loop, computed before it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.effects import PURE, called_name
from perfbot.agents.rules.cpp.function import CppFunction, within
from perfbot.agents.rules.cpp.pattern import expression, plain
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.types import is_integer
from perfbot.agents.rules.rule import Rewrite
from perfbot.agents.rules.source import Replacement

if TYPE_CHECKING:
    from tree_sitter import Node

_LENGTHS = ("strlen", "wcslen")
_CHEAP = frozenset({"max", "min", "abs", "labs", "llabs", "static_cast", "size", "ssize", "fabs",
                    "string_view", "make_pair", "isspace", "isdigit", "isalpha", "isalnum",
                    "isupper", "islower", "ispunct", "isxdigit", "isprint", "toupper", "tolower",
                    "strchr", "strrchr", "strstr", "memchr", "string"})  # fmt: skip
"""Pure functions whose results are cheap, or whose types differ between C and C++."""
_INT_RESULT = frozenset({"strcmp", "strncmp", "memcmp"})


@rule(
    "c-hoist-strlen",
    "strlen in a loop -> once before it",
    before="""
        #include <ctype.h>
        #include <string.h>

        int f(const char *text) {
            int spaces = 0;
            for (size_t i = 0; i < strlen(text); i++) {
                if (text[i] == ' ') spaces++;
            }
            return spaces;
        }
        """,
    after="""
        #include <ctype.h>
        #include <string.h>

        int f(const char *text) {
            int spaces = 0;
            const size_t text_length = strlen(text);
            for (size_t i = 0; i < text_length; i++) {
                if (text[i] == ' ') spaces++;
            }
            return spaces;
        }
        """,
    leaves="""
        #include <string.h>

        int f(const char *text) {
            int steps = 0;
            while (strlen(text) > 2) {
                text++;
                steps++;
            }
            return steps;
        }
        """,
    calls=('f("a b c") == 2', 'f("") == 0'),
    languages=("c", "cpp"),
)
def hoist_strlen(function: CppFunction) -> Iterator[Rewrite]:
    for call in function.nodes("call_expression"):
        name = called_name(call)
        arguments = call.child_by_field_name("arguments")
        if name not in _LENGTHS or arguments is None or arguments.named_child_count != 1:
            continue
        text = arguments.named_children[0]
        free = []
        for loop in function.loops_around(call):
            if not _same_string(function, text, loop):
                break
            free.append(loop)
        if not free:
            continue
        new = function.fresh(f"{function.text(text)}_length", str(free[-1].start_byte))
        line = f"const {function.size_type} {new} = {function.text(call)};"
        pieces = (*function.insert_before(free[-1], line), function.replace(call, new))
        yield Rewrite(pieces, "The length is counted once, not on every iteration.")


def _same_string(function: CppFunction, text: "Node", loop: "Node") -> bool:
    """Whether a loop leaves a string's length as it is; single characters may be assigned."""
    for name in function.names_in(text):
        for use in function.uses(name, loop):
            element = use.parent
            assigned = element is not None and element.type == "subscript_expression"
            if not assigned and function.changed(name, use):
                return False
        declarator = function.declared_once(name)
        if declarator is not None and within(declarator, loop):
            return False
    return not function.uses("strcat", loop) and not function.uses("strcpy", loop)


@rule(
    "cpp-hoist-size",
    "size() in a loop's condition -> once before it",
    before="""
        #include <vector>

        long f(const std::vector<int>& values) {
            long total = 0;
            for (std::size_t i = 0; i < values.size(); ++i) total += values[i];
            return total;
        }
        """,
    after="""
        #include <vector>

        long f(const std::vector<int>& values) {
            long total = 0;
            const std::size_t values_size = values.size();
            for (std::size_t i = 0; i < values_size; ++i) total += values[i];
            return total;
        }
        """,
    leaves="""
        #include <vector>

        void f(std::vector<int>& values) {
            for (std::size_t i = 0; i < values.size(); ++i) {
                if (values[i] > 3) values.push_back(values[i] / 2);
            }
        }
        """,
    calls=("std::vector<int>{1, 2}", "std::vector<int>{}"),
)
def hoist_size(function: CppFunction) -> Iterator[Rewrite]:
    pieces: list[Replacement] = []
    for loop in function.nodes("for_statement", "while_statement"):
        condition = loop.child_by_field_name("condition")
        for call in function.nodes("call_expression"):
            if condition is None or not within(call, condition):
                continue
            for method in ("size", "length"):
                bound = expression(f"$v.{method}()").match(call)
                if bound is None or not _keeps_size(function, bound["$v"][0], loop):
                    continue
                key = str(loop.start_byte)
                new = function.fresh(f"{function.text(bound['$v'][0])}_size", key)
                line = f"const std::size_t {new} = {function.text(call)};"
                pieces += [*function.insert_before(loop, line), function.replace(call, new)]
    if pieces:
        yield Rewrite(tuple(pieces), "The compiler need not read the size on every iteration.")


def _keeps_size(function: CppFunction, vector: "Node", loop: "Node") -> bool:
    """Whether a loop calls no method of a container that may change its size."""
    if vector.type != "identifier":
        return function.invariant(vector, loop)
    name = function.text(vector)
    declarator = function.declared_once(name)
    if declarator is not None and within(declarator, loop):
        return False
    for use in function.uses(name, loop):
        above = use.parent
        element = above is not None and above.type == "subscript_expression"
        if not element and function.changed(name, use):
            return False
    return True


@rule(
    "c-hoist-call",
    "call of a pure function in a loop, always with the same arguments -> once before it",
    before="""
        #include <math.h>

        double f(const double *values, int n, double width) {
            double total = 0;
            for (int i = 0; i < n; i++) total += values[i] * exp(-width);
            return total;
        }
        """,
    after="""
        #include <math.h>

        double f(const double *values, int n, double width) {
            double total = 0;
            const double exp_width = exp(-width);
            for (int i = 0; i < n; i++) total += values[i] * exp_width;
            return total;
        }
        """,
    leaves="""
        #include <math.h>

        double f(const double *values, int n) {
            double total = 0;
            for (int i = 0; i < n; i++) total += exp(values[i]);
            return total;
        }
        """,
    calls=("({ const double v[] = {1, 2}; fabs(f(v, 2, 0.5) - 3 * exp(-0.5)) < 1e-9; })",),
    languages=("c", "cpp"),
)
def hoist_call(function: CppFunction) -> Iterator[Rewrite]:
    for call in function.nodes("call_expression"):
        name = called_name(call)
        if name not in PURE or name in _CHEAP or name in _LENGTHS:
            continue
        free = []
        for loop in function.loops_around(call):
            if not function.invariant(call, loop):
                break
            free.append(loop)
        if not free or _is_bound_already(function, call):
            continue
        new = function.fresh(function.text(call).removeprefix("std::"), str(free[-1].start_byte))
        if len(new) > 30:
            new = function.fresh(f"{name}_once", str(call.start_byte))
        kind = "double" if name not in _INT_RESULT else "int"
        kind = "float" if re.fullmatch(r"(?:sqrt|pow|exp|log|sin|cos|fabs)f", name) else kind
        written = f"const {kind if function.file.is_c else 'auto'}"
        line = f"{written} {new} = {function.text(call)};"
        pieces = (*function.insert_before(free[-1], line), function.replace(call, new))
        yield Rewrite(pieces, f"`{name}` gives the same on every iteration.")


def _is_bound_already(function: CppFunction, call: "Node") -> bool:
    """Whether a call stands in another pure one that is hoisted as a whole."""
    above = call.parent
    while above is not None and above.type in ("argument_list", "binary_expression",
                                               "parenthesized_expression"):  # fmt: skip
        above = above.parent
    outer = above is not None and above.type == "call_expression" and called_name(above) in PURE
    loops = function.loops_around(call)
    return bool(
        outer and above is not None and loops and function.invariant(above, loops[-1])
        and called_name(above) not in _CHEAP
    )  # fmt: skip


@rule(
    "c-square-root-bound",
    "condition with a square root -> computed once, in whole numbers",
    before="""
        #include <math.h>

        int f(int n) {
            if (n < 2) return 0;
            for (int i = 2; i <= sqrt(n); i++) {
                if (n % i == 0) return 0;
            }
            return 1;
        }
        """,
    after="""
        #include <math.h>

        int f(int n) {
            if (n < 2) return 0;
            for (int i = 2; i <= n / i; i++) {
                if (n % i == 0) return 0;
            }
            return 1;
        }
        """,
    leaves="""
        #include <math.h>

        int f(double n) {
            int steps = 0;
            for (int i = 2; i <= sqrt(n); i++) steps++;
            return steps;
        }
        """,
    calls=("f(97) == 1", "f(91) == 0", "f(25) == 0", "f(1) == 0"),
    languages=("c", "cpp"),
)
def square_root_bound(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement", "while_statement"):
        condition = loop.child_by_field_name("condition")
        if condition is None:
            continue
        inner = condition.child_by_field_name("value") or condition
        for text in ("$i <= sqrt($n)", "$i <= (int)sqrt($n)",
                     "$i <= std::sqrt((double)$n)"):  # fmt: skip
            bound = expression(text).match(plain(inner))
            if bound is None or not is_integer(function.type_of(bound["$n"][0])):
                continue
            new = function.fill("$i <= $n / $i", bound)
            reason = "A division of whole numbers is made in place of a square root."
            yield Rewrite((function.replace(inner, new),), reason)
