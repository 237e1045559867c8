"""What a candidate brings beside its function: imports, helpers, constants, and example code."""

import ast
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

from perfbot.sandbox.languages.python_candidate import (
    BUILTINS,
    Candidate,
    Piece,
    bound_name,
    import_spec,
    missing_from,
    module_statements,
)
from perfbot.sandbox.languages.python_graft import leading_space, moved_text
from perfbot.sandbox.languages.python_names import rename
from perfbot.sandbox.languages.python_parameters import CannotGraftError


@dataclass(slots=True)
class Beside:
    """What goes into the target's file beside the function, and under which names."""

    imports: list[str] = field(default_factory=list)
    """Import statements that the file lacks, one line each."""
    helpers: list[int] = field(default_factory=list)
    """Positions of the candidate's pieces that go before the target; statements that are neither
    helpers nor examples are among them, for the scope gate to see."""
    examples: list[int] = field(default_factory=list)
    """Positions of statements that only show the function at work; they are dropped."""
    new_names: dict[str, str] = field(default_factory=dict)
    """Names of the candidate's module, each with its name in the target's file."""
    splices: dict[tuple[int, int], str] = field(default_factory=dict)
    """The renamings that `new_names` means for the candidate's text."""
    notes: list[str] = field(default_factory=list)


def choose(original: Candidate, candidate: Candidate, avoid: Iterable[str]) -> Beside:
    """Choose what of the candidate's module its function needs, under names that are free.

    `avoid` are names that no import and no helper may have, since a parameter would hide them.

    Raises:
        CannotGraftError: a name is taken and cannot be changed.
    """
    pieces = candidate.module.pieces
    same = _same_as_in(original, pieces)
    own_name = original.function.qualname.partition(".")[0]
    needed = _needed(candidate, same, own_name)
    beside = Beside()
    claimed = original.module.taken | BUILTINS | frozenset(avoid)
    names_everywhere = {
        name.text for module in (original.module, candidate.module) for name in module.names
    }
    for piece in missing_from(original.module, pieces):
        if piece.kind == "import":
            _choose_imports(piece, original, needed, claimed, names_everywhere, beside)
    _merge_modules(original, beside)
    position = next(number for number, piece in enumerate(pieces) if piece.kind == "target")
    for number, piece in enumerate(pieces):
        if piece in same or piece.kind in ("import", "target", "docstring"):
            continue
        if piece.kind == "future":
            beside.notes.append("a `from __future__` import dropped")
        elif piece.kind == "define" and piece.binds & needed:
            beside.helpers.append(number)
            _name_helper(piece, claimed, names_everywhere, beside)
        elif _is_example(piece, own_name, after=number > position):
            beside.notes.append(f"dropped, since the function does not use it: {_short(piece)}")
            if piece.kind == "other":
                beside.examples.append(number)
        else:
            beside.helpers.append(number)
    beside.splices = _splices(candidate, beside)
    return beside


def fresh_name(name: str, taken: set[str]) -> str:
    """Return a private name like `name` that is not in `taken`, and add it there."""
    stem = f"_{name.lstrip('_') or 'it'}"
    found, number = stem, 2
    while found in taken:
        found, number = f"{stem}{number}", number + 1
    taken.add(found)
    return found


def helper_text(renamed: Candidate, beside: Beside) -> str:
    """Return the text of the helpers, unindented, or "" where there are none.

    `renamed` is the candidate with `beside.splices` applied.
    """
    module, joined, before_is_line = renamed.module, "", False
    for number in beside.helpers:
        piece = module.pieces[number]
        is_line = isinstance(piece.statement, ast.Assign | ast.AnnAssign)
        if joined:
            joined += "\n" if is_line and before_is_line else "\n\n\n"
        margin = leading_space(module.source, piece.node.start_byte)
        joined += moved_text(piece.node, (piece.start, piece.end), module.source, margin, "")
        before_is_line = is_line
    return joined


def _same_as_in(original: Candidate, pieces: Iterable[Piece]) -> list[Piece]:
    """The candidate's statements that the file has already, with all that they refer to."""
    pieces = list(pieces)
    missing = missing_from(original.module, pieces)
    same = [
        piece for piece in pieces if piece.kind not in ("target", "import") and piece not in missing
    ]
    specs = original.module.import_specs()
    while True:
        differing: set[str] = set()
        for piece in pieces:
            if piece.kind == "import" and piece in missing:
                differing |= _foreign_imports(piece, specs)
            elif piece.kind == "define" and piece not in same:
                differing |= piece.binds
        remaining = [piece for piece in same if not piece.uses & differing]
        if len(remaining) == len(same):
            return same
        same = remaining


