"""The first gate: an edit touches its target, and adds imports and private helpers; no more."""

import ast
import codecs
import copy

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.python import functions as functions_in
from perfbot.sandbox.languages.python_candidate import (
    BUILTINS,
    FIRST,
    Candidate,
    Module,
    Piece,
    bound_name,
    edited_module,
    import_spec,
    original_module,
    own_statement,
)
from perfbot.sandbox.languages.python_names import spliced
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Evidence, Status


def check(target: Target, edit: Edit) -> Evidence:
    """Refute an edit that changes anything but how the target works.

    What may differ: the function's body, new imports of names that are free, and new functions,
    classes and constants at module level whose names begin with an underscore and are free. The
    signature, decorators, docstring, `async` and generator nature stay. That the edit does
    anything at all is not asked here.
    """
    found = _complaint(target, edit)
    if found is None:
        return Evidence("scope", Status.SURVIVED, "Only the target differs.")
    return Evidence("scope", Status.REFUTED, found)


def _complaint(target: Target, edit: Edit) -> str | None:
    original = original_module(target)
    try:
        edited = edited_module(target, edit.file_source)
    except UsageError as error:
        return f"The edit cannot be read: {error.happened}"
    kept, added = _matched(original.module, edited.module)
    return (
        _changed_header(original, edited, target, edit)
        or kept
        or _changed_around_function(original, edited)
        or _wrong_additions(original.module, added)
        or _changed_text(original, edited, added)
    )


def _changed_header(
    original: Candidate, edited: Candidate, target: Target, edit: Edit
) -> str | None:
    old, new = own_statement(original), own_statement(edited)
    if type(old) is not type(new):
        return "The edit changes whether the function is async."
    for field, what in (
        ("args", "parameters, their defaults or annotations"),
        ("returns", "return annotation"),
        ("decorator_list", "decorators"),
        ("type_params", "type parameters"),
    ):
        if _dump(getattr(old, field, None)) != _dump(getattr(new, field, None)):
            return f"The edit changes the function's {what} (line {new.lineno})."
    if ast.get_docstring(old, clean=False) != ast.get_docstring(new, clean=False):
        return f"The edit changes the function's docstring (line {new.lineno})."
    start = edited.function.outer.start_byte
    now = next(item for item in functions_in(edit.file_source) if item.start_byte == start)
    if now.is_generator != target.is_generator:
        return "The edit changes whether the function is a generator."
    return None


def _matched(original: Module, edited: Module) -> tuple[str | None, list[Piece]]:
    """Whether all of the original's statements are there in their order; and the added ones."""
    waiting = list(original.pieces)
    added = []
    for piece in edited.pieces:
        same = waiting and (
            piece.kind == waiting[0].kind == "target"
            or piece.node.text == waiting[0].node.text
            or _dump(piece.statement) == _dump(waiting[0].statement)
        )
        if same:
            waiting.pop(0)
        else:
            added.append(piece)
    if waiting:
        return (
            f"The edit changes, moves or removes line {waiting[0].statement.lineno} of the "
            f"original: `{_short(waiting[0])}`.",
            added,
        )
    return None, added


def _changed_around_function(original: Candidate, edited: Candidate) -> str | None:
    """Whether the statement around a method, or a function under `if`, differs elsewhere."""
    if _emptied(original) != _emptied(edited):
        return "The edit changes the class or block around the function."
    return None


def _emptied(candidate: Candidate) -> str:
    """The dump of the target's top-level statement with the function's body left out."""
    statement = next(piece for piece in candidate.module.pieces if piece.kind == "target").statement
    marker = own_statement(candidate)
    emptied = copy.deepcopy(statement)
    for node in ast.walk(emptied):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            same_place = (node.lineno, node.col_offset) == (marker.lineno, marker.col_offset)
            node.body = [] if same_place else node.body
    return ast.dump(emptied)


def _wrong_additions(original: Module, added: list[Piece]) -> str | None:
    taken = set(original.taken | BUILTINS)
    specs = original.import_specs()
    for piece in added:
        where = f"line {piece.statement.lineno}: `{_short(piece)}`"
        statement = piece.statement
        if piece.kind == "import" and isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                name = bound_name(alias)
                if alias.name == "*":
                    return f"The edit adds a star import, {where}."
                known = specs.get(name) == {import_spec(statement, alias)}
                if name in taken and not (known and isinstance(statement, ast.Import)):
                    return f"The edit binds the name `{name}`, which the file has, {where}."
            taken |= piece.binds
        elif piece.kind == "define":
            for name in sorted(piece.binds):
                if not name.startswith("_") or name.startswith("__"):
                    return f"The edit adds `{name}`, which is not private, {where}."
                if name in taken:
                    return f"The edit binds the name `{name}`, which the file has, {where}."
            taken |= piece.binds
        else:
            return f"The edit adds a statement to the module, {where}."
    return None


def _changed_text(original: Candidate, edited: Candidate, added: list[Piece]) -> str | None:
    if _read_first(original) != _read_first(edited):
        return "The edit moves or changes what only the file's first two lines can say."
    before, after = _rest(original, []), _rest(edited, added)
    for old, new in zip(before, after, strict=False):
        if old != new:
            return f"The edit changes text outside the function: `{new.strip()[:60]}`."
    if len(before) != len(after):
        return "The edit adds or removes lines outside the function."
    return None


def _read_first(candidate: Candidate) -> list[tuple[int, bytes]]:
    """The `#!` and encoding lines that are where they count."""
    lines = candidate.module.source.removeprefix(codecs.BOM_UTF8).split(b"\n", 2)[:2]
    return [(number, line) for number, line in enumerate(lines) if FIRST.match(line)]


def _rest(candidate: Candidate, added: list[Piece]) -> list[str]:
    """The file's lines without the function and `added`; blank ones left out."""
    source, outer = candidate.module.source, candidate.function.outer
    own = source[outer.start_byte : outer.end_byte]
    gaps = {(outer.start_byte, outer.start_byte + len(own.rstrip())): "<the function>"}
    gaps |= {(piece.start, piece.end): "" for piece in added}
    lines = spliced(source, gaps).decode().split("\n")
    # a new first line comes between the byte order mark and the old first line
    lines[:1] = ["\ufeff", lines[0][1:]] if lines[0].startswith("\ufeff") else lines[:1]
    return [line for line in lines if line.strip()]


def _dump(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(_dump(item) for item in value)
    return ast.dump(value) if isinstance(value, ast.AST) else repr(value)


def _short(piece: Piece) -> str:
    text = ast.unparse(piece.statement).split("\n")[0]
    return text if len(text) <= 60 else f"{text[:57]}..."
