"""Casts of C++ and C that pun types, write through const, or make numbers of addresses."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from perfbot.sandbox.gates.cpp_policy_nodes import (
    declarators,
    functions_around,
    name_of,
    names_in,
    specifiers,
    text_of,
    walk,
)
from perfbot.sandbox.gates.policy_view import Finding

_ALLOCATORS = re.compile(r"(std::)?(malloc|calloc|realloc|aligned_alloc)\(|operator new\(")
_BYTES = re.compile(
    r"(?P<const>const )?(unsigned char|signed char|char|std::byte|(std::)?uint8_t|"
    r"__m(128|256)[id]?|__m(128|256)i_u)( (?P<after>const))? ?\*( const)?$"
)
"""Types through which any object may be read. Source: [basic.lval]/11; GCC's vector types are
declared `may_alias`."""
_INTEGER = re.compile(r"\b(long|int|size_t|ptrdiff_t|u?int64_t|unsigned|intmax_t|uintmax_t)\b")


def cast_findings(root: Node) -> Iterator[Finding]:
    """Yield each cast that no honest speedup needs."""
    for node in walk(root):
        if node.type == "cast_expression":
            kind = node.child_by_field_name("type")
            value = node.child_by_field_name("value")
            if kind is not None and value is not None:
                yield from _cast("a cast", kind, value, node)
        elif node.type == "call_expression":
            function = node.child_by_field_name("function")
            arguments = node.child_by_field_name("arguments")
            if function is None or arguments is None:
                continue
            if _INTEGER.fullmatch(text_of(function).removeprefix("std::")):
                yield from _cast("a cast", function, arguments, node)
            if text_of(function).endswith("memcpy") and _copies_pointer(arguments, node):
                yield Finding("casts", "a pointer copied by memcpy", node.start_point[0] + 1)
            if function.type != "template_function":
                continue
            name = text_of(function.child_by_field_name("name") or function)
            kinds = function.child_by_field_name("arguments")
            kind = kinds.named_children[0] if kinds is not None and kinds.named_children else None
            if kind is not None and name in _CASTS:
                yield from _cast(f"`{name}`", kind, arguments, node)


_CASTS = ("reinterpret_cast", "const_cast", "static_cast")


def _cast(spelling: str, kind: Node, value: Node, node: Node) -> Iterator[Finding]:
    to = " ".join(text_of(kind).replace("*", " *").split())
    line = node.start_point[0] + 1
    named = spelling.strip("`")
    if named == "const_cast":
        if not re.match(r"const\b", to):
            yield Finding("casts", f"`const_cast` to `{to}`", line)
        return
    if to.endswith(("*", "* const")):
        if _ALLOCATORS.match(text_of(value).strip("(")):
            return
        harmless = _BYTES.match(to)
        opaque = to in ("void *", "const void *") and named != "reinterpret_cast"
        if opaque and (to.startswith("const") or not _may_be_const(value, node)):
            return
        if harmless is None:
            yield Finding("casts", f"{spelling} to `{to}`", line)
        elif not (harmless["const"] or harmless["after"]) and _may_be_const(value, node):
            yield Finding("casts", f"{spelling} to `{to}`, which may drop const", line)
    elif to.endswith("&&"):
        return
    elif to.endswith("&"):
        if not (named == "static_cast" and to.startswith("const ")):
            yield Finding("casts", f"{spelling} to `{to}`", line)
    elif "decltype" in to or "typeof" in to or "pointer" in to:
        if named != "static_cast" or "pointer" in to:
            yield Finding("casts", f"{spelling} to `{to}`", line)
    elif named == "reinterpret_cast":
        yield Finding("addresses", f"{spelling} to `{to}`", line)
    elif _INTEGER.search(to) and _is_address(value, node):
        yield Finding("addresses", f"{spelling} of an address to `{to}`", line)


def _declarations(name: str, node: Node) -> Iterator[tuple[Node, Node]]:
    """The declarations of a name in the functions around a node, with their declarators."""
    around = functions_around(node)
    for item in walk(around[-1]) if around else ():
        if item.type in ("declaration", "parameter_declaration"):
            for declarator in declarators(item):
                if name_of(declarator) == name:
                    yield item, declarator


def _may_be_const(value: Node, node: Node) -> bool:
    """Whether what a pointer comes from is const, or its declaration does not say."""
    names = names_in(value)
    for name in names:
        for declaration, _ in _declarations(name, node):
            kind = text_of(declaration.child_by_field_name("type") or declaration)
            if "const" in specifiers(declaration) or "const" in kind or kind == "auto":
                return True
    return not any(True for name in names for _ in _declarations(name, node))


def _is_address(value: Node, node: Node) -> bool:
    text = text_of(value).strip("() ")
    if text.startswith("&") or re.search(r"(\.|->)data$|(\.|->)data\(\)?$", text):
        return True
    if not re.fullmatch(r"\w+", text):
        return False
    return any(
        item.type in ("pointer_declarator", "array_declarator")
        for _, declarator in _declarations(text, node)
        for item in walk(declarator)
    )


def _copies_pointer(arguments: Node, node: Node) -> bool:
    """Whether the first argument is the address of a pointer."""
    first = arguments.named_children[0] if arguments.named_children else None
    text = text_of(first) if first is not None else ""
    return any(
        declarator.type in ("pointer_declarator", "init_declarator")
        and any(item.type == "pointer_declarator" for item in walk(declarator))
        for _, declarator in (_declarations(text[1:], node) if text.startswith("&") else ())
    )