def _foreign_imports(piece: Piece, specs: dict[str, set[str]]) -> set[str]:
    statement = piece.statement
    assert isinstance(statement, ast.Import | ast.ImportFrom)
    return {
        bound_name(alias)
        for alias in statement.names
        if specs.get(bound_name(alias)) != {import_spec(statement, alias)}
    }


def _needed(candidate: Candidate, same: list[Piece], own_name: str) -> set[str]:
    """Names that the function's body refers to, directly or through helpers."""
    module, function = candidate.module, candidate.function
    body = function.node.child_by_field_name("body") or function.node
    waiting = [
        name.text
        for name in module.names
        if body.start_byte <= name.start < body.end_byte and name.home.kind == "module"
    ]
    helpers = [piece for piece in module.pieces if piece.kind == "define" and piece not in same]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += [use for piece in helpers if name in piece.binds for use in piece.uses]
    for piece in same:
        needed -= piece.binds
    return needed - {own_name}


def _choose_imports(
    piece: Piece,
    original: Candidate,
    needed: set[str],
    claimed: frozenset[str],
    everywhere: set[str],
    beside: Beside,
) -> None:
    statement = piece.statement
    assert isinstance(statement, ast.Import | ast.ImportFrom)
    specs = original.module.import_specs()
    items = []
    for alias in statement.names:
        bound, spec = bound_name(alias), import_spec(statement, alias)
        if specs.get(bound) == {spec}:
            if isinstance(statement, ast.Import) and _is_new_submodule(alias, original):
                items.append(f"{alias.name}")
            continue
        if alias.name != "*" and bound not in needed:
            if bound not in original.module.bound:
                beside.notes.append(f"unused import of `{bound}` dropped")
            continue
        new = beside.new_names.get(bound, bound)
        if bound in claimed and bound not in beside.new_names and alias.name != "*":
            if alias.asname is None and "." in alias.name and isinstance(statement, ast.Import):
                raise CannotGraftError(f"`{bound}` means something else in the file")
            new = fresh_name(bound, everywhere)
            beside.new_names[bound] = new
            beside.notes.append(f"import of `{bound}` named `{new}`, since `{bound}` is taken")
        as_new = new != alias.name.partition(".")[0] or alias.asname is not None
        items.append(f"{alias.name} as {new}" if as_new else alias.name)
    if isinstance(statement, ast.Import):
        beside.imports += [f"import {item}" for item in items]
    elif items:
        origin = f"{'.' * statement.level}{statement.module or ''}"
        beside.imports.append(f"from {origin} import {', '.join(items)}")


def _is_new_submodule(alias: ast.alias, original: Candidate) -> bool:
    if alias.asname is not None or "." not in alias.name:
        return False
    for statement in module_statements(original.module.statements):
        if isinstance(statement, ast.Import) and any(
            item.name == alias.name for item in statement.names
        ):
            return False
    return True


def _merge_modules(original: Candidate, beside: Beside) -> None:
    beside.imports = list(dict.fromkeys(beside.imports))
    beside.notes += [f"`{line}` put with the file's imports" for line in beside.imports]


def _name_helper(
    piece: Piece, claimed: frozenset[str], everywhere: set[str], beside: Beside
) -> None:
    for name in sorted(piece.binds):
        mangled = name.startswith("__")
        if name not in beside.new_names and (
            name in claimed or not name.startswith("_") or mangled
        ):
            beside.new_names[name] = fresh_name(name, everywhere)
            beside.notes.append(f"helper `{name}` named `{beside.new_names[name]}`")


def _is_example(piece: Piece, own_name: str, *, after: bool) -> bool:
    """Whether a statement only shows the function at work, or is not used by it at all."""
    statement = piece.statement
    if piece.kind == "define":
        return own_name not in piece.binds or isinstance(
            statement, ast.FunctionDef | ast.AsyncFunctionDef
        )
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return True
    if isinstance(statement, ast.If) and "__name__" in piece.uses:
        return True
    shows = ast.Expr | ast.Assert | ast.If | ast.For | ast.While | ast.With | ast.Try | ast.Pass
    # before the function, only what calls an earlier version of it can be an example
    return (after or own_name in piece.uses) and isinstance(statement, shows)


def _splices(candidate: Candidate, beside: Beside) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for old, new in beside.new_names.items():
        uses = [
            name
            for name in candidate.module.names
            if name.text == old and name.home.kind == "module"
        ]
        renamed = rename(uses, new)
        if renamed is None:
            raise CannotGraftError(f"`{old}` means something else in the file")
        found |= renamed
    return found


def _short(piece: Piece) -> str:
    text = ast.unparse(piece.statement).split("\n")[0]
    return text if len(text) <= 60 else f"{text[:57]}..."


def is_standard(module: str) -> bool:
    """Whether a module is of Python's own library."""
    return module.partition(".")[0] in sys.stdlib_module_names
