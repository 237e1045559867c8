"""A whole program of C++ or C as a target: its standard input goes in, what it prints comes out."""

import re
from dataclasses import replace
from pathlib import Path

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp import SUFFIXES, functions, read_source
from perfbot.sandbox.target import Target
from perfbot.sandbox.unified_diff import apply_diff, is_diff

PROGRAM = "program"
"""`Target.kind` of a whole program; its span is its file."""
NAME = "main"
_BOM = "\ufeff"
_FENCED = re.compile(r"^[ \t]*```[^\n]*\n(.*?)^[ \t]*```[ \t]*$", re.MULTILINE | re.DOTALL)


def is_program(target: Target) -> bool:
    """Whether the target is a whole program."""
    return target.kind == PROGRAM


def program_target(root: Path, path: str) -> Target:
    """The program whose one file is `root/path`.

    Raises: UsageError where it is no file of C++ or C, or has not exactly one `main`.
    """
    source = read_source(root, path)
    problem = complaint(source)
    if problem is not None:
        raise UsageError(f"{path}: {problem}.", "name the file that defines the program's `main`")
    return Target(
        root=root,
        path=path,
        qualname=NAME,
        module="",
        import_root=".",
        file_source=source,
        start_byte=0,
        end_byte=len(source.encode()),
        start_line=1,
        end_line=source.count("\n") + 1,
        kind=PROGRAM,
        is_async=False,
        is_generator=False,
        language=SUFFIXES[Path(path).suffix],
    )


def complaint(source: str) -> str | None:
    """Why a text is no program of one file, or None."""
    count = sum(item.qualname == NAME for item in functions(source))
    return None if count == 1 else f"it has {count or 'no'} functions `{NAME}`"


def program_edit(target: Target, text: str, *, title: str = "", origin: str = "patch") -> Edit:
    """The edit of a program that `text` asks for: its whole new file, a unified diff of it, or its
    `main` alone, which then takes the old one's place.

    Raises: UsageError where the text has no `main`, or the diff does not apply.
    """
    if is_diff(text):
        file_source = apply_diff(target.file_source, text, target.path)
        return Edit(file_source, title=title, origin=origin)
    plain = text.removeprefix(_BOM).replace("\r\n", "\n")
    blocks = [str(found) for found in _FENCED.findall(plain) if complaint(found) is None]
    plain = blocks[-1] if blocks else plain
    problem = complaint(plain)
    if problem is not None:
        raise UsageError(
            f"The candidate is no program: {problem}.",
            "Give the program's whole new source, or a unified diff of it.",
        )
    if "#include" in target.file_source and "#include" not in plain:
        plain = in_place_of_main(target.file_source.removeprefix(_BOM).replace("\r\n", "\n"), plain)
    if "\r\n" in target.file_source:
        plain = plain.replace("\n", "\r\n")
    mark = _BOM if target.file_source.startswith(_BOM) else ""
    return Edit(mark + plain, title=title, origin=origin)


def in_place_of_main(file_source: str, text: str) -> str:
    """The file with `text`, a `main` with or without helpers, instead of its own `main`."""
    own = next(item for item in functions(file_source) if item.qualname == NAME)
    data = file_source.encode()
    return (data[: own.start_byte] + text.strip().encode() + data[own.end_byte :]).decode()


def program_in(target: Target, file_source: str) -> Target:
    """The program in another text of its file."""
    return replace(
        target,
        file_source=file_source,
        end_byte=len(file_source.encode()),
        end_line=file_source.count("\n") + 1,
    )
