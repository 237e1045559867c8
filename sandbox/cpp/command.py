"""How the project compiles the target's file, and what a library of that file must link."""

import json
import os
import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath

from perfbot.sandbox.cpp.capture import (
    Entry,
    calls_from,
    entries_of,
    libraries_of,
    real_compiler,
    split_commands,
)
from perfbot.sandbox.cpp.compilers import ask, cxx_beside, find_compiler
from perfbot.sandbox.cpp.plan import plan_of
from perfbot.sandbox.cpp.store import SOURCES
from perfbot.sandbox.cpp.tree import CALLS, REST, built_tree, entries_in
from perfbot.sandbox.cpp.units import Command
from perfbot.sandbox.errors import BaselineError, MachineError
from perfbot.sandbox.project import Project
from perfbot.sandbox.worker import PROJECT_AT

DATABASE = ("compile_commands.json", "build/compile_commands.json")
C_FLAGS, CXX_FLAGS = ("-std=c17", "-O2"), ("-std=c++20", "-O2")
"""For a file that no build compiles."""
UNTOLD_LINK = ("-lm", "-pthread")
"""Where no link command is known: what is always there."""
_INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


def command_for(project: Project, target_path: str, *, build: str | None = None) -> Command:
    """How the project compiles `target_path`, from its build (`build`, or the one found).

    A header has the command of a source that includes it, the nearest by path.

    Raises: BaselineError when the build fails or does not compile the file, MachineError when
    a tool is missing.
    """
    database = _database(project.root)
    try:
        command = plan_of(project, build).build
    except MachineError:
        if not database:
            raise
        command = ""  # its commands are known all the same
    if not command and not database:
        is_c = PurePosixPath(target_path).suffix == ".c"
        compiler = find_compiler(is_c=is_c)
        return Command(compiler.path, C_FLAGS if is_c else CXX_FLAGS, ".", UNTOLD_LINK, is_c)
    others = () if command else tuple(database)
    tree = built_tree(project, command, others)
    entries = others or tuple(entries_in(tree))
    entry = choose(entries, target_path, tree)
    if entry is None:
        how = f"the build ({command})" if command else DATABASE[0]
        raise BaselineError(
            f"{how} compiles neither {target_path} nor a file that includes it",
            "say with --build CMD how it is compiled, from nothing",
        )
    return _command(entry, tree, _libraries(tree) if command else UNTOLD_LINK)


def choose(entries: Sequence[Entry], path: str, tree: Path) -> Entry | None:
    """The entry of `path`, or of the nearest source that includes it, by however many headers.

    A header that no source includes has the command of the nearest source.
    """
    for entry in entries:
        if entry.source == path:
            return entry
    including = including_files(path, tree)
    able = [entry for entry in entries if entry.source in including]
    if not able and PurePosixPath(path).suffix not in (".c", ".cc", ".cpp", ".cxx", ".C"):
        able = list(entries)
    return min(able, key=lambda entry: _distance(entry.source, path), default=None)


def _distance(one: str, other: str) -> tuple[int, str]:
    """How many folders lie between two files; then by name."""
    ups, downs = PurePosixPath(one).parts[:-1], PurePosixPath(other).parts[:-1]
    shared = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(ups, downs, strict=False))
    )
    stem = PurePosixPath(one).stem != PurePosixPath(other).stem
    return 2 * (len(ups) + len(downs) - 2 * shared) + stem, one


def including_files(path: str, tree: Path) -> set[str]:
    """`path` and what includes it, directly or not. Names decide, not the search path."""
    includes: dict[str, list[str]] = {}
    for file in tree.rglob("*"):
        if file.suffix in SOURCES and file.is_file():
            text = file.read_text(errors="replace")
            includes[file.relative_to(tree).as_posix()] = _INCLUDE.findall(text)
    found, new = {path}, {path}
    while new:
        endings = {os.path.basename(name) for name in new}
        new = {
            name
            for name, included in includes.items()
            if name not in found
            and any(os.path.basename(i) in endings and _ends(found, i) for i in included)
        }
        found |= new
    return found


def _ends(found: Iterable[str], included: str) -> bool:
    tail = os.path.normpath(included).lstrip("./")
    return any(name == tail or name.endswith("/" + tail) for name in found)


def _command(entry: Entry, tree: Path, libraries: tuple[str, ...]) -> Command:
    path = real_compiler(entry.compiler)
    if path is None:
        raise MachineError(
            f"the project is compiled with {entry.compiler}, which is not installed",
            f"apt-get install {os.path.basename(entry.compiler)}",
        )
    is_c = PurePosixPath(entry.source).suffix == ".c" and "++" not in os.path.basename(path)
    compiler = ask(path)
    if not is_c and "++" not in os.path.basename(path):
        compiler = cxx_beside(compiler)  # as Python's setuptools calls gcc for C++ too
    rest = (f"{PROJECT_AT}/{REST}",) if (tree / REST).is_file() else ()
    needed = ("-Wl,--as-needed", *libraries) if libraries else ()
    folder = entry.folder if (tree / entry.folder).is_dir() else "."
    return Command(compiler.path, entry.flags, folder, (*rest, *needed), is_c, str(tree))


def _libraries(tree: Path) -> tuple[str, ...]:
    """What the project's links take from outside; its own libraries are in `REST`."""
    made = {path.name for path in tree.rglob("lib*") if path.suffix in (".a", ".so")}
    found: dict[str, None] = {}
    for call in calls_from((tree / CALLS).read_bytes()):
        if not any((tree / entry.source).is_file() for entry in entries_of(call)) and not any(
            word.endswith((".o", ".a")) for word in call.words
        ):
            continue  # a configure's probe
        for word in libraries_of(call):
            name = word.removeprefix("-l")
            if not {f"lib{name}.a", f"lib{name}.so"} & made:
                found[word] = None
    return tuple(found)


def _database(root: Path) -> list[Entry]:
    """The entries of a compile_commands.json that lies in the project, wherever it was made."""
    path = next((root / name for name in DATABASE if (root / name).is_file()), None)
    if path is None:
        return []
    try:
        rows = json.loads(path.read_bytes())
    except ValueError as error:
        raise BaselineError(f"{path.name} is no JSON: {error}", "make it anew") from error
    base = _base_of(rows, root)
    calls = split_commands(rows, base) if isinstance(rows, list) else []
    entries = [entry for call in calls for entry in entries_of(call, base)]
    return [entry for entry in entries if (root / entry.source).is_file()]


def _base_of(rows: object, root: Path) -> str:
    """Where the project lay when the file was made: what comes before paths that exist here."""
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and isinstance(row.get("file"), str):
            full = os.path.normpath(os.path.join(str(row.get("directory", "")), row["file"]))
            parts = PurePosixPath(full).parts
            for start in range(1, len(parts)):
                if (root / PurePosixPath(*parts[start:])).is_file():
                    return str(PurePosixPath(*parts[:start]))
    return str(root)
