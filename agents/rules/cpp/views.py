"""Pieces of a string that are looked at and not copied."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.effects import READING_METHODS, method_name
from perfbot.agents.rules.cpp.function import CppFunction, within
from perfbot.agents.rules.cpp.pattern import expression, statements
from perfbot.agents.rules.cpp.rule import rule
from perfbot.agents.rules.rule import Rewrite
from perfbot.agents.rules.source import Replacement

if TYPE_CHECKING:
    from tree_sitter import Node

_NOT_FOR_VIEWS = frozenset({"c_str", "data", "str", "capacity"})


def view_use(function: CppFunction, use: "Node") -> list[Replacement] | None:
    """What must change about one use of a string that becomes a view; None if it cannot be one."""
    above = use.parent
    if above is None:
        return None
    if above.type == "subscript_expression":
        return [] if above.child_by_field_name("argument") == use else None
    if above.type == "for_range_loop":
        declarator = above.child_by_field_name("declarator")
        changes = declarator is not None and declarator.type == "reference_declarator"
        const = any(child.text == b"const" for child in above.children)
        right = above.child_by_field_name("right") == use
        return [] if right and (const or not changes) else None
    if above.type == "binary_expression":
        operator = above.child_by_field_name("operator")
        signs = ("==", "!=", "<", ">", "<=", ">=", "<<")
        return [] if operator is not None and operator.type in signs else None
    if above.type == "assignment_expression":
        grown = statements("$s += $v;").match(above.parent) if above.parent is not None else None
        return [] if grown is not None and grown["$v"][0] == use else None
    if above.type == "return_statement":
        return [function.replace(use, f"std::string({function.text(use)})")]
    if above.type == "argument_list" and above.parent is not None:
        return _pushed(function, above.parent)
    if above.type == "field_expression" and above.parent is not None:
        method = method_name(above.parent)
        if method not in READING_METHODS or method in _NOT_FOR_VIEWS:
            return None
        return _taken(function, above.parent) if method == "substr" else []
    return None


def _pushed(function: CppFunction, call: "Node") -> list[Replacement] | None:
    """`push_back` of a view into a vector of strings has to be `emplace_back`."""
    method = method_name(call)
    called = call.child_by_field_name("function")
    field = called.child_by_field_name("field") if called is not None else None
    if method == "push_back" and field is not None:
        return [function.replace(field, "emplace_back")]
    return [] if method in ("emplace_back", "append") else None


def _taken(function: CppFunction, call: "Node") -> list[Replacement] | None:
    """`substr` of a view where a string is wanted has to be made one."""
    above = call.parent
    if above is None:
        return None
    if above.type == "argument_list" and above.parent is not None:
        pushed = _pushed(function, above.parent)
        if pushed is not None:
            return pushed
    if above.type == "binary_expression":
        operator = above.child_by_field_name("operator")
        if operator is not None and operator.type in ("==", "!=", "<", ">", "<<"):
            return []
    if above.type == "field_expression":
        return []
    return [function.replace(call, f"std::string({function.text(call)})")]


def _initial(function: CppFunction, name: str) -> tuple["Node", "Node", "Node"] | None:
    """Declaration, type and only initial value of a local that is a `std::string`."""
    declaration = function.local(name)
    if declaration is None or function.type_of_name(name) != "string":
        return None
    for text in (f"$T {name} = $value;",):
        bound = statements(text).match(declaration)
        kind = declaration.child_by_field_name("type")
        if bound is not None and kind is not None:
            return declaration, kind, bound["$value"][0]
    return None


def _kept(function: CppFunction, text: "Node") -> bool:
    """Whether a string that a view looks at is a variable that the function leaves alone."""
    if text.type != "identifier" or function.type_of(text) not in ("string", "string_view"):
        return False
    return not function.changed(function.text(text), function.body)


@rule(
    "cpp-string-copy-to-view",
    "copy of a string that is cut from the front -> a view",
    before="""
        #include <string>
        #include <vector>

        std::vector<std::string> f(const std::string& text) {
            std::vector<std::string> fields;
            std::string rest = text;
            while (true) {
                const std::size_t comma = rest.find(',');
                if (comma == std::string::npos) break;
                fields.push_back(rest.substr(0, comma));
                rest = rest.substr(comma + 1);
            }
            fields.push_back(rest);
            return fields;
        }
        """,
    after="""
        #include <string>
        #include <vector>
        #include <string_view>

        std::vector<std::string> f(const std::string& text) {
            std::vector<std::string> fields;
            std::string_view rest = text;
            while (true) {
                const std::size_t comma = rest.find(',');
                if (comma == std::string::npos) break;
                fields.emplace_back(rest.substr(0, comma));
                rest = rest.substr(comma + 1);
            }
            fields.emplace_back(rest);
            return fields;
        }
        """,
    leaves="""
        #include <string>

        std::string f(const std::string& text) {
            std::string rest = text;
            rest.push_back('x');
            return rest;
        }
        """,
    calls=('std::string("a,b,,c")', 'std::string("")'),
)
def string_copy_to_view(function: CppFunction) -> Iterator[Rewrite]:
    for name in function.declarations:
        found = _initial(function, name)
        if found is None or not _kept(function, found[2]):
            continue
        declaration, kind, _ = found
        pieces: list[Replacement] | None = [function.replace(kind, "std::string_view")]
        for use in function.uses(name):
            if pieces is None or within(use, declaration):
                continue
            more = _cut(function, use, name)
            more = view_use(function, use) if more is None else more
            pieces = None if more is None else pieces + more
        if pieces is not None:
            reason = "A view is moved over the text; nothing is copied."
            headers = ("string_view", "algorithm") if _uses_min(pieces) else ("string_view",)
            yield Rewrite(tuple(dict.fromkeys(pieces)), reason, function.include(*headers))


def _uses_min(pieces: list[Replacement]) -> bool:
    return any("std::min" in piece.text for piece in pieces)


def _cut(function: CppFunction, use: "Node", name: str) -> list[Replacement] | None:
    """What changes where the string loses its beginning: `rest = rest.substr(n)`."""
    node: Node | None = use
    while node is not None and node.type not in ("assignment_expression", "compound_statement"):
        node = node.parent
    if node is not None:
        bound = expression(f"{name} = {name}.substr($n)").match(node)
        if bound is not None and not within(use, bound["$n"][0]):
            return []
    call = use.parent.parent if use.parent is not None else None
    if call is None:
        return None
    if expression(f"{name}.pop_back()").fits(call):
        return [function.replace(call, f"{name}.remove_suffix(1)")]
    erased = expression(f"{name}.erase(0, $n)").match(call)
    if erased is None and expression(f"{name}.erase({name}.begin())").fits(call):
        return [function.replace(call, f"{name}.remove_prefix(1)")]
    if erased is None:
        return None
    if function.text(erased["$n"][0]) == "1":
        return [function.replace(call, f"{name}.remove_prefix(1)")]
    least = f"std::min<std::size_t>($n, {name}.size())"
    return [function.replace(call, function.fill(f"{name}.remove_prefix({least})", erased))]


@rule(
    "cpp-substr-to-view",
    "substr that is only looked at -> a view",
    before="""
        #include <string>

        int f(const std::string& text) {
            int found = 0;
            for (std::size_t i = 0; i + 3 <= text.size(); ++i) {
                const std::string part = text.substr(i, 3);
                if (part == "abc") ++found;
            }
            return found;
        }
        """,
    after="""
        #include <string>
        #include <string_view>

        int f(const std::string& text) {
            int found = 0;
            for (std::size_t i = 0; i + 3 <= text.size(); ++i) {
                const std::string_view part = std::string_view(text).substr(i, 3);
                if (part == "abc") ++found;
            }
            return found;
        }
        """,
    leaves="""
        #include <string>

        std::string f(const std::string& text) {
            const std::string part = text.substr(1);
            return part;
        }
        """,
    calls=('std::string("xabcabc")', 'std::string("")'),
)
def substr_to_view(function: CppFunction) -> Iterator[Rewrite]:
    for name in function.declarations:
        found = _initial(function, name)
        if found is None or function.changed(name, function.body):
            continue
        declaration, kind, value = found
        bound = expression("$s.substr($a, $n)").match(value)
        bound = bound or expression("$s.substr($a)").match(value)
        if bound is None or not _kept(function, bound["$s"][0]):
            continue
        uses = [use for use in function.uses(name) if not within(use, declaration)]
        changes = [
            None if use.parent is not None and use.parent.type == "return_statement"
            else view_use(function, use)
            for use in uses
        ]  # fmt: skip
        pieces = [function.replace(kind, "std::string_view")]
        if function.type_of(bound["$s"][0]) == "string":
            source = bound["$s"][0]
            pieces.append(function.replace(source, f"std::string_view({function.text(source)})"))
        if all(change is not None for change in changes):
            pieces += [piece for change in changes for piece in change or []]
            reason = f"`{name}` is only looked at: no copy is needed."
            yield Rewrite(tuple(pieces), reason, function.include("string_view"))


@rule(
    "cpp-vector-of-strings-to-views",
    "vector of copied pieces -> vector of views",
    before="""
        #include <string>
        #include <string_view>
        #include <vector>

        std::size_t f(const std::string& text) {
            std::vector<std::string> fields;
            std::string_view rest = text;
            for (std::size_t at; (at = rest.find(',')) != std::string::npos;) {
                fields.emplace_back(rest.substr(0, at));
                rest = rest.substr(at + 1);
            }
            std::size_t longest = 0;
            for (const std::string field : fields)
                if (field.size() > longest) longest = field.size();
            return longest;
        }
        """,
    after="""
        #include <string>
        #include <string_view>
        #include <vector>

        std::size_t f(const std::string& text) {
            std::vector<std::string_view> fields;
            std::string_view rest = text;
            for (std::size_t at; (at = rest.find(',')) != std::string::npos;) {
                fields.emplace_back(rest.substr(0, at));
                rest = rest.substr(at + 1);
            }
            std::size_t longest = 0;
            for (const std::string_view field : fields)
                if (field.size() > longest) longest = field.size();
            return longest;
        }
        """,
    leaves="""
        #include <string>
        #include <vector>

        std::vector<std::string> f(const std::string& text) {
            std::vector<std::string> fields;
            fields.push_back(text.substr(1));
            return fields;
        }
        """,
    calls=('std::string("a,bcd,,c")', 'std::string("")'),
)
def vector_of_strings_to_views(function: CppFunction) -> Iterator[Rewrite]:
    for name in function.declarations:
        declaration = function.local(name)
        if declaration is None or function.type_of_name(name) != "vector<string>":
            continue
        kind = declaration.child_by_field_name("type")
        uses = [use for use in function.uses(name) if not within(use, declaration)]
        changes = [_view_element(function, use) for use in uses]
        if kind is not None and uses and all(change is not None for change in changes):
            pieces = [function.replace(kind, "std::vector<std::string_view>")]
            pieces += [piece for change in changes for piece in change or []]
            reason = "The pieces stay where they are: each is a view, not a string of its own."
            yield Rewrite(tuple(pieces), reason, function.include("string_view"))


def _view_element(function: CppFunction, use: "Node") -> list[Replacement] | None:
    """What must change about one use of a vector whose strings become views."""
    above = use.parent
    call = above.parent if above is not None else None
    if above is None or call is None:
        return None
    if above.type == "field_expression":
        for text in ("$v.push_back($x)", "$v.emplace_back($x)"):
            bound = expression(text).match(call)
            if bound is not None:
                return _as_view(function, bound["$x"][0])
        return [] if method_name(call) in ("size", "empty", "clear", "reserve") else None
    if above.type == "subscript_expression" and above.child_by_field_name("argument") == use:
        return view_use(function, above)
    if above.type == "for_range_loop" and above.child_by_field_name("right") == use:
        declarator = above.child_by_field_name("declarator")
        body = above.child_by_field_name("body")
        kind = above.child_by_field_name("type")
        if declarator is None or body is None or kind is None:
            return None
        name = function.text(declarator).strip("&* ")
        changes = [view_use(function, item) for item in function.uses(name, body)]
        if function.changed(name, body) or any(change is None for change in changes):
            return None
        pieces = [piece for change in changes for piece in change or []]
        return [*pieces, function.replace(kind, "std::string_view")]
    return None


def _as_view(function: CppFunction, value: "Node") -> list[Replacement] | None:
    """A pushed `substr` as one of a view; None where it is no piece of a string that stays."""
    kind = function.type_of(value)
    if kind == "string_view":
        return []
    bound = expression("$s.substr($a, $n)").match(value) or expression("$s.substr($a)").match(value)
    if bound is None or not _kept(function, bound["$s"][0]):
        return None
    source = bound["$s"][0]
    return [function.replace(source, f"std::string_view({function.text(source)})")]
