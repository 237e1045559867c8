"""What a person means by TARGET: the functions that a text on the command line names."""

import difflib
import logging
import os
import re
from collections.abc import Collection
from pathlib import Path

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp import SUFFIXES
from perfbot.sandbox.languages.cpp_program import NAME, program_target
from perfbot.sandbox.languages.finding import is_cpp, locate, targets_in
from perfbot.sandbox.target import Target

_log = logging.getLogger(__name__)

_NO_CODE_OF_THE_PROJECT = frozenset(
    {
        *("__pycache__", "build", "dist", "node_modules", "site-packages", "venv", "env"),
        *("tests", "test", "docs", "perfbot_workloads"),
    }
)
_NO_TARGETS = re.compile(
    r"^((test_.*|.*_test|conftest|setup|noxfile|__main__)\.py|(test_.*|tests?|.*_tests?)\.(?!py$).+)$"
)
_BUILD_FILES = ("CMakeLists.txt", "meson.build", "Makefile", "makefile", "GNUmakefile", "configure")


def resolve(text: str, cwd: Path) -> list[Target]:
    """Return the functions that `text` names, seen from `cwd`.

    `text` is `FILE::QUALNAME` (of C++ `FILE::geo::Hull::build`, an overload with its parameters'
    types), `FILE:LINE`, `path/to/module/fn`, `pkg.mod.Class.method`, or a
    file or folder, which mean all of their functions, in the order of the text (ranking them by
    profile is done elsewhere).

    Raises:
        UsageError: nothing there has that name, it is ambiguous, or it is of no language that
            perfbot knows.
    """
    cwd = cwd.resolve()
    file_text, separator, qualname = text.partition("::")
    if separator:
        return [_in_file(_file(cwd / file_text), qualname, None)]
    with_line = re.fullmatch(r"(.+):(\d+)", text)
    if with_line:
        return [_in_file(_file(cwd / with_line[1]), None, int(with_line[2]))]
    path = cwd / text
    if path.exists():
        found = candidates_in(path)
        if not found:
            raise UsageError(f"{text}: no functions in there.", "Name another file or folder.")
        return found
    if text.endswith(".py") or is_cpp(text):
        _file(path)
    return [_spelled_out(text, cwd)]


def resolve_program(text: str, cwd: Path) -> Target:
    """Return the program that `text` names: its one file, with `::main` or without.

    Raises:
        UsageError: it is no file of C or C++, or it has not exactly one `main`.
    """
    file_text, _, qualname = text.partition("::")
    file = _file(cwd.resolve() / file_text)
    if not is_cpp(file.name) or qualname not in ("", NAME):
        raise UsageError(
            f"{text} is no program of C or C++",
            f"with --program write FILE.cpp or FILE.cpp::{NAME}",
        )
    root = project_root(file)
    return program_target(root, file.relative_to(root).as_posix())


def candidates_in(path: Path) -> list[Target]:
    """Return all functions of a file, or of a folder's files in the order of their names.

    In a folder, tests, set-up scripts, hidden folders and virtual environments are left out, and
    so are files that are not valid Python (each is logged). C and C++ count where there is no
    Python.

    Raises:
        UsageError: `path` is a file of no language that perfbot knows.
    """
    path = path.resolve()
    root = project_root(path)
    if path.is_file():
        return _all_in(path, root)
    for suffixes in (frozenset({".py"}), frozenset(SUFFIXES)):
        found: list[Target] = []
        for file in _files_in(path, suffixes):
            try:
                found += _all_in(file, root)
            except UsageError as error:
                _log.warning("left out: %s", error.happened)
        if found:
            return found
    return []


