"""Extension modules of Python: their objects, loaded where there is no Python."""

from collections.abc import Sequence


def is_extension(flags: Sequence[str]) -> bool:
    """Whether a file compiled with these flags may include Python.h."""
    return any(flag.startswith("-I") and "/include/python" in flag for flag in flags)


def weakened(path: str) -> list[str]:
    """The command by which an object or archive can do without Python's own symbols.

    What is weak may be missing when a library is loaded: the target's file may raise Python's
    exceptions, and a target that does not is called as any other. One that does ends by a signal,
    in the original and in an edit alike, so that such inputs compare nothing.
    """
    return ["objcopy", "-w", "--weaken-symbol=Py*", "--weaken-symbol=_Py*", path]
