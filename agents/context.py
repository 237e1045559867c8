"""What a model is told of a target: stable parts first, packed to a budget of tokens.

All of it comes from the project's text and from calls that were recorded: nothing of the judge's
(inputs it generated, expected answers) is in here.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfbot.agents.calls import Message, tokens_in
from perfbot.agents.replies import defines, parsed
from perfbot.agents.shapes import shapes_of
from perfbot.agents.templates import fenced, rendered
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.signature import Signature
from perfbot.sandbox.target import Target

FENCES = {"python": "python", "cpp": "cpp", "c": "c"}
LANGUAGES = {"python": "Python", "cpp": "C++", "c": "C"}
_SUFFIXES = {
    "python": (".py",),
    "cpp": (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".h"),
    "c": (".c", ".h"),
}
_MOST_FILES, _LARGEST_FILE = 2000, 200_000
_MOST_CALLERS, _MOST_TESTS, _MOST_LINES = 4, 3, 40
_SKIPPED = frozenset({".git", ".venv", "venv", "build", "node_modules", "__pycache__"})
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a prompt. Of those that do not fit the ones with the lowest `worth` go first."""

    title: str
    text: str
    worth: int


REQUIRED = 100
"""The worth of what no prompt can do without."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a target beside its text."""

    root: Path
    """The project's folder."""
    signature: Signature
    observed: Sequence[Arguments]
    """The arguments of recorded calls."""
    slowest: Sequence[tuple[str, float]]
    """Recorded calls as text, with the CPU seconds that the original took."""
    machine: str
    """Processor, cores, interpreter or compiler."""
    time: tuple[str, str] = ("", "")
    """(title, text) of where the original's time goes."""


def background(target: Target, facts: Facts) -> list[Section]:
    """The sections about a target that stay the same over a whole run, the most stable first."""
    fence = FENCES[target.language]
    callers, tests = _uses(target, facts.root)
    found = [
        ("The function", fenced(target.source, fence), REQUIRED),
        ("Imports of its file", _code(_imports(target), fence), 80),
        ("What it uses of the project", _code(_callees(target, facts.root), fence), 70),
        ("Calls recorded from the tests", shapes_of(facts.signature, facts.observed), 90),
        ("The slowest recorded calls", _slowest(facts.slowest), 75),
        (facts.time[0], fenced(facts.time[1]) if facts.time[1] else "", 85),
        ("The machine", facts.machine, 60),
        ("Tests that call it", _code(tests, fence), 50),
        ("Where it is called", _code(callers, fence), 40),
    ]
    return [Section(title, text, worth) for title, text, worth in found if text]


def prompt(
    target: Target, system: str, sections: Sequence[Section], request: str, most_tokens: int
) -> tuple[Message, Message]:
    """The whole prompt: as many of the sections as fit, in their order, and what is wanted."""
    around = tokens_in(system) + tokens_in(request)
    task = rendered(
        "task",
        qualname=target.qualname,
        path=target.path,
        sections=packed(sections, most_tokens - around),
        request=request,
    )
    return Message("system", system), Message("user", task)


def packed(sections: Sequence[Section], most_tokens: int) -> list[Section]:
    """The sections that fit, in their order; the required ones always do."""
    kept = list(sections)
    while sum(tokens_in(item.text) + 8 for item in kept) > most_tokens:
        optional = [item for item in kept if item.worth < REQUIRED]
        if not optional:
            break
        kept.remove(min(optional, key=lambda item: item.worth))
    return kept


def _code(pieces: Iterable[str], fence: str) -> str:
    text = "\n\n".join(piece.strip("\n") for piece in pieces)
    return fenced(text, fence) if text else ""


def _slowest(calls: Sequence[tuple[str, float]]) -> str:
    return "\n".join(f"- {seconds * 1e3:.3g} ms: `{text}`" for text, seconds in calls)


def _imports(target: Target) -> list[str]:
    if target.language != "python":
        lines = [line for line in target.file_source.splitlines() if line.startswith("#include")]
        return ["\n".join(lines)] if lines else []
    tree = parsed(target.file_source)
    nodes = [item for item in tree.body if isinstance(item, (ast.Import, ast.ImportFrom))] if tree \
        else []  # fmt: skip
    return ["\n".join(ast.unparse(item) for item in nodes)] if nodes else []


