"""A target's file with new code in it; every other byte stays as it is."""

import ast
import codecs
import sys

from perfbot.sandbox.languages.python_candidate import FIRST, Candidate, Piece
from perfbot.sandbox.languages.python_names import spliced


def place(
    original: Candidate, span: tuple[int, int], function: str, helpers: str, imports: list[str]
) -> str:
    r"""Return the file with `function` in the target's span, helpers above it, imports on top.

    The new texts have newlines "\n" and get those of the file.
    """
    source = original.module.source
    additions = dict(_import_lines(original, imports))
    if helpers:
        above = _above_target(original)
        additions[above] = f"{additions.get(above, '')}{helpers}\n\n\n"
    newline = "\r\n" if b"\r\n" in source else "\n"
    splices = {(at, at): text.replace("\n", newline) for at, text in additions.items()}
    splices[span] = function.replace("\n", newline)
    return spliced(source, splices).decode()


def _above_target(original: Candidate) -> int:
    piece = next(piece for piece in original.module.pieces if piece.kind == "target")
    return _start_with_comments(original, piece)


def _start_with_comments(original: Candidate, piece: Piece) -> int:
    """Where a statement begins, the comments right above it included.

    The file's first comments are a header of its own where a blank line ends them, and the lines
    that Python reads itself (`#!`, the encoding) stay first.
    """
    source = original.module.source
    if source[: piece.start].removeprefix(codecs.BOM_UTF8).strip():
        return piece.start
    at = piece.node.start_byte
    while at > 0:
        line = source.rfind(b"\n", 0, at - 1) + 1
        text = source[line:at].removeprefix(codecs.BOM_UTF8 if line == 0 else b"")
        if not text.startswith(b"#") or (source.count(b"\n", 0, line) < 2 and FIRST.match(text)):
            break
        at = line
    return max(at, len(codecs.BOM_UTF8) if source.startswith(codecs.BOM_UTF8) else 0)


def _import_lines(original: Candidate, imports: list[str]) -> list[tuple[int, str]]:
    """Where each new import goes: after the last of its kind in the file's first imports."""
    run: list[Piece] = []
    opening: list[Piece] = []
    for piece in original.module.pieces:
        if piece.kind == "import":
            run.append(piece)
        elif piece.kind in ("docstring", "future") and not run:
            opening.append(piece)
        else:
            break
    if not imports:
        return []
    if not run:
        return [_first_imports(original, opening, imports)]
    placed: dict[int, str] = {}
    for line in imports:
        rank = _rank(ast.parse(line).body[0])
        earlier = [piece for piece in run if _rank(piece.statement) <= rank]
        if earlier:
            at = _next_line(original.module.source, earlier[-1].end)
            text = f"{line}\n"
            if at == len(original.module.source) and not original.module.source.endswith(b"\n"):
                text = f"\n{text}"
        else:
            gap = "\n" if _rank(run[0].statement)[0] == rank[0] else "\n\n"
            at, text = run[0].node.start_byte, line + gap
        before = placed.get(at, "")
        placed[at] = before.rstrip("\n") + "\n" + text if before else text
    return list(placed.items())


def _first_imports(
    original: Candidate, opening: list[Piece], imports: list[str]
) -> tuple[int, str]:
    first = next(piece for piece in original.module.pieces if piece not in opening)
    before_definition = isinstance(
        first.statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    )
    gap = "\n\n\n" if before_definition else "\n\n"
    return _start_with_comments(original, first), "\n".join(imports) + gap


def _rank(statement: ast.stmt) -> tuple[int, bool, str]:
    """The usual order of imports: standard library, other packages, own package; then by name."""
    if isinstance(statement, ast.ImportFrom):
        name, from_ = statement.module or "", True
        if statement.level:
            return 2, from_, name
    elif isinstance(statement, ast.Import):
        name, from_ = statement.names[0].name, False
    else:
        return 2, True, ""
    return int(name.partition(".")[0] not in sys.stdlib_module_names), from_, name


def _next_line(source: bytes, position: int) -> int:
    found = source.find(b"\n", position)
    return len(source) if found < 0 else found + 1
