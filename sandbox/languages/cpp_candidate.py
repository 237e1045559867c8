"""A C++ or C candidate's text, in whichever form it was handed in, becomes an Edit.

Of a function that stands alone the body is put under the original's own header where the two
headers say the same; what cannot be fitted stays as it was given, for the scope gate to refuse.
"""

import re
from collections import Counter
from typing import TYPE_CHECKING

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp import check_syntax, definition_of, functions
from perfbot.sandbox.languages.cpp_beside import Beside, choose
from perfbot.sandbox.languages.cpp_program import is_program, program_edit
from perfbot.sandbox.languages.cpp_tree import (
    Definition,
    declarator_of,
    definitions,
    parameters_of,
    parse_tree,
    return_type_of,
    text_of,
    without_arguments,
)
from perfbot.sandbox.target import Target
from perfbot.sandbox.unified_diff import apply_diff, is_diff

if TYPE_CHECKING:
    from tree_sitter import Node

_BOM = "\ufeff"
_FENCED = re.compile(r"^[ \t]*```[^\n]*\n(.*?)^[ \t]*```[ \t]*$", re.MULTILINE | re.DOTALL)
_AROUND_MEMBERS = frozenset(
    {
        *("class_specifier", "struct_specifier", "union_specifier", "template_declaration"),
        *("declaration", "type_definition", "linkage_specification"),
    }
)
_WHOLE_FILE_SHARE = 0.8
"""Of the file's lines outside the target, how many a text must repeat to be the whole file."""


def edit_from(target: Target, text: str, *, title: str = "", origin: str = "patch") -> Edit:
    """Return the edit that `text` asks for; `notes` say what was normalised.

    `text` is the function's new source (headers, helpers and an example `main` may stand beside
    it), the whole new file, or a unified diff of the file, relative to the project's root.

    Raises:
        UsageError: the text is no candidate: without the function, with a syntax error inside
            of it, or a diff that does not apply.
    """
    if is_program(target):
        return program_edit(target, text, title=title, origin=origin)
    if is_diff(text):
        file_source = apply_diff(target.file_source, text, target.path)
        return Edit(file_source, title=title, origin=origin)
    text = _unfenced(_plain(text), target)
    if _is_whole_file(target, text):
        return Edit(_like_original(target, text), title=title, origin=origin)
    file_source, notes = _with_function(target, text)
    return Edit(_like_original(target, file_source), title=title, origin=origin, notes=notes)


def _with_function(target: Target, text: str) -> tuple[str, tuple[str, ...]]:
    """The target's file with the candidate's function and what it needs; and the notes."""
    text, candidate = _read(text, target)
    original = definition_of(target)
    root = candidate.outer
    while root.parent is not None:
        root = root.parent
    beside = choose(root, candidate.outer, target.file_source, is_c=target.language == "c")
    function, notes = _grafted(target, original, candidate)
    if beside.using:
        at = function.index("{", _body_offset(function)) + 1
        function = function[:at] + "\n    " + "\n    ".join(beside.using) + function[at:]
        notes.append("using declarations were put into the function")
    return _placed(target, original, function, beside), (*notes, *beside.notes)


def _read(text: str, target: Target) -> tuple[str, Definition]:
    """The candidate's text without prose around it, and the function in it.

    Raises:
        UsageError: it has no function of the target's name, or one with a syntax error.
    """
    for trimmed in _without_prose(text):
        found = list(definitions(parse_tree(trimmed.encode()).root_node))
        chosen = _chosen(found, target)
        if chosen is not None:
            for item in functions(trimmed):
                if item.start_byte == chosen.outer.start_byte:
                    check_syntax(trimmed, "the candidate", item)
            return trimmed, chosen
    names_there = ", ".join(dict.fromkeys(item.qualname for item in functions(text))) or "none"
    raise UsageError(
        f"The candidate has no function `{target.qualname}` (its functions: {names_there}).",
        "Give the function's whole new source under its own name.",
    )


