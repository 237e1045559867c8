"""What a candidate's C++ text has beside the function: headers, helpers, what is dropped."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfbot.sandbox.cpp.tokens import normalised, tokens
from perfbot.sandbox.languages.cpp_tree import (
    declarator_of,
    definitions,
    parameters_of,
    parse_tree,
    text_of,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_TRANSPARENT = frozenset({"linkage_specification", "declaration_list"})
_USING = frozenset({"using_declaration", "namespace_alias_definition"})
_NAMED = frozenset({"alias_declaration", "preproc_def", "preproc_function_def"})
_INTERNAL = frozenset({"static", "constexpr"})
CLASSES = frozenset({"class_specifier", "struct_specifier", "union_specifier", "enum_specifier"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement of a candidate at namespace level, the target's own left out."""

    node: "Node"
    names: frozenset[str]
    """What it declares."""
    words: frozenset[str]
    """Every word in it."""

    @property
    def text(self) -> str:
        return text_of(self.node)


@dataclass(slots=True)
class Beside:
    """What goes into the file with the function."""

    includes: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    using: list[str] = field(default_factory=list)
    """Using declarations: they go into the function, so that no other code is read anew."""
    notes: list[str] = field(default_factory=list)


def pieces(root: "Node", target: "Node") -> list[Piece]:
    """Return the statements beside `target`; named namespaces around them are looked through."""
    return [
        Piece(node, declared(node), _words(text_of(node))) for node in _statements(root, target)
    ]


def choose(root: "Node", target: "Node", file_source: str, *, is_c: bool) -> Beside:
    """Return what the candidate's function needs and the file has not."""
    beside = Beside()
    own = {normalised(line) for line in file_source.splitlines() if "include" in line}
    known = _known_statements(file_source)
    there = _functions(parse_tree(file_source.encode()).root_node)
    waiting = []
    for piece in pieces(root, target):
        if piece.node.type == "preproc_include":
            if normalised(piece.text) not in own:
                beside.includes.append(piece.text.strip())
        elif normalised(piece.text) in known:
            continue
        elif _functions(piece.node) & there:
            beside.notes.append(f"the file's own is kept: `{_short(piece.text)}`")
        elif piece.node.type in _USING:
            beside.using.append(piece.text)
        elif "main" in piece.names or not piece.names:
            beside.notes.append(f"left out: `{_short(piece.text)}`")
        else:
            waiting.append(piece)
    needed = _needed(waiting, _words(text_of(target)))
    for piece in waiting:
        if piece not in needed:
            beside.notes.append(f"left out, not used: `{_short(piece.text)}`")
    beside.helpers = _internal(needed, is_c=is_c)
    return beside


def declared(node: "Node") -> frozenset[str]:
    """The names that a statement declares at its own level."""
    if node.type == "template_declaration":
        return declared(node.named_children[-1])
    if node.type == "namespace_definition":
        body = node.child_by_field_name("body")
        inside = body.named_children if body is not None else []
        return frozenset().union(*(declared(child) for child in inside))
    found = set()
    if (
        node.type in CLASSES
        or node.type in ("alias_declaration", "preproc_def")
        or node.type == "preproc_function_def"
    ):
        found |= _name(node.child_by_field_name("name"))
    elif node.type in ("declaration", "function_definition", "type_definition"):
        written = node.child_by_field_name("type")
        if written is not None and written.type in CLASSES and written.child_by_field_name("body"):
            found |= declared(written)
        for declarator in node.children_by_field_name("declarator"):
            inner: Node | None = declarator
            while inner is not None and inner.named_children and not inner.type.endswith("fier"):
                inner = declarator_of(inner)
            found |= _name(inner)
    if node.type == "enum_specifier":
        body = node.child_by_field_name("body")
        for item in body.named_children if body is not None else []:
            found |= _name(item.child_by_field_name("name"))
    return frozenset(found)


