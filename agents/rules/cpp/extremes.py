"""Smallest and largest elements, found in a way that compilers make vectors of."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.counting import counted
from perfbot.agents.rules.cpp.function import CppFunction, body_of, statements_in
from perfbot.agents.rules.cpp.pattern import Bound, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.types import is_integer
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node

_PLAIN_FOR = "for ($i = $a; $i < $n; ++$i) $$body;"
"""Of C, where the counter is declared before."""
_LOW, _HIGH = "if ($v < $low) $low = $v;", "if ($v > $high) $high = $v;"
_BOTH = (f"{_LOW} else {_HIGH}", f"{_HIGH} else {_LOW}")
VECTORS = "Compilers make vectors of it, with as many elements as fit by their own type."
_NAMED_INTEGER = re.compile(r"u?int\d+_t|U?INT\d+|uchar|byte|[ui]\d+|[su]\d+")
"""What projects call integers of their own."""


@rule(
    "c-extremes-in-narrow-locals",
    "if (lo > v) lo = v; else if (hi < v) hi = v; in a loop -> locals of v's type, without jumps",
    before="""
        void f(const unsigned char *values, int n, int *ends) {
            int low = values[0], high = values[0];
            for (int i = 0; i < n; i++) {
                if (low > values[i]) {
                    low = values[i];
                } else if (high < values[i]) {
                    high = values[i];
                }
            }
            ends[0] = low;
            ends[1] = high;
        }
        """,
    after="""
        void f(const unsigned char *values, int n, int *ends) {
            int low = values[0], high = values[0];
            unsigned char least = 0 < n ? values[0] : 0, most = least;
            for (int i = 0; i < n; i++) {
                least = values[i] < least ? values[i] : least;
                most = values[i] > most ? values[i] : most;
            }
            if (0 < n) {
                low = least < low ? least : low;
                high = most > high ? most : high;
            }
            ends[0] = low;
            ends[1] = high;
        }
        """,
    leaves="""
        void f(const double *values, int n, double *ends) {
            double low = values[0], high = values[0];
            for (int i = 0; i < n; i++) {
                if (low > values[i]) low = values[i];
                else if (high < values[i]) high = values[i];
            }
            ends[0] = low;
            ends[1] = high;
        }
        """,
    calls=(
        "({ const unsigned char v[] = {7, 3, 9}; int e[2]; f(v, 3, e); e[0] == 3 && e[1] == 9; })",
        "({ const unsigned char v[] = {5}; int e[2]; f(v, 1, e); e[0] == 5 && e[1] == 5; })",
    ),
    languages=("c", "cpp"),
)
def extremes_in_narrow_locals(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        header, ends = _counts(function, loop), _ends_in(function, loop)
        kind = None if header is None or ends is None else _kind(function, ends, header[0], loop)
        if header is None or ends is None or kind is None or kind in _kept_in(function, ends):
            continue
        _, start, bound = header
        if not function.invariant(bound, loop):
            continue
        least, most = function.fresh("least"), function.fresh("most")
        nonempty = f"{function.text(start)} < {function.operand(bound)}"
        first = f"{function.text(ends['$v'][0].named_children[0])}[{function.text(start)}]"
        head = _head(loop)
        looped = (
            f"{head} {{\n"
            f"@{least} = $v < {least} ? $v : {least};\n"
            f"@{most} = $v > {most} ? $v : {most};\n"
            "}\n"
        )
        taken = (
            f"$low = {least} < $low ? {least} : $low;\n",
            f"$high = {most} > $high ? {most} : $high;",
        )
        guarded = (
            f"{kind} {least} = {nonempty} ? {first} : 0, {most} = {least};\n{looped}"
            f"if ({nonempty}) {{\n@{taken[0]}@{taken[1]}\n}}"
        )
        # Where there is always an element, the guards are what no input tests.
        plain = f"{kind} {least} = {first}, {most} = {least};\n{looped}{''.join(taken)}"
        for text in (guarded, plain):
            yield Rewrite((function.replace(loop, function.fill(text, ends)),), VECTORS)


@rule(
    "c-extremes-without-jumps",
    "if (lo > v) lo = v; else if (hi < v) hi = v; in a loop -> conditional expressions",
    before="""
        void f(const int *values, int n, int *ends) {
            int low = values[0], high = values[0];
            for (int i = 0; i < n; i++) {
                if (low > values[i]) {
                    low = values[i];
                } else if (high < values[i]) {
                    high = values[i];
                }
            }
            ends[0] = low;
            ends[1] = high;
        }
        """,
    after="""
        void f(const int *values, int n, int *ends) {
            int low = values[0], high = values[0];
            for (int i = 0; i < n; i++) {
                low = values[i] < low ? values[i] : low;
                high = values[i] > high ? values[i] : high;
            }
            ends[0] = low;
            ends[1] = high;
        }
        """,
    leaves="""
        void f(const double *values, int n, double *ends) {
            double low = values[0], high = values[0];
            for (int i = 0; i < n; i++) {
                if (low > values[i]) low = values[i];
                else if (high < values[i]) high = values[i];
            }
            ends[0] = low;
            ends[1] = high;
        }
        """,
    calls=(
        "({ const int v[] = {7, 3, 9}; int e[2]; f(v, 3, e); e[0] == 3 && e[1] == 9; })",
        "({ const int v[] = {5}; int e[2]; f(v, 1, e); e[0] == 5 && e[1] == 5; })",
    ),
    languages=("c", "cpp"),
)
def extremes_without_jumps(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement"):
        header, ends = _counts(function, loop), _ends_in(function, loop)
        kind = None if header is None or ends is None else _kind(function, ends, header[0], loop)
        body = loop.child_by_field_name("body")
        if ends is None or kind is None or body is None or {kind} != _kept_in(function, ends):
            continue
        text = "{\n@$low = $v < $low ? $v : $low;\n@$high = $v > $high ? $v : $high;\n}"
        yield Rewrite((function.replace(body, function.fill(text, ends)),), VECTORS)


def _head(loop: "Node") -> str:
    """The loop's text before its body."""
    body = loop.child_by_field_name("body")
    end = loop.end_byte if body is None else body.start_byte
    return (loop.text or b"")[: end - loop.start_byte].decode().rstrip()