def _without_prose(text: str) -> list[str]:
    """The text, and for one with errors the same with its first paragraphs left out."""
    paragraphs = re.split(r"\n[ \t]*\n", text)
    rest = ["\n\n".join(paragraphs[start:]) for start in range(min(len(paragraphs), 6))]
    clean = [item for item in rest if not parse_tree(item.encode()).root_node.has_error]
    return [*clean[:1], text]


def _chosen(found: list[Definition], target: Target) -> Definition | None:
    """The definition that stands for the target: of overloads the one with its types."""
    original = definition_of(target)
    name = _last_part(original.name)
    named = [item for item in found if _last_part(item.name) == name]
    same = [item for item in named if _types(item) == _types(original)]
    as_many = [item for item in named if len(_types(item)) == len(_types(original))]
    for group in (same, as_many, named):
        if group:
            return group[-1]
    return None


def _grafted(target: Target, original: Definition, candidate: Definition) -> tuple[str, list[str]]:
    """The candidate's function under the original's header, if the headers agree."""
    body = candidate.node.child_by_field_name("body")
    own_body = original.node.child_by_field_name("body")
    notes: list[str] = []
    if body is None or own_body is None:
        raise UsageError("The candidate's function has no body.")
    splices = _renamed_parameters(original, candidate)
    if splices is None or return_type_of(original) != return_type_of(candidate):
        notes.append("taken as it was given: its parameters or result have other types")
        return text_of(candidate.outer), notes
    source = target.file_source.encode()
    header = source[original.outer.start_byte : own_body.start_byte]
    for start, end, name in sorted(splices, reverse=True):
        at, to = start - original.outer.start_byte, end - original.outer.start_byte
        header = header[:at] + name.encode() + header[to:]
    if splices:
        notes.append("parameters are named as in the candidate")
    moved = _reindented(text_of(body), candidate.outer, original.outer)
    return header.decode().replace("\r\n", "\n") + moved, notes


def _renamed_parameters(
    original: Definition, candidate: Definition
) -> list[tuple[int, int, str]] | None:
    """Which spans of the original's header get which names; None if the types differ."""
    if _types(original) != _types(candidate):
        return None
    splices = []
    pairs = zip(_parameter_names(original.head), _parameter_names(candidate.head), strict=True)
    for own, new in pairs:
        if new is None or (own is not None and own.text == new.text):
            continue
        if own is None:
            return None
        splices.append((own.start_byte, own.end_byte, text_of(new)))
    return splices


def _parameter_names(head: "Node") -> list["Node | None"]:
    listed = head.child_by_field_name("parameters")
    found: list[Node | None] = []
    for child in listed.named_children if listed is not None else ():
        if child.type.endswith("parameter_declaration"):
            name = child.child_by_field_name("declarator")
            while name is not None and name.type != "identifier":
                name = declarator_of(name) if name.named_children else None
            found.append(name)
    return found if _types_of(head) else []


def _placed(target: Target, original: Definition, function: str, beside: Beside) -> str:
    """The file with the function in its place, helpers before it, headers after the last one."""
    source = target.file_source.encode()
    holder = _namespace_member(original.outer)
    place = _with_comments_above(holder)
    line_start = source.rfind(b"\n", 0, place) + 1
    helpers = "".join(f"{text}\n\n" for text in beside.helpers)
    pre = source[:line_start] if not source[line_start:place].strip() else source[:place]
    start = original.outer.start_byte
    middle = source[len(pre) : start]
    result = pre.decode() + helpers + middle.decode() + function
    result += source[original.outer.end_byte :].decode()
    return _with_includes(result, beside.includes)


