"""Where a program gives up because its input does not hold what it must: no input given does so.

`if (scanf("%d", &n) != 1) return 0;` is good manners, and no input of the program's format makes
it fail. What else stands behind such a check is a gap of coverage as anywhere.
"""

import re
from typing import TYPE_CHECKING

from perfbot.sandbox.languages.cpp_tree import parse_tree, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_READS = re.compile(r"\b(scanf|fgets|fread|getline|getchar|cin)\b")
_GIVES_UP = re.compile(r"(return( -?\w+| EXIT_\w+)?|(std::)?exit\(-?\w+\));")


def read_checks(source: str) -> set[int]:
    """The 1-based lines of `if`s that ask whether reading worked, and then only end."""
    found: set[int] = set()
    waiting = [parse_tree(source.encode()).root_node]
    while waiting:
        node = waiting.pop()
        waiting += node.named_children
        if node.type == "if_statement" and _is_check(node):
            found |= set(range(node.start_point[0] + 1, node.end_point[0] + 2))
    return found


def _is_check(node: "Node") -> bool:
    condition = node.child_by_field_name("condition")
    then = node.child_by_field_name("consequence")
    if condition is None or then is None or node.child_by_field_name("alternative") is not None:
        return False
    body = " ".join(text_of(then).strip("{} \n\t").split())
    return bool(_READS.search(text_of(condition)) and _GIVES_UP.fullmatch(body))