def _counts(function: CppFunction, loop: "Node") -> "tuple[str, Node, Node] | None":
    """A loop's counter, from where and up to where it goes, where its body leaves it alone."""
    found = counted(function, loop)
    if found is not None:
        return None if found.inclusive else (found.name, found.start, found.bound)
    bound = statements(_PLAIN_FOR).match(loop)
    body = loop.child_by_field_name("body")
    if bound is None or body is None or bound["$i"][0].type != "identifier":
        return None
    name = function.text(bound["$i"][0])
    return None if function.changed(name, body) else (name, bound["$a"][0], bound["$n"][0])


def _ends_in(function: CppFunction, loop: "Node") -> Bound | None:
    """What the loop's body keeps the smallest and largest of, and in which two variables."""
    body = body_of(loop)
    for text in _BOTH:
        found = statements(text).match(body)
        if found is not None:
            return found if _are_two(function, found) else None
    listed = statements_in(body)
    for text in (_LOW + _HIGH, _HIGH + _LOW):
        run = statements(text).match_run(listed[0]) if len(listed) == 2 else None
        if run is not None:
            return run[0] if _are_two(function, run[0]) else None
    return None


def _are_two(function: CppFunction, found: Bound) -> bool:
    nodes = [found[hole][0] for hole in ("$low", "$high")]
    names = {function.text(node) for node in nodes}
    return len(names) == 2 and all(node.type == "identifier" for node in nodes)


def _kept_in(function: CppFunction, ends: Bound) -> set[str | None]:
    """The types of the variables that keep them."""
    return {function.type_of(ends[hole][0]) for hole in ("$low", "$high")}


def _kind(function: CppFunction, ends: Bound, name: str, loop: "Node") -> str | None:
    """The type of `a[name]`, an integer, where `a` is the same for the whole loop; else None.

    A comparison with NaN is false, so the order of floating-point elements would count.
    """
    value = ends["$v"][0]
    if value.type != "subscript_expression" or len(value.named_children) != 2:
        return None
    array, index = value.named_children
    if function.text(index).strip("[] ") != name or array.type != "identifier":
        return None
    kind = function.type_of(value)
    known = is_integer(kind) or (kind is not None and _NAMED_INTEGER.fullmatch(kind))
    return kind if known and not function.changed(function.text(array), loop) else None
