"""Which way of isolating is used: the first that works here, or the one that was asked for."""

import functools
import os
import subprocess
from dataclasses import replace

from perfbot.sandbox.errors import MachineError, UsageError
from perfbot.sandbox.isolate import bare, bwrap, container, landlock
from perfbot.sandbox.isolate.backend import Backend
from perfbot.sandbox.isolate.box import Box
from perfbot.sandbox.isolate.limits import Limits

AUTO = "auto"
NONE = "none"
CHOICES = (AUTO, "bwrap", "landlock", *container.NAMES, NONE)
_TRY_S = 30
_wanted: "str | Backend" = AUTO


def choose(name: "str | Backend") -> None:
    """
    Isolate by `name` (one of CHOICES, or a backend) from here on, in this process.

    Raises: UsageError for another name.
    """
    global _wanted
    if isinstance(name, str) and name not in CHOICES:
        raise UsageError(f"There is no sandbox {name!r}.", f"Use one of: {', '.join(CHOICES)}.")
    _wanted = name


def backend() -> Backend:
    """
    The backend in use; each is tried once per process, by running `true` in it.

    Raises: MachineError when none works, with the command that mends it.
    """
    return _working(_wanted) if isinstance(_wanted, str) else _wanted


def new_root() -> str:
    """The `root` for a new Box."""
    return bare.new_root() if backend().shares_paths else ""


@functools.cache
def _working(wanted: str) -> Backend:
    if wanted == NONE:
        return bare.Bare(confined=False)
    if wanted in container.NAMES:
        return _working_container(wanted)
    try:
        if wanted != "landlock":
            return bwrap.working_bubblewrap()
    except MachineError as problem:
        found = bare.Bare(confined=True)
        if wanted == AUTO and landlock.version() and failure(found) is None:
            return found
        raise problem
    found = bare.Bare(confined=True)
    if not landlock.version():
        raise MachineError(
            "This kernel has no Landlock.", "Use Linux 5.13 or later, with lsm=landlock,... set."
        )
    said = failure(found)
    if said is not None:
        raise MachineError(f"The Landlock sandbox does not work here: {said}")
    return found


def _working_container(name: str) -> Backend:
    found = container.installed(name)
    said = failure(found)
    if said is not None and name == "podman":
        # Where control groups are not handed on to users, it works without them.
        found = replace(found, in_cgroup=False)
        said = failure(found) and said
    if said is not None:
        raise container.unusable(name, said)
    return found


def failure(tried: Backend) -> str | None:
    """What went wrong when it ran `true`; None when nothing did."""
    status, told = os.pipe()
    go, start = os.pipe()
    ends = [status, told, go, start]
    root = bare.new_root() if tried.shares_paths else ""
    try:
        box = Box(root=root, cwd=f"{root}/box")
        prepared = tried.prepare(["true"], box, limits=Limits(), status_fd=told, block_fd=go)
        ends += prepared.fds
        os.write(start, b"1")
        done = subprocess.run(
            prepared.command,
            pass_fds=[told, go, *prepared.fds],
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TRY_S,
            check=False,
        )
        os.close(ends.pop(1))
        with open(ends.pop(0), "rb") as said:
            ended = b'"exit-code": 0' in b" ".join(said.read().replace(b":", b": ").split())
    except (OSError, subprocess.TimeoutExpired) as problem:
        return str(problem)
    finally:
        for fd in ends:
            os.close(fd)
    if done.returncode == 0 and ended:
        return None
    return done.stderr.strip() or f"exit code {done.returncode}"
