"""Where in a C++ or C function a fault may be planted, and where it must not."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.sandbox.cpp.mutation_operators import Change, changes_at, text_of
from perfbot.sandbox.languages.cpp_program import is_program
from perfbot.sandbox.languages.cpp_tree import definitions, parse_tree
from perfbot.sandbox.target import Target

if TYPE_CHECKING:
    from tree_sitter import Node

CONSTANT = frozenset(
    {
        *("template_argument_list", "static_assert_declaration", "array_declarator"),
        *("new_declarator", "bitfield_clause", "noexcept", "alignas_qualifier"),
    }
)
"""What the compiler has to know the value of."""
UNTOUCHED = CONSTANT | {
    *("sizeof_expression", "alignof_expression", "offsetof_expression", "decltype"),
    *("attribute_declaration", "attribute_specifier", "gnu_asm_expression", "ERROR"),
    *("class_specifier", "struct_specifier", "union_specifier", "enum_specifier"),
    *("parameter_list", "lambda_capture_specifier", "requires_clause", "requires_expression"),
    *("alias_declaration", "type_definition", "using_declaration", "user_defined_literal"),
    *("preproc_if", "preproc_ifdef", "preproc_def", "preproc_function_def", "preproc_call"),
    *("preproc_include", "delete_expression", "comment", "qualified_identifier"),
}
ONCE = frozenset(["static", "constexpr", "constinit", "thread_local", "extern"])
"""Variables that are set up once, or by the compiler."""
HINTS = frozenset(
    {
        *("reserve", "shrink_to_fit", "rehash", "prefetch", "__builtin_prefetch"),
        *("__builtin_expect", "__builtin_assume_aligned", "flush"),
    }
)
"""Calls that change no result."""
LOGGING = frozenset(["perror", "printf", "fprintf", "syslog", "puts", "fputs"])
LOGS = re.compile(r"(std::)?(cerr|clog|cout)\b|(\w+(::|\.|->))*log(ger)?\b", re.IGNORECASE)
"""How a statement that writes with `<<` begins where it writes for people."""
LOGGER = re.compile(r"(\w+(::|\.|->))*(\w*log|\w*logger)_?(::|\.|->)", re.IGNORECASE)
MACRO = re.compile(r"[A-Z_][A-Z0-9_]*|assert")


def function_in(target: Target) -> "Node":
    """The definition in a target's span.

    Raises: ValueError where the span holds no function with a body.
    """
    root = parse_tree(target.file_source.encode()).root_node
    stack = [root]
    while stack:
        node = stack.pop()
        if node.end_byte <= target.start_byte or node.start_byte >= target.end_byte:
            continue
        inside = node.start_byte >= target.start_byte and node.end_byte <= target.end_byte
        has_body = node.child_by_field_name("body") is not None
        if node.type == "function_definition" and inside and has_body:
            return node
        stack.extend(reversed(node.children))
    raise ValueError("no function in the source")


def functions_in(target: Target) -> list["Node"]:
    """The definitions that a target is made of: one, or all of a program, in their order.

    Those of a program that the compiler may run (`constexpr`) are left out.

    Raises: ValueError where there is none with a body.
    """
    if not is_program(target):
        return [function_in(target)]
    root = parse_tree(target.file_source.encode()).root_node
    found = [
        item.node
        for item in definitions(root)
        if not any(text_of(child) == "constexpr" for child in item.node.children)
    ]
    if not found:
        raise ValueError("no function in the source")
    return sorted(found, key=lambda node: node.start_byte)


def top_of(function: "Node") -> int:
    """The byte before which a declaration of the whole file's can stand: outside all namespaces."""
    node = function
    top = function
    while node.parent is not None:
        node = node.parent
        if not node.type.startswith("preproc_") and node.type != "translation_unit":
            top = node
    return top.start_byte


def changes_in(function: "Node", data: bytes, *, is_c: bool) -> Iterator[Change]:
    """Every change that some operator can make where a fault would be one of the function's work.

    `data` is the whole file. The body of a `consteval` function has none.
    """
    body = function.child_by_field_name("body")
    if body is None or any(text_of(child) == "consteval" for child in function.children):
        return
    macros = set(re.findall(r"(?m)^\s*#\s*define\s+(\w+)", data.decode()))
    constants = set(_constant_names(body))
    stack = [body]
    while stack:
        node = stack.pop()
        if _is_exempt(node, macros, constants):
            continue
        if not _is_if_constexpr(node):
            yield from changes_at(node, is_c=is_c)
        if node.type != "throw_statement":  # what it says is a message
            stack.extend(reversed(_mutable_children(node)))


def _mutable_children(node: "Node") -> list["Node"]:
    children = list(node.named_children)
    if node.type == "case_statement":
        value = node.child_by_field_name("value")
        return [child for child in children if child != value]
    return children


def _constant_names(body: "Node") -> Iterator[str]:
    """Names that stand where the compiler needs a constant."""
    stack = [(body, False)]
    while stack:
        node, constant = stack.pop()
        constant = constant or node.type in CONSTANT or _decides_at_compile_time(node)
        if constant and node.type == "identifier":
            yield text_of(node)
        value = node.child_by_field_name("value") if node.type == "case_statement" else None
        stack.extend((child, constant or child == value) for child in node.children)


def _decides_at_compile_time(node: "Node") -> bool:
    parent = node.parent
    return node.type == "condition_clause" and parent is not None and _is_if_constexpr(parent)


def _is_if_constexpr(node: "Node") -> bool:
    return node.type == "if_statement" and any(c.type == "constexpr" for c in node.children)


def _is_exempt(node: "Node", macros: set[str], constants: set[str]) -> bool:
    if node.type in UNTOUCHED or node.is_missing or _decides_at_compile_time(node):
        return True
    if node.type == "declaration":
        words = {text_of(child) for child in node.children if not child.type.endswith("declarator")}
        return bool(words & ONCE) or bool(_declared(node) & constants)
    call = node
    if node.type == "expression_statement" and node.named_children:
        call = node.named_children[0]
    if call.type == "binary_expression":
        return node.type == "expression_statement" and bool(LOGS.match(text_of(call)))
    if call.type != "call_expression":
        return False
    called = call.child_by_field_name("function")
    name = re.sub(r"<.*", "", text_of(called)) if called is not None else ""
    last = re.split(r"::|\.|->", name)[-1]
    if MACRO.fullmatch(last) or last in macros or last in HINTS:
        return True
    return last in LOGGING or bool(LOGGER.match(name))


def _declared(node: "Node") -> set[str]:
    """The names a declaration declares."""
    found = set()
    for child in node.children_by_field_name("declarator"):
        inner: Node | None = child
        while inner is not None and inner.type != "identifier":
            inner = inner.child_by_field_name("declarator")
        if inner is not None:
            found.add(text_of(inner))
    return found
