"""A Project: where the code to judge lies and which interpreter runs it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Project:
    """A scratch copy of the user's tree, mounted read-only for every candidate."""

    root: Path
    """The scratch copy on this machine; never the user's checkout."""
    python: Path
    """The interpreter that runs the target: the project's own where it has one."""
    import_roots: tuple[str, ...] = (".",)
    """Folders relative to `root` that go on sys.path, in order."""
    tests: str | None = None
    """The test command, or None for what the language and the project's files tell."""
    build: str | None = None
    """C and C++: the command that builds it from nothing, or None for what its files tell."""
    answers: tuple[tuple[str, str, str], ...] = ()
    """A program's own tests: name, standard input, what it must print."""
    adapter: str = ""
    """C and C++: the workload's own function `call`, as text, which is called in place of the
    target where perfbot cannot make the target's arguments."""
