"""The first gate, for C++ and C: an edit touches its target, and adds headers and private helpers.

Private is what no other file can see: `static`, `constexpr` variables, an anonymous namespace; in C
also types. Statements are compared by their tokens, lines outside the function as they are.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from perfbot.sandbox.cpp.tokens import normalised, tokens
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp import definition_of
from perfbot.sandbox.languages.cpp import functions as functions_in
from perfbot.sandbox.languages.cpp_beside import CLASSES, declared, is_internal
from perfbot.sandbox.languages.cpp_program import complaint, is_program
from perfbot.sandbox.languages.cpp_tree import (
    Definition,
    declarator_of,
    definitions,
    parse_tree,
    text_of,
    without_arguments,
)
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Evidence, Status

if TYPE_CHECKING:
    from tree_sitter import Node

_CONDITIONAL = frozenset(
    {"preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "preproc_elifdef"}
)
_CONTAINERS = frozenset(
    {"translation_unit", "namespace_definition", "linkage_specification", *_CONDITIONAL}
)
_BODY = "{...}"
"""Stands for the target's body."""
Key = tuple[str, ...]


def check(target: Target, edit: Edit) -> Evidence:
    """Refute an edit that changes anything but how the target works.

    What may differ: the function's body and its parameters' names, new `#include` lines, and new
    helpers that no other file sees, whose names the file does not use otherwise. That the edit does
    anything at all is not asked here. Of a program's one file everything may differ.
    """
    if is_program(target):
        problem = complaint(edit.file_source)
        found = None if problem is None else f"The edit is no program: {problem}."
    else:
        found = _complaint(target, edit)
    if found is None:
        return Evidence("scope", Status.SURVIVED, "Only the target differs.")
    return Evidence("scope", Status.REFUTED, found)


def _complaint(target: Target, edit: Edit) -> str | None:
    original = definition_of(target)
    try:
        edited = edited_definition(target, edit.file_source)
    except UsageError as error:
        return f"The edit cannot be read: {error.happened}"
    if _header(original) != _header(edited):
        line = edited.outer.start_point[0] + 1
        return f"The edit changes the function's header (line {line})."
    before, after = _Side(target.file_source, original), _Side(edit.file_source, edited)
    taken = before.words_outside()
    wrong = _matched(before, after, before.root, after.root, _Rules(taken, target.language == "c"))
    return wrong or _changed_lines(before, after)


def edited_definition(target: Target, file_source: str) -> Definition:
    """The target's place in an edit's text: by name and types; of several, by their order.

    Raises: UsageError where there is none, or they are not as many as in the original.
    """
    own = _namesakes(target.file_source, target.qualname, target.start_byte)
    new = _namesakes(file_source, target.qualname, None)
    if len(new) != len(own):
        happened = f"it has {len(new)} functions `{target.qualname}` where there was {len(own)}"
        raise UsageError(happened)
    at = next(index for index, item in enumerate(own) if item == target.start_byte)
    for item in definitions(parse_tree(file_source.encode()).root_node):
        if item.outer.start_byte == new[at]:
            return item
    raise UsageError(f"it has no function `{target.qualname}`")


def _namesakes(source: str, qualname: str, start: int | None) -> list[int]:
    """Where functions begin that are named like the target, whose own place is `start`."""
    found = functions_in(source)
    name = next((item.qualname for item in found if item.start_byte == start), None)
    plain = name if name is not None else _without_instance(qualname, found)
    return [item.start_byte for item in found if item.qualname == plain]


def _without_instance(qualname: str, found: Iterable[object]) -> str:
    """A template's own name: `f` of the instance `f<int>`, as the file has it."""
    names = [str(getattr(item, "qualname", "")) for item in found]
    if qualname in names:
        return qualname
    return without_arguments(qualname)


class _Side:
    """One version: its text, its tree, and the target in it."""

    def __init__(self, source: str, definition: Definition) -> None:
        self.source = source.encode()
        body = definition.node.child_by_field_name("body")
        if body is None:
            raise UsageError("the function has no body")
        self.body = (body.start_byte, body.end_byte)
        self.outer = (definition.outer.start_byte, definition.outer.end_byte)
        self.header = (definition.outer.start_byte, body.start_byte)
        root = definition.outer
        while root.parent is not None:
            root = root.parent
        self.root = root

    def holds_target(self, node: "Node") -> bool:
        return node.start_byte <= self.outer[0] and self.outer[1] <= node.end_byte

    def key(self, node: "Node") -> Key:
        """A statement's tokens, the target's header (compared apart) and body left out."""
        if not self.holds_target(node):
            return normalised(text_of(node))
        start, end = node.start_byte, node.end_byte
        before = self.source[start : self.header[0]].decode()
        return (
            *normalised(before), _BODY, *normalised(self.source[self.body[1] : end].decode())
        )  # fmt: skip

    def words_outside(self) -> frozenset[str]:
        """Every word of the file but those of the target's body."""
        text = self.source[: self.body[0]] + b" " + self.source[self.body[1] :]
        return frozenset(item.text for item in tokens(text.decode()) if item.kind == "word")

    def lines_outside(self) -> list[str]:
        """The file's lines without the function; blank ones left out."""
        text = self.source[: self.outer[0]] + b"\0" + self.source[self.outer[1] :]
        return [line.rstrip() for line in text.decode().splitlines() if line.strip("\0 \t\r\ufeff")]


