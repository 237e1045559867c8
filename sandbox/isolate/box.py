"""The Box: what a sandboxed process can see."""

import functools
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.errors import BaselineError, UsageError
from perfbot.sandbox.isolate.limits import MIB

HOME = "/home/u"
PATH = "/usr/local/bin:/usr/bin:/bin"
_ASK_PREFIXES = (
    "import json, sys; print(json.dumps([sys.prefix, sys.base_prefix, sys.version_info[:2]]))"
)


@dataclass(frozen=True, slots=True)
class Box:
    """
    The file system and environment inside, beside the host's /usr (read-only).

    Writable are /box, /tmp, /dev/shm and the home directory: all in memory, sized, and gone with
    the sandbox. There is no network, and no variable of the host's environment.
    """

    read_only: tuple[tuple[Path, str], ...] = ()
    """
    Host path -> path inside, for interpreters, the project's tree and drivers. When perfbot runs
    as root the payload runs as nobody, so what lies in a mounted folder must be readable for
    others; of the folder itself (often 0700, if made by `tempfile`) that is not asked.
    """
    files: tuple[tuple[str, bytes], ...] = ()
    """Path inside -> content, read-only; may replace a file of a `read_only` mount."""
    env: tuple[tuple[str, str], ...] = ()
    cwd: str = "/box"
    root: str = ""
    """
    Begins every path inside but those shown under their host path; `process.new_root` gives it.
    Empty where the sandbox has a file system of its own.
    """
    box_bytes: int = 256 * MIB
    tmp_bytes: int = 256 * MIB


def environment(box: Box) -> dict[str, str]:
    """The whole environment inside."""
    own = {"PATH": PATH, "HOME": box.root + HOME, "LANG": "C.UTF-8", "TMPDIR": f"{box.root}/tmp"}
    root = {"PERFBOT_ROOT": box.root} if box.root else {}
    return own | root | dict(box.env)


def interpreter_mounts(python: Path) -> tuple[tuple[Path, str], ...]:
    """
    The `read_only` mounts that let `python` (an interpreter's path) run inside, under its own path.

    They are its virtual environment, the installation behind it and each symbolic link on the
    way there, less what lies under /usr, which is always mounted. The interpreter is run once to
    ask for its prefixes; the answer is kept.

    Raises: UsageError when there is no such file, BaselineError when it does not start.
    """
    return _interpreter_mounts(Path(os.path.abspath(python)))


@functools.cache
def _interpreter_mounts(python: Path) -> tuple[tuple[Path, str], ...]:
    if not (os.path.isfile(python) and os.access(python, os.X_OK)):
        raise UsageError(f"There is no Python interpreter at {python}.", "Name one with --python.")
    asked = subprocess.run(
        [python, "-I", "-B", "-c", _ASK_PREFIXES], capture_output=True, text=True, check=False
    )
    if asked.returncode != 0:
        raise BaselineError(
            f"The interpreter {python} does not start: {asked.stderr.strip()[-500:]}",
            "Repair the environment, or name another interpreter with --python.",
        )
    prefix, base_prefix, (major, minor) = json.loads(asked.stdout)
    library = f"lib/python{major}.{minor}"
    wanted = [Path(prefix), Path(base_prefix)]
    for link in _links(python):
        # The folder above bin/ is mounted only when it is an installation: it may be the home.
        above = link.parent.parent
        wanted.append(above if (above / library).is_dir() else link)
    wanted += [path.resolve() for path in wanted]
    mounts: list[Path] = []
    for path in sorted(set(wanted), key=lambda path: len(path.parts)):
        if not any(path.is_relative_to(covering) for covering in (Path("/usr"), *mounts)):
            mounts.append(path)
    return tuple((path, str(path)) for path in mounts)


def _links(path: Path) -> list[Path]:
    """`path` and each file it leads to through symbolic links, one step at a time."""
    steps = [path]
    while steps[-1].is_symlink() and len(steps) < 40:
        steps.append(Path(os.path.normpath(steps[-1].parent / steps[-1].readlink())))
    return steps
