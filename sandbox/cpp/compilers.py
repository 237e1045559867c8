"""The compilers on this machine: which there are, what they are, and what they need to run."""

import functools
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.errors import MachineError

CXX_NAMES = ("g++", "c++", "clang++")
C_NAMES = ("gcc", "cc", "clang")
_C_TO_CXX = (("clang", "clang++"), ("gcc", "g++"), ("cc", "c++"))


@dataclass(frozen=True, slots=True)
class Compiler:
    """One compiler driver, which also links."""

    path: str
    """Absolute path on this machine, and inside the sandbox."""
    version: str
    """The first line of `--version`."""

    @property
    def is_clang(self) -> bool:
        return "clang" in self.version


def find_compiler(name: str | None = None, *, is_c: bool = False) -> Compiler:
    """The compiler `name` (a name on PATH or a path), or else the first that is installed.

    Raises: MachineError when there is none, or it does not start.
    """
    names = (name,) if name else C_NAMES if is_c else CXX_NAMES
    for tried in names:
        path = shutil.which(tried)
        if path is not None:
            return ask(os.path.abspath(path))
    what = f"compiler {name}" if name else f"{'C' if is_c else 'C++'} compiler"
    raise MachineError(
        f"there is no {what} on this machine (looked for {', '.join(names)} on PATH)",
        "apt-get install g++ (or dnf install gcc-c++)",
    )


@functools.cache
def ask(path: str) -> Compiler:
    """What the compiler at `path` says of itself; asked once, then remembered.

    Raises: MachineError when it does not start.
    """
    try:
        asked = subprocess.run(
            [path, "--version"],
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise MachineError(
            f"the compiler {path} does not start: {error.strerror}", "apt-get install g++"
        ) from error
    if asked.returncode != 0:
        raise MachineError(
            f"the compiler {path} does not start: {asked.stderr.strip()[-300:]}",
            "apt-get install g++",
        )
    return Compiler(path, asked.stdout.partition("\n")[0])


def cxx_beside(compiler: Compiler) -> Compiler:
    """The C++ compiler that belongs to a C compiler: `g++-12` beside `gcc-12`.

    Raises: MachineError when there is none.
    """
    folder, name = os.path.split(compiler.path)
    for c_name, cxx_name in _C_TO_CXX:
        if c_name in name:
            path = os.path.join(folder, name.replace(c_name, cxx_name))
            if os.access(path, os.X_OK):
                return ask(path)
            break
    return find_compiler()


def compiler_mounts(compiler: Compiler) -> tuple[tuple[Path, str], ...]:
    """The `Box.read_only` mounts of a compiler that is not below /usr: its installation."""
    folders = {path.parent.parent for path in (Path(compiler.path), Path(compiler.path).resolve())}
    shown = [Path("/usr"), Path("/bin")]
    return tuple(
        (folder, str(folder))
        for folder in sorted(folders)
        if folder != Path("/") and not any(folder.is_relative_to(item) for item in shown)
    )


def fast_linker() -> tuple[str, ...]:
    """The option that makes links fast, where mold is installed."""
    return ("-fuse-ld=mold",) if os.access("/usr/bin/mold", os.X_OK) else ()
