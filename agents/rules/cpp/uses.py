"""How a function uses a local container."""

from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.construction import constructed
from perfbot.agents.rules.cpp.effects import method_name
from perfbot.agents.rules.cpp.function import CppFunction, within

if TYPE_CHECKING:
    from tree_sitter import Node

SEQUENCE_METHODS = frozenset(
    {
        *("push_back", "emplace_back", "size", "empty", "back", "front", "begin", "end", "clear"),
        *("pop_back", "rbegin", "rend", "cbegin", "cend"),
    }
)


def made_empty(function: CppFunction, name: str) -> bool:
    """Whether a local is an object of its own, no reference, that begins without elements."""
    declaration = function.local(name)
    made = constructed(declaration) if declaration is not None else None
    return made is not None and not made[1]


def other_uses(function: CppFunction, name: str) -> list["Node"]:
    """The uses of a local beside its declaration."""
    declaration = function.local(name)
    return [
        use
        for use in function.uses(name)
        if declaration is not None and not within(use, declaration)
    ]


def method_of_use(use: "Node") -> str:
    """The method that a use calls on its variable, or the empty string."""
    above = use.parent
    call = above.parent if above is not None else None
    if above is None or call is None or above.type != "field_expression":
        return ""
    return method_name(call) if call.type == "call_expression" else ""


def is_looped_over(use: "Node") -> bool:
    """Whether a use is what a range-for goes over."""
    loop = use.parent
    return (
        loop is not None
        and loop.type == "for_range_loop"
        and loop.child_by_field_name("right") == use
    )


def is_indexed(use: "Node") -> bool:
    above = use.parent
    return (
        above is not None
        and above.type == "subscript_expression"
        and above.child_by_field_name("argument") == use
    )
