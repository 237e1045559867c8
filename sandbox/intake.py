"""A candidate's text, in whichever form it was handed in, becomes an Edit of the target's file.

What perfbot promises is to change nothing but how the function works, so whatever of the
candidate can be put under the original's own header, docstring and names is put there; whatever
cannot stays in the edit as it was given, for the scope gate to refuse.
"""

import ast
from collections import Counter
from typing import TYPE_CHECKING

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.languages.python_beside import Beside, choose, fresh_name, helper_text
from perfbot.sandbox.languages.python_candidate import (
    Candidate,
    Piece,
    original_module,
    read_candidate,
    rewritten,
)
from perfbot.sandbox.languages.python_graft import (
    as_given,
    differences,
    graft,
    leading_space,
    moved_text,
)
from perfbot.sandbox.languages.python_names import spliced
from perfbot.sandbox.languages.python_parameters import (
    CannotGraftError,
    introduced_names,
    restore_parameters,
)
from perfbot.sandbox.languages.python_place import place
from perfbot.sandbox.target import Target
from perfbot.sandbox.unified_diff import apply_diff, is_diff

if TYPE_CHECKING:
    from tree_sitter import Node

_BOM = "\ufeff"
_WHOLE_FILE_SHARE = 0.5
"""Of the file's lines outside the target, how many a text must repeat to be the whole file."""


def edit_from(target: Target, text: str, *, title: str = "", origin: str = "patch") -> Edit:
    """Return the edit that `text` asks for; `notes` say what was normalised.

    `text` is the function's new source (imports, helpers and example calls may stand beside it),
    the whole new file, or a unified diff of the file, relative to the project's root.

    Raises:
        UsageError: the text is no candidate: of another language, without the function, or a diff
            that does not apply.
    """
    if target.language != "python":
        from perfbot.sandbox.languages.cpp_candidate import edit_from as cpp_edit_from

        return cpp_edit_from(target, text, title=title, origin=origin)
    if is_diff(text):
        patched = apply_diff(target.file_source, text, target.path)
        return _from_file(target, patched, title, origin, examples=False)
    if _is_whole_file(target, text) and not _is_class_alone(target, text):
        return _from_file(target, text, title, origin, examples=True)
    candidate = read_candidate(_plain(text), target)
    file_source, notes = _with_function(original_module(target), target, candidate)
    return Edit(file_source, title=title, origin=origin, notes=tuple(notes))


def _from_file(target: Target, text: str, title: str, origin: str, *, examples: bool) -> Edit:
    """The edit that a whole new file asks for; `examples` may stand below its function."""
    candidate = read_candidate(_plain(text), target)
    original = original_module(target)
    if _rest_is_unchanged(original, candidate, examples):
        file_source, notes = _with_function(original, target, candidate)
    else:
        file_source, notes = _with_file(original, target, candidate)
    return Edit(file_source, title=title, origin=origin, notes=tuple(notes))


def _with_function(
    original: Candidate, target: Target, candidate: Candidate
) -> tuple[str, list[str]]:
    """The target's file with the candidate's function and what it needs; and the notes."""
    span = (target.start_byte, target.end_byte)
    beside = Beside()
    try:
        changed = introduced_names(original, candidate)
        beside = choose(original, candidate, avoid=changed.values())
        used = {name.text for name in (*original.module.names, *candidate.module.names)}
        builtins_name = fresh_name("builtins", used)
        renaming = restore_parameters(candidate, changed, beside.splices, builtins_name)
        function = graft(original, candidate, renaming, beside.splices)
        notes = [*differences(original, candidate), *renaming.notes, *beside.notes]
        if renaming.builtins:
            beside.imports.append(f"import builtins as {builtins_name}")
    except CannotGraftError as reason:
        if not beside.helpers and not beside.imports:
            beside = _beside_as_given(original, candidate)
        function = as_given(original, rewritten(candidate, beside.splices))
        notes = [f"taken as it was given: {reason}", *beside.notes]
    helpers = helper_text(rewritten(candidate, beside.splices), beside)
    function = _new_members(original, candidate) + function
    return place(original, span, function, helpers, beside.imports), notes


def _beside_as_given(original: Candidate, candidate: Candidate) -> Beside:
    try:
        return choose(original, candidate, avoid=())
    except CannotGraftError:
        return Beside()


def _with_file(original: Candidate, target: Target, candidate: Candidate) -> tuple[str, list[str]]:
    """A new file that differs from the original elsewhere too: only its function is grafted."""
    notes = ["the file differs outside the function"]
    outer = candidate.function.outer
    try:
        changed = introduced_names(original, candidate)
        renaming = restore_parameters(candidate, changed, {}, "_builtins")
        if renaming.builtins:
            raise CannotGraftError("a parameter would hide a builtin that it uses")
        function = graft(original, candidate, renaming, {})
        notes += [*differences(original, candidate), *renaming.notes]
    except CannotGraftError as reason:
        function = as_given(original, candidate)
        notes.append(f"taken as it was given: {reason}")
    text = spliced(candidate.module.source, {(outer.start_byte, outer.end_byte): function}).decode()
    return _like_original(target, text), notes


