"""Numbers read from text without a stream."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.construction import constructed
from perfbot.agents.rules.cpp.function import CppFunction, in_block
from perfbot.agents.rules.cpp.pattern import expression
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.uses import other_uses
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node

_STREAMS = ("stringstream", "istringstream")
_READ = {
    "int": "static_cast<int>(std::max<long>(std::min<long>($n, INT_MAX), INT_MIN))",
    "long": "$n",
    "long long": "$n",
}
"""How a type is made of what `strtol` gives: out of its range a stream gives its nearest end."""


@rule(
    "cpp-stream-number-to-strtol",
    "stringstream that reads one whole number -> strtol",
    before="""
        #include <sstream>
        #include <string>

        int f(const std::string& text) {
            std::stringstream in(text);
            int value = 0;
            in >> value;
            return value + 1;
        }
        """,
    after="""
        #include <sstream>
        #include <string>
        #include <algorithm>
        #include <climits>
        #include <cstdlib>

        int f(const std::string& text) {
            int value = 0;
            const long value_read = std::strtol(text.c_str(), nullptr, 10);
            value = static_cast<int>(std::max<long>(std::min<long>(value_read, INT_MAX), INT_MIN));
            return value + 1;
        }
        """,
    leaves="""
        #include <sstream>
        #include <string>

        int f(const std::string& text) {
            std::stringstream in(text);
            int value = 0;
            int other = 0;
            in >> value >> other;
            return value + other;
        }
        """,
    calls=(
        'std::string("12")', 'std::string(" -7x")', 'std::string("x")', 'std::string()',
        'std::string("99999999999")', 'std::string("-99999999999999999999999")',
    ),
)  # fmt: skip
def stream_number_to_strtol(function: CppFunction) -> Iterator[Rewrite]:
    for name in function.declarations:
        declaration = function.local(name)
        made = constructed(declaration) if declaration is not None else None
        if declaration is None or made is None or function.type_of_name(name) not in _STREAMS:
            continue
        uses = other_uses(function, name)
        if len(uses) != 1 or len(made[1]) != 1 or function.type_of_name(made[1][0]) != "string":
            continue
        statement = function.statement_of(uses[0])
        if statement.type != "expression_statement" or not in_block(statement):
            continue
        read = expression("$in >> $x").match(statement.named_children[0])
        if read is None or read["$in"][0] != uses[0]:
            continue
        value, text = function.text(read["$x"][0]), made[1][0]
        kind = function.type_of(read["$x"][0]) or ""
        if kind not in _READ or not _begins_at_zero(function, value):
            continue
        if any(function.changed(text, node) for node in _between(declaration, statement)):
            continue
        number = function.fresh(f"{value}_read")
        wide, called = ("long long", "strtoll") if kind == "long long" else ("long", "strtol")
        new = (
            f"const {wide} {number} = std::{called}({text}.c_str(), nullptr, 10);\n"
            f"{value} = {_READ[kind].replace('$n', number)};"
        )
        headers = ("algorithm", "climits", "cstdlib") if kind == "int" else ("cstdlib",)
        pieces = (function.delete(declaration), function.replace(statement, new))
        reason = "A stream is made with a locale and a copy of the text, for one number."
        yield Rewrite(pieces, reason, function.include(*headers))


def _begins_at_zero(function: CppFunction, name: str) -> bool:
    """Whether a variable is 0 when it is declared: an empty stream leaves it as it is."""
    declarator = function.declared_once(name)
    value = declarator.child_by_field_name("value") if declarator is not None else None
    return value is not None and function.text(value) in ("0", "{}", "{0}")


def _between(first: "Node", last: "Node") -> Iterator["Node"]:
    """The statements between two of one block."""
    node = first.next_named_sibling
    while node is not None and node != last:
        yield node
        node = node.next_named_sibling
