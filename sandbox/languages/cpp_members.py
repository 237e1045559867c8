"""The data members of a function's class that anyone may read."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfbot.sandbox.languages.cpp import enclosing, texts_of
from perfbot.sandbox.languages.cpp_tree import parse_tree, text_of, without_arguments
from perfbot.sandbox.target import Target

if TYPE_CHECKING:
    from tree_sitter import Node

_CLASSES = frozenset(("class_specifier", "struct_specifier"))


def public_members(target: Target) -> list[str]:
    """The names of the public data members of the target's class, in order, bases left out.

    Empty where its definition is in neither the target's file nor a header of the project.
    """
    classes = enclosing(target).classes
    if not classes:
        return []
    for text in texts_of(target):
        for node in _classes(parse_tree(text.encode()).root_node):
            name = node.child_by_field_name("name")
            if name is not None and text_of(name) == without_arguments(classes[-1]):
                return list(_public(node))
    return []


def _classes(node: "Node") -> Iterator["Node"]:
    """The classes that are defined in it, at any depth."""
    if node.type in _CLASSES and node.child_by_field_name("body") is not None:
        yield node
    for child in node.named_children:
        yield from _classes(child)


def _public(node: "Node") -> Iterator[str]:
    body = node.child_by_field_name("body")
    assert body is not None
    is_public = node.type == "struct_specifier"
    for child in body.named_children:
        if child.type == "access_specifier":
            is_public = text_of(child).rstrip(": ") == "public"
        elif child.type == "field_declaration" and is_public and not _is_static(child):
            for declarator in child.children_by_field_name("declarator"):
                if (name := _name(declarator)) is not None:
                    yield name


def _is_static(node: "Node") -> bool:
    return any(text_of(child) == "static" for child in node.children)


def _name(declarator: "Node") -> str | None:
    """What is declared: `x` of `x`, `*x`, `&x` and `x[3]`; None of a function."""
    node: Node | None = declarator
    while node is not None and node.type != "field_identifier":
        if node.type == "function_declarator":
            return None
        node = node.child_by_field_name("declarator") or next(
            (child for child in node.named_children if child.type == "field_identifier"), None
        )
    return None if node is None else text_of(node)
