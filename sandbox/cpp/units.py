"""What is compiled: a translation unit, how the project compiles it, and in which variant."""

import enum
from dataclasses import dataclass


class Variant(enum.Enum):
    """How a version is built; the value names it in messages and cache keys."""

    PLAIN = "plain"
    """With the project's own flags: what is compared and timed."""
    SANITIZED = "sanitized"
    """AddressSanitizer, UndefinedBehaviorSanitizer and LeakSanitizer."""
    THREADS = "threads"
    """ThreadSanitizer."""
    COVERED = "covered"
    """Counts lines and branches for gcov."""
    SEARCHED = "searched"
    """Tells libFuzzer where it goes and what it compares; clang alone can."""


@dataclass(frozen=True, slots=True)
class Command:
    """How the project compiles a file. Paths begin with `PROJECT_AT` where they are its own."""

    compiler: str
    """Path of the compiler on this machine: `/usr/bin/g++`."""
    flags: tuple[str, ...]
    """All but compiler, input, output, `-c` and what makes dependency files."""
    folder: str
    """Where it runs, relative to the project's root; `.` for the root itself."""
    link: tuple[str, ...] = ()
    """What a shared library of this one file needs besides: objects, archives and `-l` options."""
    is_c: bool = False
    """C, not C++."""
    built: str = ""
    """Folder on this machine: the project with what its build made, mounted at `PROJECT_AT`
    instead of the project. Empty where nothing had to be built."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Texts to compile into one shared library with `Command`."""

    text: str
    """The version's file, wrapper included (C++), or the file alone and what it exports (C)."""
    path: str
    """The file's path in the project: relative includes are looked up beside it."""
    wrapper: str = ""
    """C only: the C++ text that calls what `text` exports, compiled by itself."""