def _callees(target: Target, root: Path) -> Iterator[str]:
    """Functions, classes and constants of the project that the target names."""
    words = set(re.findall(r"[A-Za-z_]\w*", target.source))
    if target.language != "python":
        yield from _cpp_callees(target, words)
        return
    tree = parsed(target.file_source)
    for item in tree.body if tree else ():
        own = item.lineno <= target.start_line <= (item.end_lineno or 0)
        if isinstance(item, (ast.Import, ast.ImportFrom)):
            yield from _imported(item, words, target, root)
        elif isinstance(item, ast.ClassDef) if own else defines(item) & words:
            yield _brief(target.file_source, item)


def _imported(
    item: ast.Import | ast.ImportFrom, words: set[str], target: Target, root: Path
) -> Iterator[str]:
    """What `from module import name` brings, where the module is the project's."""
    if not isinstance(item, ast.ImportFrom):
        return
    names = {alias.name for alias in item.names if (alias.asname or alias.name) in words}
    folder = (root / target.path).parent
    for _ in range(item.level - 1):
        folder = folder.parent
    start = folder if item.level else root / target.import_root
    path = start / Path(*(item.module or "").split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        text = _read(file) if names else None
        tree = parsed(text) if text else None
        for node in tree.body if tree else ():
            if defines(node) & names and text:
                yield f"# {file.relative_to(root).as_posix()}\n{_brief(text, node)}"


def _brief(text: str, node: ast.stmt) -> str:
    """A definition, or of a long one its header and docstring; of a class its methods' headers."""
    lines = text.splitlines()
    if isinstance(node, ast.ClassDef):
        parts = [lines[node.lineno - 1]]
        for item in node.body:
            if isinstance(item, _FUNCTION):
                parts += [*lines[item.lineno - 1 : item.body[0].lineno - 1], "        ..."]
            elif not isinstance(item, ast.Expr):
                parts += lines[item.lineno - 1 : item.end_lineno]
        return "\n".join(parts)
    whole = lines[node.lineno - 1 : node.end_lineno]
    if len(whole) <= _MOST_LINES or not isinstance(node, _FUNCTION):
        return "\n".join(whole[:_MOST_LINES])
    header = lines[node.lineno - 1 : node.body[0].lineno - 1]
    doc = ast.get_docstring(node)
    return "\n".join([*header, f'    """{doc}"""' if doc else "", "    ..."])


def _cpp_callees(target: Target, words: set[str]) -> Iterator[str]:
    from perfbot.sandbox.languages.cpp import functions

    source = target.file_source.encode()
    for item in functions(target.file_source):
        name = re.findall(r"\w+", item.qualname.partition("(")[0])[-1:]
        if item.start_byte != target.start_byte and set(name) & words:
            text = source[item.start_byte : item.end_byte].decode()
            lines = text.splitlines()
            yield text if len(lines) <= _MOST_LINES else text.partition("{")[0].rstrip() + ";"


def _uses(target: Target, root: Path) -> tuple[list[str], list[str]]:
    """Pieces of the project's files around calls of the target: (callers, tests)."""
    name = re.findall(r"\w+", re.sub(r"[(<].*", "", target.qualname))[-1]
    call = re.compile(rf"\b{re.escape(name)}\s*\(")
    callers: list[str] = []
    tests: list[str] = []
    for path in _files(root, _SUFFIXES[target.language]):
        relative = path.relative_to(root).as_posix()
        is_test = "test" in relative.lower()
        found = tests if is_test else callers
        if len(found) >= (_MOST_TESTS if is_test else _MOST_CALLERS):
            continue
        text = _read(path)
        if text is None or not call.search(text):
            continue
        lines = text.splitlines()
        own = range(target.start_line, target.end_line + 1) if relative == target.path else ()
        at = next((n for n, line in enumerate(lines, 1) if call.search(line) and n not in own), 0)
        if at:
            before, after = (_MOST_LINES // 4, _MOST_LINES // 2) if is_test else (3, 4)
            piece = "\n".join(lines[max(at - before, 0) : at + after])
            mark = "#" if target.language == "python" else "//"
            found.append(f"{mark} {relative}\n{piece}")
    return callers, tests


def _files(root: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """The project's files, in order; what is hidden or built is left out."""
    waiting = [root]
    seen = 0
    while waiting and seen < _MOST_FILES:
        folder = waiting.pop(0)
        for path in sorted(folder.iterdir()):
            if path.is_symlink() or path.name in _SKIPPED or path.name.startswith("."):
                continue
            if path.is_dir():
                waiting.append(path)
            elif path.suffix in suffixes:
                seen += 1
                yield path


def _read(path: Path) -> str | None:
    """A file's text; None where it is not there, large, or no text."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