def _with_includes(text: str, includes: list[str]) -> str:
    if not includes:
        return text
    added = "".join(f"{line}\n" for line in includes)
    last = 0
    depth = 0
    for match in re.finditer(r"^[ \t]*#[ \t]*(\w+).*(?:\n|\Z)", text, re.MULTILINE):
        depth += match[1] in ("if", "ifdef", "ifndef")
        depth -= match[1] == "endif"
        # a header under a condition may be left out: an include guard encloses them all
        guard = depth == 1 and _guarded(text)
        if (match[1] == "include" and (depth == 0 or guard)) or (
            guard and not last and match[1] == "define"
        ):
            last = match.end()
    if not last:
        mark = len(_BOM) if text.startswith(_BOM) else 0
        return text[:mark] + added + "\n" + text[mark:]
    newline = "" if text[:last].endswith("\n") else "\n"
    return text[:last] + newline + added + text[last:]


def _guarded(text: str) -> bool:
    return bool(
        re.search(r"\A[^#]*#[ \t]*ifndef[ \t]+(\w+)[ \t]*\r?\n[ \t]*#[ \t]*define[ \t]+\1\b", text)
    )


def _namespace_member(node: "Node") -> "Node":
    """The statement at namespace level that holds a node: the class around a member."""
    result = node
    above = node.parent
    while above is not None:
        result = above if above.type in _AROUND_MEMBERS else result
        above = above.parent
    return result


def _with_comments_above(node: "Node") -> int:
    start, row = node.start_byte, node.start_point[0]
    above = node.prev_named_sibling
    while above is not None and above.type == "comment" and above.end_point[0] == row - 1:
        start, row = above.start_byte, above.start_point[0]
        above = above.prev_named_sibling
    return start


def _reindented(body: str, given: "Node", wanted: "Node") -> str:
    """The body's lines moved as far as the function's first line moves."""
    move = wanted.start_point[1] - given.start_point[1]
    if move == 0 or 'R"' in body or "\\\n" in body:
        return body
    first, *rest = body.split("\n")
    if move > 0:
        return "\n".join([first, *(" " * move + line if line.strip() else line for line in rest)])
    least = min((len(line) - len(line.lstrip(" ")) for line in rest if line.strip()), default=0)
    cut = min(-move, least)
    return "\n".join([first, *(line[cut:] if line.strip() else line for line in rest)])


def _body_offset(function: str) -> int:
    for item in definitions(parse_tree(function.encode()).root_node):
        body = item.node.child_by_field_name("body")
        if body is not None:
            return len(function.encode()[: body.start_byte].decode())
    raise UsageError("The candidate's function cannot be read.")


def _types(item: Definition) -> list[str]:
    return _types_of(item.head)


def _types_of(head: "Node") -> list[str]:
    return [parameter.type for parameter in parameters_of(head)]


def _last_part(name: str) -> str:
    head, operator, symbol = without_arguments(name).partition("operator")
    return head.rpartition("::")[2] + operator + symbol


def _unfenced(text: str, target: Target) -> str:
    """The last fenced block that has the function, or the text without its fences."""
    name = re.escape(_last_part(definition_of(target).name))
    blocks = [block for block in _FENCED.findall(text) if re.search(rf"{name}\s*\(", block)]
    if blocks:
        return str(blocks[-1])
    lines = text.split("\n")
    return "\n".join(line for line in lines if not line.lstrip().startswith("```"))


def _is_whole_file(target: Target, text: str) -> bool:
    """Whether a text repeats the file around the target, and not the function alone."""
    around = target.file_source.encode()
    outside = (around[: target.start_byte] + b"\n" + around[target.end_byte :]).decode()
    wanted = Counter(_telling_lines(outside))
    shared = wanted & Counter(_telling_lines(text))
    return bool(wanted) and shared.total() >= _WHOLE_FILE_SHARE * wanted.total()


def _telling_lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.removeprefix(_BOM).splitlines()]
    return [line for line in lines if len(line) > 3 and not line.startswith(("#include", "//"))]


def _plain(text: str) -> str:
    return text.removeprefix(_BOM).replace("\r\n", "\n")


def _like_original(target: Target, text: str) -> str:
    """The text with the byte order mark and the newlines of the original."""
    plain = _plain(text)
    if "\r\n" in target.file_source:
        plain = plain.replace("\n", "\r\n")
    return _BOM + plain if target.file_source.startswith(_BOM) else plain