def project_root(path: Path) -> Path:
    """Return the project's folder: the git top level, else the nearest with a pyproject.toml or
    setup.py, else the top one of those around with a CMakeLists.txt, Makefile or their like, else
    the file's own."""
    folder = path if path.is_dir() else path.parent
    above = (folder, *folder.parents)
    for candidate in above:
        if (candidate / ".git").exists():
            return candidate
    for candidate in above:
        if any((candidate / name).is_file() for name in ("pyproject.toml", "setup.py")):
            return candidate
    built = next((item for item in above if _is_built(item)), folder)
    while _is_built(built.parent):
        built = built.parent
    return built


def _is_built(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _BUILD_FILES)


def _in_file(file: Path, qualname: str | None, line: int | None) -> Target:
    root = project_root(file)
    found = locate(root, file.relative_to(root).as_posix(), qualname, line)
    if is_main(found):
        raise UsageError(
            f"{found.path}: `{NAME}` is the whole program, and nothing can call it",
            "add --program to have the program judged by its input, or name another function",
        )
    return found


def is_main(target: Target) -> bool:
    """Whether a function is the `main` of C or C++."""
    return target.language != "python" and target.qualname == NAME


def _file(path: Path) -> Path:
    path = path.resolve()
    if path.is_dir():
        raise UsageError(f"{path.name} is a folder, not a file.")
    if not path.is_file():
        siblings = [item.name for item in path.parent.iterdir()] if path.parent.is_dir() else []
        close = difflib.get_close_matches(path.name, siblings)
        raise UsageError(
            f"{path.name}: no such file in {path.parent}.",
            f"Did you mean {' or '.join(close)}?" if close else "",
        )
    return path


def _all_in(file: Path, root: Path) -> list[Target]:
    found = targets_in(root, file.relative_to(root).as_posix())
    return [target for target in found if not is_main(target)]


def _files_in(folder: Path, suffixes: Collection[str] = (".py",)) -> list[Path]:
    found = []
    for current, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in _NO_CODE_OF_THE_PROJECT
            if not (Path(current) / name / "pyvenv.cfg").exists()
        )
        found += [
            Path(current) / name
            for name in sorted(names)
            if Path(name).suffix in suffixes and not _NO_TARGETS.match(name)
        ]
    return found


def _spelled_out(text: str, cwd: Path) -> Target:
    """The function of `path/to/module/fn`, `pkg/mod/Class.method` or `pkg.mod.Class.method`."""
    parts = [part for part in re.split(r"[/.]", text) if part]
    if not parts or not all(part.isidentifier() for part in parts):
        raise UsageError(
            f"{text}: no such file, folder or function.",
            "Write FILE::FUNCTION, FILE:LINE, path/to/module/function, a file or a folder.",
        )
    root = project_root(cwd)
    missing: UsageError | None = None
    for base in dict.fromkeys((cwd, root, cwd / "src", root / "src", cwd / "lib", root / "lib")):
        for length in range(len(parts) - 1, 0, -1):
            stem = base.joinpath(*parts[:length])
            for file in (stem.with_suffix(".py"), stem / "__init__.py"):
                if file.is_file():
                    try:
                        return _in_file(file.resolve(), ".".join(parts[length:]), None)
                    except UsageError as error:
                        # a package's own file is a guess only while its name is all but one part
                        if file.name != "__init__.py" or length == len(parts) - 1:
                            missing = missing or error
    if missing is not None:
        raise missing
    raise UsageError(f"{text}: no module {'/'.join(parts[:-1])} here.", _near(parts, cwd, root))


def _near(parts: list[str], cwd: Path, root: Path) -> str:
    """Say which module was perhaps meant, by likeness of names."""
    modules = {}
    for base in (cwd, root, root / "src"):
        for file in _files_in(base)[:2000]:
            modules["/".join(file.relative_to(base).with_suffix("").parts)] = file
    close = difflib.get_close_matches("/".join(parts[:-1]), list(modules), cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(f'{name}/{parts[-1]}' for name in close)}?"
    return "Write FILE::FUNCTION, FILE:LINE, path/to/module/function, a file or a folder."
