"""`for` loops that count: what they count with, from where and to where."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfbot.agents.rules.cpp.pattern import Bound, plain, statements
from perfbot.sandbox.languages.cpp_tree import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from perfbot.agents.rules.cpp.function import CppFunction

_LESS = "for ($T $i = $a; $i < $n; ++$i) $$body;"
_UP_TO = "for ($T $i = $a; $i <= $n; ++$i) $$body;"
_NOT_EQUAL = "for ($T $i = $a; $i != $n; ++$i) $$body;"
_BOTH = "for ($T $i = $a; $i < $n && $also; ++$i) $$body;"


@dataclass(frozen=True, slots=True)
class Counted:
    """A loop `for (type name = start; name < bound; ++name)`; `<=` where it is inclusive."""

    loop: "Node"
    name: str
    type: str
    start: "Node"
    bound: "Node"
    inclusive: bool
    body: "Node"
    """Without the braces around a single statement."""
    also: "Node | None" = None
    """What must hold besides for the loop to go on."""

    @property
    def starts_at_zero(self) -> bool:
        """Whether it counts from 0."""
        return text_of(self.start).rstrip("uUlL") == "0"

    @property
    def head(self) -> str:
        """The text before the body."""
        body = self.loop.child_by_field_name("body")
        end = self.loop.end_byte if body is None else body.start_byte
        return (self.loop.text or b"")[: end - self.loop.start_byte].decode().rstrip()


def counted(function: "CppFunction", loop: "Node", *, conditional: bool = False) -> Counted | None:
    """What a loop counts, if its body leaves the counter alone; else None.

    `conditional` is for loops that may end before, too.
    """
    if loop.type != "for_statement":
        return None
    forms = [(_LESS, False), (_UP_TO, True), (_NOT_EQUAL, False)]
    for text, inclusive in [*forms, (_BOTH, False)] if conditional else forms:
        bound: Bound | None = statements(text).match(loop)
        if bound is None:
            continue
        body = loop.child_by_field_name("body")
        name = text_of(bound["$i"][0])
        if body is None or bound["$i"][0].type != "identifier" or function.changed(name, body):
            return None
        return Counted(
            loop, name, text_of(bound["$T"][0]), bound["$a"][0], bound["$n"][0], inclusive,
            plain(body), bound["$also"][0] if "$also" in bound else None,
        )  # fmt: skip
    return None
