"""What a piece of C++ may change, as far as its text shows; the gates see what it does not."""

import re
from typing import TYPE_CHECKING

from perfbot.sandbox.languages.cpp_tree import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from perfbot.agents.rules.cpp.function import CppFunction

# fmt: off
READING_METHODS = frozenset({
    "size", "length", "empty", "at", "front", "back", "find", "count", "contains", "begin", "end",
    "cbegin", "cend", "rbegin", "rend", "crbegin", "crend", "substr", "compare", "c_str", "data",
    "capacity", "lower_bound", "upper_bound", "equal_range", "rfind", "find_first_of", "top",
    "find_last_of", "find_first_not_of", "find_last_not_of", "str", "get", "value", "has_value",
    "test", "any", "all", "none", "first", "second", "max_size", "starts_with", "ends_with",
})
"""Methods of the standard library that leave their object as it is."""
READING_ALGORITHMS = frozenset({
    "find", "find_if", "count", "count_if", "accumulate", "min_element", "max_element", "any_of",
    "all_of", "none_of", "lower_bound", "upper_bound", "binary_search", "equal", "equal_range",
    "distance", "next", "prev", "inner_product", "adjacent_find", "is_sorted", "mismatch",
    "minmax_element", "search", "includes", "lexicographical_compare", "reduce",
})
"""Algorithms that only read between the iterators they are given."""
PURE = frozenset({
    "strlen", "sqrt", "pow", "sin", "cos", "tan", "exp", "exp2", "log", "log2", "log10", "cbrt",
    "fabs", "abs", "labs", "llabs", "floor", "ceil", "round", "trunc", "hypot", "atan", "atan2",
    "asin", "acos", "sinh", "cosh", "tanh", "fmod", "max", "min", "sqrtf", "powf", "expf", "logf",
    "sinf", "cosf", "fabsf", "lround", "llround", "gcd", "lcm", "ldexp", "toupper", "tolower",
    "isspace", "isdigit", "isalpha", "isalnum", "isupper", "islower", "ispunct", "strcmp",
    "strncmp", "strchr", "strstr", "memcmp", "to_string", "wcslen", "size", "ssize", "static_cast",
    "string", "string_view", "make_pair", "popcount", "isxdigit", "isprint", "memchr", "strrchr",
})
"""Functions of the standard library whose result depends on their arguments' values alone."""
# fmt: on
_THROUGH = frozenset({"subscript_expression", "field_expression", "parenthesized_expression"})
_CALL_NAME = re.compile(r"(?:std::|::)?(\w+)")


def changed(function: "CppFunction", name: str, region: "Node") -> bool:
    """Whether `region` holds a use of the variable `name` that may change it."""
    return any(_changes(function, use, name) for use in function.uses(name, region))


def invariant(function: "CppFunction", node: "Node", region: "Node") -> bool:
    """Whether an expression calls pure functions alone, on variables that `region` keeps."""
    for call in _below(node, "call_expression"):
        called = call.child_by_field_name("function")
        if called is None:
            return False
        if called.type == "field_expression":
            field = called.child_by_field_name("field")
            if field is None or text_of(field) not in READING_METHODS:
                return False
        elif called_name(call) not in PURE:
            return False
    if any(_below(node, "assignment_expression", "update_expression", "lambda_expression")):
        return False
    for name in function.names_in(node):
        declared = function.declarations.get(name, [])
        if any(region.start_byte <= item.start_byte < region.end_byte for item in declared):
            return False
        if changed(function, name, region):
            return False
    return not _reads_changed_member(function, node, region)


def called_name(call: "Node") -> str:
    """The name of the function that a call calls: `find` of `std::find`; empty for a method."""
    called = call.child_by_field_name("function")
    if called is None or called.type == "field_expression":
        return ""
    match = _CALL_NAME.match(text_of(called))
    return match[1] if match and "::" not in text_of(called)[match.end() :] else ""


def method_name(call: "Node") -> str:
    """The name of the method that a call calls; empty for a function."""
    called = call.child_by_field_name("function")
    if called is None or called.type != "field_expression":
        return ""
    field = called.child_by_field_name("field")
    return text_of(field) if field is not None else ""


def _changes(function: "CppFunction", use: "Node", name: str) -> bool:
    """Whether one use assigns to a variable or to what it holds, or lets others do so."""
    node, above = use, use.parent
    while above is not None and above.type in _THROUGH:
        if above.type == "subscript_expression" and above.child_by_field_name("argument") != node:
            return False  # an index only
        node, above = above, above.parent
    if above is None:
        return False
    kind = above.type
    if kind in ("update_expression", "init_declarator", "declaration"):
        value = above.child_by_field_name("value")
        if kind == "init_declarator" and value == node:
            return _binds_reference(above)
        return kind == "update_expression"
    if kind == "assignment_expression":
        return above.child_by_field_name("left") == node
    if kind == "call_expression":
        return _method_changes(function, above)
    if kind == "pointer_expression":
        return text_of(above).startswith("&") or _is_target(above)
    if kind == "argument_list":
        return _argument_changes(function, above, node, name)
    if kind == "binary_expression":
        return _is_extraction(above, node)
    if kind == "for_range_loop":
        return above.child_by_field_name("right") == node and _range_changes(function, above)
    return kind == "reference_declarator"