def is_internal(node: "Node") -> bool:
    """Whether no other file can see what a statement at namespace level declares."""
    if node.type == "template_declaration":
        return is_internal(node.named_children[-1])
    if node.type in ("alias_declaration", "type_definition", "using_declaration"):
        return True
    return bool(_INTERNAL & {text_of(child) for child in node.children}) and (
        node.type == "declaration" or "static" in {text_of(child) for child in node.children}
    )


def _statements(node: "Node", target: "Node") -> Iterator["Node"]:
    for child in node.named_children:
        inside = child.start_byte <= target.start_byte and target.end_byte <= child.end_byte
        if child == target or child.type == "comment" or child.is_error:
            continue
        named = child.type == "namespace_definition" and child.child_by_field_name("name")
        if child.type in _TRANSPARENT:
            yield from _statements(child, target)
        elif named or (inside and child.type == "namespace_definition"):
            body = child.child_by_field_name("body")
            if body is not None:
                yield from _statements(body, target)
        elif not inside:
            yield child


def _known_statements(file_source: str) -> set[tuple[str, ...]]:
    root = parse_tree(file_source.encode()).root_node
    found = set()
    waiting = list(root.named_children)
    while waiting:
        node = waiting.pop()
        if node.type in ("namespace_definition", "linkage_specification", "declaration_list"):
            waiting += node.named_children
        found.add(normalised(text_of(node)))
        found.add((*normalised(text_of(node)), ";"))
    return found


def _functions(node: "Node") -> set[tuple[str, ...]]:
    """Name and types of parameters of each function that is defined in a node."""
    found = [item for item in definitions(node) if not item.around.classes]
    return {
        (item.name.rpartition("::")[2], *(parameter.type for parameter in parameters_of(item.head)))
        for item in found
    }


def _needed(waiting: list[Piece], words: frozenset[str]) -> list[Piece]:
    """The pieces whose names the function uses, directly or through others."""
    needed: list[Piece] = []
    changed = True
    while changed:
        changed = False
        for piece in waiting:
            if piece not in needed and piece.names & words:
                needed.append(piece)
                words |= piece.words
                changed = True
    return [piece for piece in waiting if piece in needed]


def _internal(needed: list[Piece], *, is_c: bool) -> list[str]:
    """The helpers' texts, changed such that no other file can see them."""
    texts = []
    for piece in needed:
        node, text = piece.node, piece.text
        ends_open = node.type in CLASSES and not text.endswith(";")
        text += ";" if ends_open else ""
        macro = node.type.startswith("preproc")
        if macro or is_internal(node) or _is_anonymous(node):
            texts.append(text)
        elif _is_class(node):
            texts.append(text if is_c else f"namespace {{\n{text}\n}}  // namespace")
        else:
            # `static` stands behind `template<...>` and attributes stay in front of it
            inner = node
            while inner.type == "template_declaration":
                inner = inner.named_children[-1]
            start = inner.start_byte - node.start_byte
            first = inner.children[0] if inner.children else inner
            if first.type == "attribute_declaration":
                start = first.end_byte - node.start_byte
                texts.append(_inserted(text, start, " static"))
            else:
                texts.append(_inserted(text, start, "static "))
    return texts


def _inserted(text: str, at: int, more: str) -> str:
    encoded = text.encode()
    return (encoded[:at] + more.encode() + encoded[at:]).decode()


def _is_anonymous(node: "Node") -> bool:
    return node.type == "namespace_definition" and node.child_by_field_name("name") is None


def _is_class(node: "Node") -> bool:
    if node.type == "template_declaration":
        return _is_class(node.named_children[-1])
    written = node.child_by_field_name("type")
    has_declarator = node.child_by_field_name("declarator") is not None
    return node.type in CLASSES or (
        written is not None and written.type in CLASSES and not has_declarator
    )


def _name(node: "Node | None") -> set[str]:
    return {re.sub(r"\s", "", text_of(node))} if node is not None else set()


def _words(text: str) -> frozenset[str]:
    return frozenset(token.text for token in tokens(text) if token.kind == "word")


def _short(text: str) -> str:
    line = text.strip().split("\n")[0]
    return line if len(line) <= 60 else f"{line[:57]}..."
