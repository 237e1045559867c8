"""The inputs of a program as files: those in a folder, or beside the program, as a workload."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.target import Target
from perfbot.sandbox.workload import FOLDER, WorkloadFile

GIVEN, WANTED = (".in", ".txt"), (".out", ".ans")
NAME = "INPUTS"
"""The variable in a workload that holds (name, input, expected output or None) of each file."""
SOURCE = '''\
"""The inputs of a program, gathered from {folder}: name, input, expected output."""

{name} = [
{rows}]


def cases():
    for _, text, _ in {name}:
        yield (text,)
'''


@dataclass(frozen=True, slots=True)
class ProgramInput:
    """One input, and what the program must print for it where that is known."""

    name: str
    text: str
    answer: str | None


def inputs_of(target: Target, folder: Path | None) -> WorkloadFile | None:
    """The workload of the inputs in `folder`, or of those that lie beside the program, or None.

    Beside means the folder `perfbot_workloads/<file>__main`, or files `<file>*.in`.

    Raises: UsageError where `folder` is none, holds no inputs, or a file in it is no UTF-8.
    """
    if folder is not None:
        if not folder.is_dir():
            raise UsageError(f"there is no folder {folder}", "check --inputs")
        found = inputs_in(folder, "")
        if not found:
            raise UsageError(f"{folder} holds no inputs", "put files *.in or *.txt there")
        return workload_of(folder, found)
    place = target.root / target.path
    for base in dict.fromkeys((place.parent, target.root)):
        beside = base / FOLDER / f"{place.stem}__{target.qualname}"
        if beside.is_dir() and (found := inputs_in(beside, "")):
            return workload_of(beside, found)
    found = inputs_in(place.parent, place.stem)
    return workload_of(place.parent, found) if found else None


def inputs_in(folder: Path, stem: str) -> list[ProgramInput]:
    """The inputs in a folder, small to large; with `stem` only `<stem>*.in`."""
    found = []
    for path in sorted(folder.iterdir()):
        wanted = path.suffix == ".in" if stem else path.suffix in GIVEN
        if not path.is_file() or not wanted or not path.name.startswith(stem):
            continue
        if re.match(r"(output|expected|answer)", path.name):
            continue
        found.append(ProgramInput(path.name, text_of(path), answer_beside(path)))
    return sorted(found, key=lambda item: len(item.text))


def answer_beside(path: Path) -> str | None:
    """What `a.in` must give: `a.out` or `a.ans`; `output.1.txt` for `input.1.txt`."""
    beside = [path.with_suffix(suffix) for suffix in WANTED]
    if path.name.startswith("input"):
        beside.append(path.with_name("output" + path.name.removeprefix("input")))
    return next((text_of(item) for item in beside if item.is_file()), None)


def text_of(path: Path) -> str:
    """A file's text, its newlines as they are. Raises: UsageError where it is no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text", "leave it out, or save it anew") from error


def workload_of(folder: Path, found: list[ProgramInput]) -> WorkloadFile:
    """The inputs as a workload file, which travels with a commit as any other does."""
    rows = "".join(f"    {(item.name, item.text, item.answer)!r},\n" for item in found)
    return WorkloadFile(folder, SOURCE.format(folder=folder.name, name=NAME, rows=rows))


def answers_in(workload: WorkloadFile | None) -> tuple[tuple[str, str, str], ...]:
    """Name, input and expected output of each row of `INPUTS` in a workload that has one.

    The file is only read: what it says otherwise runs in the sandbox.
    """
    if workload is None or NAME not in workload.source:
        return ()
    try:
        tree = ast.parse(workload.source)
        rows = next(
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == NAME
        )
    except (SyntaxError, ValueError, StopIteration):
        return ()  # loading it in the sandbox says what is wrong
    return tuple(
        (row[0], row[1], row[2])
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, tuple) and len(row) == 3 and all(isinstance(it, str) for it in row)
    )
