"""Memory that is allocated once, not again and again."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp import types
from perfbot.agents.rules.cpp.construction import constructed
from perfbot.agents.rules.cpp.counting import counted
from perfbot.agents.rules.cpp.effects import is_scalar
from perfbot.agents.rules.cpp.function import CppFunction, within
from perfbot.agents.rules.cpp.pattern import expression, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite

if TYPE_CHECKING:
    from tree_sitter import Node

_RESERVING = ("vector<", "string", "unordered_set<", "unordered_map<")
_SIZED = ("vector<", "string", "set<", "map<", "unordered_", "deque<", "list<", "array<", "multi")


@rule(
    "cpp-reserve",
    "vector that grows in a loop -> room for all of it first",
    before="""
        #include <vector>

        std::vector<int> f(const std::vector<int>& values) {
            std::vector<int> doubled;
            for (const int value : values) doubled.push_back(2 * value);
            return doubled;
        }
        """,
    after="""
        #include <vector>

        std::vector<int> f(const std::vector<int>& values) {
            std::vector<int> doubled;
            doubled.reserve(values.size());
            for (const int value : values) doubled.push_back(2 * value);
            return doubled;
        }
        """,
    leaves="""
        #include <vector>

        std::vector<int> f(std::vector<int> values) {
            std::vector<int> doubled;
            while (!values.empty()) {
                doubled.push_back(values.back());
                values.pop_back();
            }
            return doubled;
        }
        """,
    calls=("std::vector<int>{1, 2}", "std::vector<int>{}"),
)
def reserve(function: CppFunction) -> Iterator[Rewrite]:
    for name in function.declarations:
        declaration = function.local(name)
        kind = function.type_of_name(name) or ""
        if declaration is None or not kind.startswith(_RESERVING):
            continue
        if not statements(f"$T {name};").fits(declaration) or _reserves(function, name):
            continue
        grown = [call for call in function.nodes("call_expression") if _adds(call, name)]
        loops = [
            loop
            for call in grown
            for loop in function.loops_around(call)[-1:]
            if not within(declaration, loop) and loop.parent == declaration.parent
        ]
        size = _steps(function, loops[0], declaration) if loops else None
        if size is not None:
            line = f"{name}.reserve({size});"
            reason = f"`{name}` is not moved each time that its room is used up."
            yield Rewrite(tuple(function.insert_before(loops[0], line)), reason)


def _reserves(function: CppFunction, name: str) -> bool:
    return f"{name}.reserve(" in function.text(function.node)


def _adds(call: "Node", name: str) -> bool:
    adding = ("push_back($x)", "emplace_back($x)", "insert($x)", "emplace_back($x, $y)")
    return any(expression(f"{name}.{text}").fits(call) for text in adding)


def _steps(function: CppFunction, loop: "Node", declaration: "Node") -> str | None:
    """The text of how many steps a loop makes, as a size; None where none is written."""
    if loop.type == "for_range_loop":
        source = loop.child_by_field_name("right")
        kind = function.type_of(source) if source is not None else None
        if source is None or kind is None or not kind.startswith(_SIZED):
            return None
        return f"{function.operand(source)}.size()"
    found = counted(function, loop)
    if found is None or not function.invariant(found.bound, loop):
        return None
    kind = function.type_of(found.bound)
    text = function.text(found.bound)
    if kind in ("size_t", "unsigned int", "unsigned long", "uint32_t", "uint64_t"):
        return text
    if types.is_integer(kind):
        return f"{function.operand(found.bound)} > 0 ? {text} : 0"
    return None


_MADE = re.compile(r"(?:std::)?(?:make_pair|make_tuple|pair<.*>|tuple<.*>|\w+<.*>|string)$", re.S)


@rule(
    "cpp-emplace-back",
    "push_back of a pair made for it -> emplace_back",
    before="""
        #include <string>
        #include <utility>
        #include <vector>

        std::vector<std::pair<int, std::string>> f(const std::vector<std::string>& words) {
            std::vector<std::pair<int, std::string>> rows;
            for (const std::string& word : words) {
                rows.push_back(std::make_pair(static_cast<int>(word.size()), word));
            }
            return rows;
        }
        """,
    after="""
        #include <string>
        #include <utility>
        #include <vector>

        std::vector<std::pair<int, std::string>> f(const std::vector<std::string>& words) {
            std::vector<std::pair<int, std::string>> rows;
            for (const std::string& word : words) {
                rows.emplace_back(static_cast<int>(word.size()), word);
            }
            return rows;
        }
        """,
    leaves="""
        #include <string>
        #include <vector>

        std::vector<std::string> f(const std::string& word) {
            std::vector<std::string> rows;
            rows.push_back(word);
            return rows;
        }
        """,
    calls=('std::vector<std::string>{"a", "bc"}',),
)
def emplace_back(function: CppFunction) -> Iterator[Rewrite]:
    for call in function.nodes("call_expression"):
        bound = expression("$v.push_back($x)").match(call)
        if bound is None:
            continue
        element = types.element_of(function.type_of(bound["$v"][0])) or ""
        value = bound["$x"][0]
        if value.type == "initializer_list":
            inner = value
            if not element.startswith(("pair<", "tuple<")):
                continue
        elif value.type == "call_expression":
            called = value.child_by_field_name("function")
            arguments = value.child_by_field_name("arguments")
            if called is None or arguments is None or not _MADE.match(function.text(called)):
                continue
            made = types.plain_type(function.text(called))
            if not made.startswith(("make_pair", "make_tuple")) and made != element:
                continue
            inner = arguments
        else:
            continue
        listed = ", ".join(function.text(child) for child in inner.named_children)
        if "{" in listed:
            continue
        new = function.fill(f"$v.emplace_back({listed})", bound)
        yield Rewrite((function.replace(call, new),), "The element is made where it stays.")


@rule(
    "cpp-hoist-temporary",
    "container made anew in every iteration -> one that is emptied",
    before="""
        #include <vector>

        int f(const std::vector<int>& sizes) {
            int total = 0;
            for (const int size : sizes) {
                std::vector<int> row;
                for (int i = 0; i < size; ++i) row.push_back(i * total);
                total += row.size();
            }
            return total;
        }
        """,
    after="""
        #include <vector>

        int f(const std::vector<int>& sizes) {
            int total = 0;
            std::vector<int> row;
            for (const int size : sizes) {
                row.clear();
                for (int i = 0; i < size; ++i) row.push_back(i * total);
                total += row.size();
            }
            return total;
        }
        """,
    leaves="""
        #include <utility>
        #include <vector>

        std::vector<std::vector<int>> f(const std::vector<int>& sizes) {
            std::vector<std::vector<int>> rows;
            for (const int size : sizes) {
                std::vector<int> row;
                row.push_back(size);
                rows.push_back(std::move(row));
            }
            return rows;
        }
        """,
    calls=("std::vector<int>{1, 3}", "std::vector<int>{}"),
)
def hoist_temporary(function: CppFunction) -> Iterator[Rewrite]:
    for declaration in function.nodes("declaration"):
        loops = function.loops_around(declaration)
        node = declaration.child_by_field_name("type")
        if not loops or node is None:
            continue
        made = constructed(declaration)
        name = made[0] if made is not None else ""
        kind = function.type_of_name(name) or ""
        element = types.element_of(kind)
        refill = _refill(element, made[1]) if made is not None and element is not None else None
        if refill is None or function.local(name) != declaration:
            continue
        if any(child.text in (b"const", b"static") for child in declaration.children):
            continue
        if not kind.startswith(_EMPTIED if refill == "clear()" else ("vector<", "string")):
            continue
        if re.search(rf"move\({name}\)|return {name};", function.text(loops[0])):
            continue
        pieces = function.insert_before(loops[0], f"{function.text(node)} {name};")
        pieces.append(function.replace(declaration, f"{name}.{refill};"))
        reason = f"The memory of `{name}` is kept from one iteration to the next."
        yield Rewrite(tuple(pieces), reason)


_EMPTIED = ("vector<", "string", "unordered_", "set<", "map<", "deque<")


def _refill(element: str, arguments: list[str]) -> str | None:
    """What makes an emptied container what its constructor would have made."""
    if not arguments:
        return "clear()"
    number = is_scalar(element) and element != "bool"
    zero = "0" if number else f"{types.written(element)}()"
    if len(arguments) == 1 and re.fullmatch(r"[\w.\s+*()-]+", arguments[0]):
        return f"assign({arguments[0]}, {zero})"
    return f"assign({', '.join(arguments)})" if len(arguments) == 2 else None


@rule(
    "cpp-hoist-constant",
    "object made anew in every iteration from what does not change -> made once",
    before="""
        #include <regex>
        #include <string>
        #include <vector>

        int f(const std::vector<std::string>& lines) {
            int found = 0;
            for (const std::string& line : lines) {
                const std::regex number("[0-9]+");
                if (std::regex_search(line, number)) ++found;
            }
            return found;
        }
        """,
    after="""
        #include <regex>
        #include <string>
        #include <vector>

        int f(const std::vector<std::string>& lines) {
            int found = 0;
            const std::regex number("[0-9]+");
            for (const std::string& line : lines) {
                if (std::regex_search(line, number)) ++found;
            }
            return found;
        }
        """,
    leaves="""
        #include <string>
        #include <vector>

        int f(const std::vector<std::string>& lines) {
            int found = 0;
            for (const std::string& line : lines) {
                const std::string all = "x" + line;
                if (all == "xy") ++found;
            }
            return found;
        }
        """,
    calls=('std::vector<std::string>{"a1", "b"}',),
)
def hoist_constant(function: CppFunction) -> Iterator[Rewrite]:
    for declaration in function.nodes("declaration"):
        declarator = declaration.child_by_field_name("declarator")
        value = declarator.child_by_field_name("value") if declarator is not None else None
        free = []
        for loop in function.loops_around(declaration):
            if value is None or not function.invariant(value, loop):
                break
            free.append(loop)
        if not free or declarator is None:
            continue
        inner = declarator.child_by_field_name("declarator")
        name = function.text(inner) if inner is not None else ""
        kind = function.type_of_name(name) or ""
        heavy = types.is_heavy(kind) or kind in ("regex", "string")
        if function.local(name) != declaration or not heavy:
            continue
        is_const = any(child.text == b"const" for child in declaration.children)
        if not is_const and kind != "regex" and function.changed(name, function.body):
            continue
        pieces = function.insert_before(free[-1], function.text(declaration))
        pieces.append(function.delete(declaration))
        yield Rewrite(tuple(pieces), f"`{name}` is the same in every iteration.")
