"""What a local variable is made from, however the text reads as a tree.

`std::vector<int> row(n);` alone reads as the declaration of a function with a parameter of type
`n`, so the arguments are given as texts.
"""

from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.types import arguments_of
from perfbot.sandbox.languages.cpp_tree import text_of

if TYPE_CHECKING:
    from tree_sitter import Node


def constructed(declaration: "Node") -> tuple[str, list[str]] | None:
    """The name and the constructor's arguments of the only variable in a declaration.

    None where it is given a value by `=`, or by braces.
    """
    declarators = declaration.children_by_field_name("declarator")
    if declaration.type != "declaration" or len(declarators) != 1:
        return None
    declarator = declarators[0]
    if declarator.type == "identifier":
        return text_of(declarator), []
    name = declarator.child_by_field_name("declarator")
    listed = declarator.child_by_field_name("parameters")
    if declarator.type == "init_declarator":
        listed = declarator.child_by_field_name("value")
        if listed is not None and listed.type != "argument_list":
            return None
    if name is None or name.type != "identifier" or listed is None:
        return None
    return text_of(name), [text_of(child) for child in listed.named_children]


def call_of(text: str) -> tuple[str, list[str]] | None:
    """The name and the arguments of a text that is one call, such as `std::vector<int>(n, 0)`."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "<") - (character == ">")
        if character == "(" and depth == 0:
            if not text.endswith(")"):
                return None
            return text[:at].strip(), arguments_of(f"x<{text[at + 1 : -1]}>")
    return None