def _new_members(original: Candidate, candidate: Candidate) -> str:
    """Members that the candidate adds to the target's class and uses: the scope gate refuses."""
    class_body = _class_body(candidate)
    own_body = _class_body(original)
    if class_body is None or own_body is None:
        return ""
    known = {name for child in own_body.named_children for name in _member_names(child)}
    used = _attributes(candidate.function.node)
    source = candidate.module.source
    old = leading_space(source, candidate.function.outer.start_byte)
    new = leading_space(original.module.source, original.function.outer.start_byte)
    text = ""
    for child in class_body.named_children:
        if _member_names(child) - known & used:
            text += moved_text(child, (child.start_byte, child.end_byte), source, old, new)
            text += f"\n\n{new}"
    return text


def _class_body(candidate: Candidate) -> "Node | None":
    parent = candidate.function.outer.parent
    is_class = parent is not None and parent.parent is not None
    return parent if is_class and candidate.function.in_class else None


def _member_names(member: "Node") -> set[str]:
    inner = member.child_by_field_name("definition") or member
    if inner.type == "expression_statement" and inner.named_children:
        inner = inner.named_children[0]
    name = inner.child_by_field_name("name") or inner.child_by_field_name("left")
    return {(name.text or b"").decode()} if name is not None else set()


def _attributes(node: "Node") -> set[str]:
    found: set[str] = set()
    waiting = [node]
    while waiting:
        item = waiting.pop()
        waiting += item.named_children
        attribute = item.child_by_field_name("attribute") if item.type == "attribute" else None
        if attribute is not None:
            found.add((attribute.text or b"").decode())
    return found


def _rest_is_unchanged(original: Candidate, candidate: Candidate, examples: bool) -> bool:
    """Whether a whole file differs by the function, new imports and needed helpers only.

    A whole file (not a diff, hence `examples`) may also lack comments that stand on lines of their
    own: models leave them out, and nobody means that. The original's stay.
    """
    try:
        beside = choose(original, candidate, avoid=())
    except CannotGraftError:
        return False
    specs = candidate.module.import_specs()
    for name, wanted in original.module.import_specs().items():
        if specs.get(name) != wanted:
            return False
    pieces = candidate.module.pieces
    helpers = [pieces[number] for number in beside.helpers]
    if any(piece.kind != "define" or piece.binds & original.module.taken for piece in helpers):
        return False
    shown = [pieces[number] for number in beside.examples] if examples else []
    own, given = _rest(original, []), _rest(candidate, helpers + shown)
    return own == given or (examples and _lacks_comments_only(given, own))


def _rest(candidate: Candidate, without: list[Piece]) -> list[str]:
    """The lines of a file without its function, imports and `without`; blank ones left out."""
    outer = candidate.function.outer
    imports = [piece for piece in candidate.module.pieces if piece.kind == "import"]
    gaps = {(piece.node.start_byte, piece.end): "" for piece in imports}
    gaps |= {(piece.start, piece.end): "" for piece in without}
    gaps[outer.start_byte, outer.end_byte] = "<the function>"
    text = spliced(candidate.module.source, gaps).decode().removeprefix(_BOM)
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _lacks_comments_only(given: list[str], own: list[str]) -> bool:
    waiting = list(given)
    for line in own:
        if waiting[:1] == [line]:
            waiting.pop(0)
        elif not line.lstrip().startswith("#"):
            return False
    return not waiting


def _is_whole_file(target: Target, text: str) -> bool:
    """Whether a text repeats the file around the target, and not the function alone."""
    around = target.file_source.encode()
    outside = (around[: target.start_byte] + b"\n" + around[target.end_byte :]).decode()
    wanted = Counter(_telling_lines(outside))
    shared = wanted & Counter(_telling_lines(text))
    return bool(wanted) and shared.total() >= _WHOLE_FILE_SHARE * wanted.total()


def _is_class_alone(target: Target, text: str) -> bool:
    """Whether a text is the target's class, perhaps with imports, and nothing else of its file.

    As the whole file it would remove the rest; nobody means that who hands in a class.
    """
    outer = target.qualname.partition(".")[0]
    if outer == target.qualname:
        return False
    given, file = (_statements(_plain(source)) for source in (text, target.file_source))
    starts = _plain(target.file_source).lstrip().partition("\n")[0]
    lost = starts.startswith("#") and starts not in text
    return given == [outer] and (lost or len(file) > 1)


def _statements(source: str) -> list[str]:
    """The top-level statements but for imports: classes by their names, others as "other"."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return []
    return [
        node.name if isinstance(node, ast.ClassDef) else "other"
        for node in body
        if not isinstance(node, (ast.Import, ast.ImportFrom))
    ]


def _telling_lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.removeprefix(_BOM).splitlines()]
    dull = ("#", "import ", "from ", '"""', "'''")
    return [line for line in lines if line and not line.startswith(dull)]


def _plain(text: str) -> str:
    return text.removeprefix(_BOM).replace("\r\n", "\n")


def _like_original(target: Target, text: str) -> str:
    """The text with the byte order mark and the newlines of the original."""
    plain = _plain(text)
    if "\r\n" in target.file_source:
        plain = plain.replace("\n", "\r\n")
    return _BOM + plain if target.file_source.startswith(_BOM) else plain