class _Rules:
    """What an added statement may be."""

    def __init__(self, taken: frozenset[str], is_c: bool) -> None:
        self.taken, self.is_c = taken, is_c

    def complaint(self, node: "Node", *, hidden: bool) -> str | None:
        """Why an added statement is refused; `hidden`: in an anonymous namespace already."""
        where = f"line {node.start_point[0] + 1}: `{_short(node)}`"
        if node.type == "preproc_include":
            return None
        if _is_anonymous(node):
            body = node.child_by_field_name("body")
            inner = body.named_children if body is not None else []
            found = (
                self.complaint(it, hidden=True)
                for it in inner
                if it.type not in ("comment", "preproc_include")
            )
            return next((text for text in found if text), None)
        names = declared(node)
        if not names or node.type.startswith("preproc") or node.type == "using_declaration":
            return f"The edit adds a statement to the file, {where}."
        if not (hidden or is_internal(node) or (self.is_c and _is_type(node))):
            return f"The edit adds what other files can see (it is not static), {where}."
        clash = sorted(names & self.taken)
        if clash:
            return f"The edit adds the name `{clash[0]}`, which the file has, {where}."
        return None


def _matched(
    before: _Side, after: _Side, old: "Node", new: "Node", rules: _Rules, *, hidden: bool = False
) -> str | None:
    """Whether a block's statements are those of the original and allowed ones; else why not."""
    waiting = _statements(old)
    for node in _statements(new):
        if waiting and before.key(waiting[0]) == after.key(node):
            waiting.pop(0)
            continue
        if waiting and _same_container(waiting[0], node):
            inside = hidden or _is_anonymous(node)
            found = _matched(before, after, waiting[0], node, rules, hidden=inside)
            if found is None:
                waiting.pop(0)
                continue
            if not _is_anonymous(node) or after.holds_target(node):
                return found
        found = rules.complaint(node, hidden=hidden)
        if found is not None:
            return found
    if waiting:
        line = waiting[0].start_point[0] + 1
        return (
            f"The edit changes, moves or removes line {line} of the original: "
            f"`{_short(waiting[0])}`."
        )
    return None


def _statements(container: "Node") -> list["Node"]:
    body = container.child_by_field_name("body")
    holder = body if body is not None else container
    parts = [container.child_by_field_name(name) for name in ("name", "condition", "value")]
    return [node for node in holder.named_children if node.type != "comment" and node not in parts]


def _same_container(old: "Node", new: "Node") -> bool:
    """Whether two blocks are headed alike, so that their statements can be compared."""
    if old.type != new.type or old.type not in _CONTAINERS:
        return False
    names = ("name", "condition", "value")
    return all(
        _text(old.child_by_field_name(name)) == _text(new.child_by_field_name(name))
        for name in names
    ) and _first(old) == _first(new)


def _first(node: "Node") -> str:
    """`#ifdef` or `#ifndef`, `inline` or `namespace`: what a block begins with."""
    return text_of(node.children[0]) if node.children else ""


def _text(node: "Node | None") -> Key:
    return normalised(text_of(node)) if node is not None else ()


def _header(definition: Definition) -> Key:
    """The tokens before the function's body, without its parameters' names."""
    body = definition.node.child_by_field_name("body")
    source, base = definition.outer.text or b"", definition.outer.start_byte
    end = body.start_byte - base if body is not None else len(source)
    text = bytearray(source[:end])
    for name in _parameter_names(definition.head):
        at, to = name.start_byte - base, name.end_byte - base
        text[at:to] = b" " * (to - at)
    return normalised(text.decode())


def _parameter_names(head: "Node") -> Sequence["Node"]:
    listed = head.child_by_field_name("parameters")
    found = []
    for child in listed.named_children if listed is not None else ():
        if child.type.endswith("parameter_declaration"):
            name = child.child_by_field_name("declarator")
            while name is not None and name.type != "identifier":
                name = declarator_of(name) if name.named_children else None
            if name is not None:
                found.append(name)
    return found


def _changed_lines(before: _Side, after: _Side) -> str | None:
    """Whether a line outside of the function is not there any more as it was."""
    lines = iter(after.lines_outside())
    for wanted in before.lines_outside():
        if not any(line == wanted for line in lines):
            return f"The edit changes text outside the function: `{wanted.strip()[:60]}`."
    return None


def _is_anonymous(node: "Node") -> bool:
    return node.type == "namespace_definition" and node.child_by_field_name("name") is None


def _is_type(node: "Node") -> bool:
    """Whether it declares a type and no variable: in C that is the file's own affair."""
    written = node.child_by_field_name("type")
    has_declarator = node.child_by_field_name("declarator") is not None
    return node.type in (*CLASSES, "type_definition") or (
        written is not None and written.type in CLASSES and not has_declarator
    )


def _short(node: "Node") -> str:
    text = " ".join(text_of(node).split("\n")[0].split())
    return text if len(text) <= 60 else f"{text[:57]}..."
