"""Constructs of C++ and C that only the syntax tree tells: state, arrays, what is defined, calls.

What lives inside one call is free. What outlives it must be a table that nothing can change and
whose content no argument of a first call decides.
"""

import re
from collections.abc import Iterator
from functools import cache

from tree_sitter import Node, Parser

from perfbot.sandbox.gates.cpp_policy_casts import cast_findings
from perfbot.sandbox.gates.cpp_policy_changes import change_findings
from perfbot.sandbox.gates.cpp_policy_nodes import (
    declarators,
    functions_around,
    name_of,
    names_in,
    specifiers,
    text_of,
    walk,
)
from perfbot.sandbox.gates.cpp_policy_tables import INTERPOSED
from perfbot.sandbox.gates.cpp_policy_targets import dispatch_findings
from perfbot.sandbox.gates.policy_view import Finding

_SCOPES = ("translation_unit", "namespace_definition", "declaration_list", "linkage_specification")
_PREPROCESSOR = ("preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif")


def tree_findings(source: str, target_name: str) -> Iterator[Finding]:
    """Yield what the file's syntax tree shows; `target_name` is the function's last name."""
    root = _parser().parse(source.encode()).root_node
    for node in walk(root):
        if node.type == "ERROR" or node.is_missing:
            yield Finding("syntax", "what the parser of C++ cannot read", _line(node))
        elif node.type in ("declaration", "field_declaration"):
            yield from _state(node)
            yield from _array(node)
        elif node.type in ("type_definition", "alias_declaration"):
            yield from _pointer_alias(node)
        elif node.type == "function_definition":
            yield from _defined(node)
    yield from cast_findings(root)
    yield from dispatch_findings(root, target_name)
    yield from change_findings(root, _changeable(root))


@cache
def _parser() -> Parser:
    import tree_sitter_cpp
    from tree_sitter import Language

    return Parser(Language(tree_sitter_cpp.language()))


def _line(node: Node) -> int:
    return node.start_point[0] + 1


def _state(node: Node) -> Iterator[Finding]:
    """A variable that outlives the call and can change, or that a first call would decide."""
    words = specifiers(node)
    around = functions_around(node)
    held = bool({"static", "thread_local", "__thread", "inline"} & words)
    if node.type == "field_declaration" and not held:
        return
    if around and not held:
        return
    if not around and node.type == "declaration" and not _at_file_level(node):
        return
    for declarator in declarators(node):
        if not _is_variable(declarator):
            continue
        name = name_of(declarator) or "?"
        if _can_change(declarator, words) or _is_handle(node, declarator):
            kind = "static" if around or held else "global"
            yield Finding("state", f"a {kind} variable that can change, `{name}`", _line(node))
        elif around and _decided_by_call(declarator, around[-1], node):
            yield Finding("state", f"`{name}`, kept from the first call", _line(node))


def _at_file_level(node: Node) -> bool:
    parent = node.parent
    while parent is not None and parent.type in (*_PREPROCESSOR, "template_declaration"):
        parent = parent.parent
    return parent is not None and parent.type in _SCOPES


def _is_variable(declarator: Node) -> bool:
    inner = declarator
    while inner.type in ("init_declarator", "pointer_declarator", "reference_declarator"):
        child = inner.child_by_field_name("declarator") or (
            inner.named_children[-1] if inner.named_children else None
        )
        if child is None:
            return True
        inner = child
    if inner.type != "function_declarator":
        return True
    # a pointer to function is a variable; `f(int)` declares a function
    return any(child.type == "parenthesized_declarator" for child in inner.children)


def _can_change(declarator: Node, words: set[str]) -> bool:
    inner = declarator
    if inner.type == "init_declarator":
        inner = inner.child_by_field_name("declarator") or inner
    if "constexpr" in words and inner.type != "pointer_declarator":
        return False
    if "constexpr" in words:
        return "const" not in words
    if inner.type == "pointer_declarator":
        # `const T* const`: neither the pointer nor what it points to must change
        fixed = any(text_of(child) == "const" for child in inner.children)
        return not fixed or "const" not in words
    if inner.type == "reference_declarator":
        return True
    if inner.type == "function_declarator":
        return True
    return "const" not in words


