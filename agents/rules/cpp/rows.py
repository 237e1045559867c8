"""Rows of tables."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.construction import call_of, constructed
from perfbot.agents.rules.cpp.effects import is_scalar
from perfbot.agents.rules.cpp.function import CppFunction, within
from perfbot.agents.rules.cpp.pattern import (
    expression,
)
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.cpp.types import element_of
from perfbot.agents.rules.rule import Rewrite
from perfbot.agents.rules.source import Replacement

if TYPE_CHECKING:
    from tree_sitter import Node


@rule(
    "cpp-flatten-rows",
    "vector of vectors -> one vector",
    before="""
        #include <vector>

        int f(int rows, int columns) {
            std::vector<std::vector<int>> table(rows, std::vector<int>(columns, 1));
            for (int i = 1; i < rows; ++i)
                for (int j = 1; j < columns; ++j)
                    table[i][j] += table[i - 1][j];
            return rows > 0 && columns > 0 ? table[rows - 1][columns - 1] : 0;
        }
        """,
    after="""
        #include <vector>

        int f(int rows, int columns) {
            const std::size_t table_width = columns;
            std::vector<int> table(rows * table_width, 1);
            for (int i = 1; i < rows; ++i)
                for (int j = 1; j < columns; ++j)
                    table[i * table_width + j] += table[(i - 1) * table_width + j];
            return rows > 0 && columns > 0 ? table[(rows - 1) * table_width + columns - 1] : 0;
        }
        """,
    leaves="""
        #include <vector>

        std::vector<int> f(int rows, int columns) {
            std::vector<std::vector<int>> table(rows, std::vector<int>(columns, 1));
            return table[0];
        }
        """,
    calls=("3, 4", "0, 0", "1, 1"),
)  # fmt: skip
def flatten_rows(function: CppFunction) -> Iterator[Rewrite]:
    for name in function.declarations:
        declaration = function.local(name)
        kind = function.type_of_name(name) or ""
        element = (
            types.element_of(types.element_of(kind)) if kind.startswith("vector<vec") else None
        )
        if declaration is None or not is_scalar(element) or element in (None, "bool"):
            continue
        made = constructed(declaration)
        inner = call_of(made[1][1]) if made is not None and len(made[1]) == 2 else None
        if made is None or inner is None or len(inner[1]) not in (1, 2):
            continue
        width = function.fresh(f"{name}_width")
        places = _places(function, name, declaration, width)
        if places is None or not inner[0].endswith(">"):
            continue
        rows, columns = made[1][0], inner[1][0]
        rows = rows if re.fullmatch(r"[\w.()]+", rows) else f"({rows})"
        filler = f", {inner[1][1]}" if len(inner[1]) == 2 else ""
        text = (
            f"const std::size_t {width} = {columns};\n"
            f"std::vector<{types.written(element)}> {name}({rows} * {width}{filler});"
        )
        pieces = [function.replace(declaration, text), *places]
        reason = "One allocation, and rows side by side, without a pointer to each."
        yield Rewrite(tuple(pieces), reason)


def _places(
    function: CppFunction, name: str, declaration: "Node", width: str
) -> list[Replacement] | None:
    """Each `table[i][j]` as one place; None where a row or the whole is used otherwise."""
    pieces = []
    for use in function.uses(name):
        if within(use, declaration):
            continue
        above = use.parent.parent if use.parent is not None else None
        bound = expression(f"{name}[$i][$j]").match(above) if above is not None else None
        if above is None or bound is None:
            return None
        if any(function.uses(name, bound[part][0]) for part in ("$i", "$j")):
            return None  # an index that is an element itself would have to be rewritten, too
        column = function.text(bound["$j"][0])
        column = column if re.fullmatch(r"[\w.\s+\-*()]+", column) else f"({column})"
        row = function.fill(f"$i * {width}", bound)
        pieces.append(function.replace(above, f"{name}[{row} + {column}]"))
    return pieces


@rule(
    "cpp-hoist-row",
    "row of a table looked up in an inner loop -> once before it",
    before="""
        #include <vector>

        long f(const std::vector<std::vector<int>>& table) {
            long total = 0;
            for (std::size_t i = 0; i < table.size(); ++i) {
                for (std::size_t j = 0; j < table[i].size(); ++j) total += table[i][j];
            }
            return total;
        }
        """,
    after="""
        #include <vector>

        long f(const std::vector<std::vector<int>>& table) {
            long total = 0;
            for (std::size_t i = 0; i < table.size(); ++i) {
                auto& row = table[i];
                for (std::size_t j = 0; j < row.size(); ++j) total += row[j];
            }
            return total;
        }
        """,
    leaves="""
        #include <vector>

        long f(const std::vector<std::vector<int>>& table, const std::vector<int>& next) {
            long total = 0;
            int i = 0;
            for (std::size_t j = 0; j < next.size(); ++j) {
                total += table[i][j];
                i = next[j];
            }
            return total;
        }
        """,
    calls=("std::vector<std::vector<int>>{{1, 2}, {}, {3}}",),
)
def hoist_row(function: CppFunction) -> Iterator[Rewrite]:
    for loop in function.nodes("for_statement", "while_statement", "for_range_loop"):
        groups: dict[str, list[Node]] = {}
        for node in function.nodes("subscript_expression"):
            bound = expression("$v[$i]").match(node)
            if bound is None or not within(node, loop) or bound["$v"][0].type != "identifier":
                continue
            kind = function.type_of(node)
            if function.loops_around(node)[:1] != [loop] or kind is None or is_scalar(kind):
                continue
            if element_of(kind) is not None:
                groups.setdefault(function.text(node), []).append(node)
        for rows in groups.values():
            bound = expression("$v[$i]").match(rows[0])
            if bound is None or not _is_fixed(function, bound["$v"][0], loop):
                continue
            names = function.names_in(bound["$i"][0])
            if not function.invariant(bound["$i"][0], loop) or not names:
                continue
            new = function.fresh("row", f"{function.text(rows[0])} {loop.start_byte}")
            line = f"auto& {new} = {function.text(rows[0])};"
            pieces = [*function.insert_before(loop, line)]
            pieces += [function.replace(row, new) for row in rows]
            yield Rewrite(tuple(pieces), "The row is found once, not for every element.")


def _is_fixed(function: CppFunction, vector: "Node", loop: "Node") -> bool:
    """Whether a loop leaves the rows of a table where they are; their elements may change."""
    name = function.text(vector)
    declarator = function.declared_once(name)
    if declarator is not None and within(declarator, loop):
        return False
    for use in function.uses(name, loop):
        above = use.parent
        outer = above.parent if above is not None else None
        element = above is not None and expression("$v[$i][$j]").fits(outer or above)
        if not element and function.changed(name, use):
            return False
    return True
