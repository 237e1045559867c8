"""Targets in a file, whichever language it is in: its name's ending tells."""

from pathlib import Path, PurePosixPath

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages import cpp, python
from perfbot.sandbox.languages.python_modules import import_root_of
from perfbot.sandbox.target import Target


def is_cpp(path: str) -> bool:
    """Whether a file's name ends as those of C and C++ do."""
    return PurePosixPath(path).suffix in cpp.SUFFIXES


def locate(root: Path, path: str, qualname: str | None, line: int | None = None) -> Target:
    """Return the function `qualname` of `root/path`, or the one that spans `line` (1-based).

    Raises:
        UsageError: no such file or function, or one that perfbot cannot read.
    """
    if is_cpp(path):
        return cpp.locate(root, path, qualname, line)
    name = qualname.replace("::", ".") if qualname is not None else None
    return python.locate(root, path, name, line, import_root=import_root_of(root, path))


def targets_in(root: Path, path: str) -> list[Target]:
    """Return all functions of `root/path` that can be targets, in the order of the text.

    Templates of C++ are left out: which instantiation is meant has to be said.

    Raises:
        UsageError: the file is not of a language that perfbot knows, or cannot be read.
    """
    if is_cpp(path):
        source = cpp.read_source(root, path)
        found: list[Target] = []
        for item in cpp.functions(source):
            try:
                cpp.check_syntax(source, path, item)
            except UsageError:
                continue  # a macro that cannot be read: the others can be targets
            if not item.is_template:
                found.append(cpp.target_of(root, path, item, source))
        return found
    source = python.read_source(root, path)
    python.syntax_tree(source, path)
    last = {item.qualname: item for item in python.functions(source)}
    import_root = import_root_of(root, path)
    return [
        python.target_of(root, path, item, source, import_root=import_root)
        for item in last.values()
    ]