_HANDLES = re.compile(
    r"\b(unique_ptr|shared_ptr|weak_ptr|make_unique|make_shared|span|function|reference_wrapper|"
    r"ref|any|new|malloc|calloc|atomic|stringstream|pmr)\b|\*\s*\w+\s*;"
)
"""Types and values through which something that is const itself leads to what can change."""


def _is_handle(declaration: Node, declarator: Node) -> bool:
    kind = declaration.child_by_field_name("type")
    value = (
        declarator.child_by_field_name("value") if declarator.type == "init_declarator" else None
    )
    own = "" if value is None or value.type == "lambda_expression" else text_of(value)
    return any(_HANDLES.search(text) for text in (text_of(kind) if kind else "", own))


def _decided_by_call(declarator: Node, function: Node, declaration: Node) -> bool:
    """Whether the initial value uses something of the call."""
    value = (
        declarator.child_by_field_name("value") if declarator.type == "init_declarator" else None
    )
    if value is None:
        return False
    own = {name for item in walk(value) for name in _declared_by(item)}
    outside: set[str] = set()
    for item in walk(function):
        inside = declaration.start_byte <= item.start_byte < declaration.end_byte
        constant = item.type == "declaration" and (
            "constexpr" in specifiers(item) or "static" in specifiers(item)
        )
        if not inside and not constant:
            outside |= set(_declared_by(item))
    captures = any(
        item.type == "lambda_default_capture" or text_of(item) == "this" for item in walk(value)
    )
    return captures or bool((names_in(value) - own) & outside)


def _declared_by(node: Node) -> Iterator[str]:
    if node.type in ("declaration", "parameter_declaration", "optional_parameter_declaration"):
        for declarator in declarators(node):
            name = name_of(declarator)
            if name is not None:
                yield name
    elif node.type in ("for_range_loop", "structured_binding_declarator"):
        for child in [node.child_by_field_name("declarator") or node]:
            yield from names_in(child) if child is not node else names_in(node)


def _array(node: Node) -> Iterator[Finding]:
    """An array on the stack whose size a call decides."""
    around = functions_around(node)
    if not around or node.type != "declaration":
        return
    for item in walk(node):
        if item.type != "array_declarator" or functions_around(item)[0] != around[0]:
            continue
        size = item.child_by_field_name("size")
        if size is not None and _varies(size, around[-1]):
            yield Finding(
                "stack", f"an array of a size that varies, `{text_of(size)}`", _line(node)
            )


def _varies(size: Node, function: Node) -> bool:
    """Whether a size uses a parameter, or a local that is no compile-time constant."""
    names = names_in(size)
    varying: set[str] = set()
    for item in walk(function):
        if item.type == "declaration":
            words = specifiers(item)
            for declarator in declarators(item):
                value = declarator.child_by_field_name("value")
                fixed = "constexpr" in words or (
                    "const" in words
                    and value is not None
                    and not names_in(value) & (varying | {"size", "length"})
                    and not any(part.type == "call_expression" for part in walk(value))
                )
                if not fixed:
                    varying.add(name_of(declarator) or "")
        else:
            varying |= set(_declared_by(item))
    calls = any(part.type == "call_expression" for part in walk(size))
    return calls or bool(names & varying)


def _pointer_alias(node: Node) -> Iterator[Finding]:
    pointers = (
        *("pointer_type_declarator", "abstract_pointer_declarator", "pointer_declarator"),
        *("reference_declarator", "abstract_reference_declarator"),
    )
    if any(item.type in pointers for item in walk(node)):
        yield Finding("casts", "a name for a type of pointer or reference", _line(node))


def _defined(node: Node) -> Iterator[Finding]:
    declarator = node.child_by_field_name("declarator")
    name = name_of(declarator) if declarator is not None else None
    if name in INTERPOSED and _at_file_level(node):
        yield Finding("patching", f"a function named `{name}`", _line(node))


def _changeable(root: Node) -> frozenset[str]:
    """The names of the file's own variables that can change."""
    return frozenset(
        name
        for node in walk(root)
        if node.type == "declaration" and not functions_around(node) and _at_file_level(node)
        for declarator in declarators(node)
        if _is_variable(declarator) and _can_change(declarator, specifiers(node))
        if (name := name_of(declarator)) is not None
    )