def _is_target(node: "Node") -> bool:
    """Whether `*p` is assigned to."""
    above = node.parent
    return above is not None and (
        above.type == "update_expression"
        or (above.type == "assignment_expression" and above.child_by_field_name("left") == node)
    )


def _binds_reference(init: "Node") -> bool:
    """Whether an initialiser binds a reference that is not const, through which all can happen."""
    declarator = init.child_by_field_name("declarator")
    if declarator is None or declarator.type != "reference_declarator" or init.parent is None:
        return False
    return not any(child.text == b"const" for child in init.parent.children)


def _range_changes(function: "CppFunction", loop: "Node") -> bool:
    declarator = loop.child_by_field_name("declarator")
    if declarator is None or declarator.type != "reference_declarator":
        return False
    if any(child.text == b"const" for child in loop.children):
        return False
    body = loop.child_by_field_name("body")
    names = [text_of(item) for item in _below(declarator, "identifier")]
    return body is None or any(changed(function, name, body) for name in names)


def _method_changes(function: "CppFunction", call: "Node") -> bool:
    """Whether a call of a method of the variable may change it; iterators may be written to."""
    method = method_name(call)
    if not method:
        return False  # the variable itself is called: a lambda
    if method not in READING_METHODS:
        return True
    above = call.parent
    if method in ("begin", "end", "rbegin", "rend", "data"):
        if above is not None and above.type == "argument_list" and above.parent is not None:
            name = called_name(above.parent)
            return bool(name) and name not in READING_ALGORITHMS
        return False
    if method in ("at", "front", "back", "get", "value", "top"):
        return _is_changed_result(function, call)
    return False


def _is_changed_result(function: "CppFunction", call: "Node") -> bool:
    node, above = call, call.parent
    while above is not None and above.type in _THROUGH:
        if above.type == "subscript_expression" and above.child_by_field_name("argument") != node:
            return False
        node, above = above, above.parent
    if above is None:
        return False
    if above.type == "assignment_expression":
        return above.child_by_field_name("left") == node
    if above.type == "call_expression":
        return _method_changes(function, above)
    return above.type == "update_expression"


def _argument_changes(function: "CppFunction", arguments: "Node", node: "Node", name: str) -> bool:
    """Whether a call that is given a variable may change it: one of a function not known."""
    call = arguments.parent
    if call is None or call.type != "call_expression":
        return False  # a constructor's arguments
    if method_name(call):
        return method_name(call) == "swap"
    called = called_name(call)
    if called in PURE or called in READING_ALGORITHMS:
        return False
    if called in ("swap", "move", "getline", "exchange", "iota", "tie", "ref"):
        return True
    kind = function.type_of_name(name) if node.type == "identifier" else function.type_of(node)
    return not is_scalar(kind) or (called != "" and _takes_reference(function, called))


def _takes_reference(function: "CppFunction", called: str) -> bool:
    """Whether a function of this file has a parameter that is a reference and not const."""
    pattern = rf"\b{re.escape(called)}\s*\(([^;{{}}]*)\)\s*(?:const\s*)?(?:noexcept\s*)?\{{"
    for match in re.finditer(pattern, function.file.text):
        for parameter in match[1].split(","):
            if "&" in parameter and "const" not in parameter:
                return True
    return False


def _is_extraction(above: "Node", node: "Node") -> bool:
    """Whether `node` stands on the right of `>>` behind a stream."""
    operator = above.child_by_field_name("operator")
    if operator is None or operator.type != ">>" or above.child_by_field_name("right") != node:
        return False
    left = above.child_by_field_name("left")
    while left is not None and left.type == "binary_expression":
        left = left.child_by_field_name("left")
    return left is not None and bool(
        re.search(r"cin|stream|^(in|is|ss|iss|input|file|sin|f|fin)$", text_of(left))
    )


def _reads_changed_member(function: "CppFunction", node: "Node", region: "Node") -> bool:
    """Whether `node` reads through `this->` or `->` while `region` writes through the same."""
    members = {text_of(item) for item in _below(node, "field_identifier")} - READING_METHODS
    for item in _below(region, "assignment_expression", "update_expression"):
        left = item.child_by_field_name("left") or item.child_by_field_name("argument")
        if left is not None and any(
            text_of(field) in members for field in _below(left, "field_identifier")
        ):
            return True
    return False


def is_scalar(kind: str | None) -> bool:
    """Whether a type is a number, a character or a truth value."""
    return kind is not None and bool(_SCALAR.fullmatch(kind))


_SCALAR = re.compile(
    r"(?:(?:unsigned|signed|long|short|int|char|double|float|bool)\s*)+"
    r"|(?:std::)?(?:u?int(?:_fast|_least)?\d+_t|s?size_t|ptrdiff_t|u?intmax_t)|wchar_t|char\d+_t"
    r"|ll|ull|i64|u64|ld|lint|i32|u32|byte"
)


def _below(node: "Node", *kinds: str) -> list["Node"]:
    found, stack = [], [node]
    while stack:
        current = stack.pop()
        if current.type in kinds:
            found.append(current)
        stack.extend(current.named_children)
    return found
