"""One attempt to break out of the sandbox: what it is, how it is run, and how its end is read."""

import functools
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from perfbot.sandbox.attacks.host import Host
from perfbot.sandbox.attacks.numbers import numbers
from perfbot.sandbox.errors import MachineError, PerfbotError
from perfbot.sandbox.isolate.process import (
    Box,
    Finished,
    Limits,
    interpreter_mounts,
    new_root,
    run,
)

LIMITS = Limits(wall_s=30, memory_bytes=512 << 20)
_OUTSIDE_S = 30.0
_NO_GAPS: frozenset[str] = frozenset()


class Outside(StrEnum):
    """What an attempt does when it is run without a sandbox, to show that it is a real one."""

    WORKS = "works"
    """It succeeds, whoever runs it."""
    DEPENDS = "depends"
    """It may need root, a device, or a setting of the kernel."""
    HARMS = "harms"
    """It could do harm there, and is never run there."""


class Outcome(StrEnum):
    """How an attempt ended."""

    HELD = "held"
    ESCAPED = "ESCAPED"
    GAP = "gap"
    """It got through, as it is known to with this backend."""
    UNCLEAR = "UNCLEAR"
    """It broke off before it could tell: this shows nothing, and counts as a failure."""
    WORKS = "works"
    """Ordinary work, which must go on inside, did."""
    BROKEN = "BROKEN"
    """Ordinary work was refused: what is held beside it may be held for want of anything."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing that a hostile candidate would try."""

    name: str
    code: str
    """
    Python. Refused, it raises OSError or `Held`; got through, it runs to its end. `host` holds the
    fields of a `Host`, `nr` the numbers of system calls; `PRELUDE` has the rest of what it uses.
    """
    outside: Outside = Outside.WORKS
    gaps: frozenset[str] = _NO_GAPS
    """Labels (see `labels`) of the sandboxes that are known not to hold it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one attempt."""

    name: str
    outcome: Outcome
    detail: str
    works_outside: bool | None = None
    """Whether it got through without a sandbox; None when it was not run there."""


PRELUDE = """
import ctypes, errno, fcntl, glob, mmap, os, resource, signal, socket, stat, subprocess, sys, time
from types import SimpleNamespace
LIBC = ctypes.CDLL(None, use_errno=True)
TMP = os.environ["TMPDIR"]
class Held(Exception):
    pass
def syscall(number, *arguments):
    result = LIBC.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in arguments])
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
REFUSALS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EAFNOSUPPORT, errno.EROFS}
def reach(number, *arguments):
    # With arguments that make no sense, so that it does nothing: a call that complains about
    # them, and not about us, would have done what it was told.
    try:
        syscall(number, *arguments)
    except OSError as problem:
        if problem.errno in REFUSALS:
            raise
        print("the call is open to us:", problem)
def in_child(work):
    # Some attempts end the process that makes them.
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code != 0:
        raise Held(f"the process was ended by {signal.Signals(-code).name}" if code < 0 else code)
def clone(flags):
    pid = syscall(nr.clone, flags | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
def open_only(path, flags):
    # Neither writes nor truncates: what matters is whether the kernel would let us.
    os.close(os.open(path, flags | os.O_CLOEXEC))
def unnamed_file_in(folder):
    open_only(folder, os.O_TMPFILE | os.O_WRONLY)
def look_for_token(paths, least_bytes=0):
    # The token came to us reversed, so that we do not find it in ourselves. Pipes and devices are
    # left alone: what is read from them is lost to whom it was for.
    token, seen = host.token_reversed[::-1].encode(), 0
    for path in paths:
        try:
            found = os.stat(path)
            if not stat.S_ISREG(found.st_mode) or found.st_size < least_bytes:
                continue
            with open(path, "rb") as file:
                text = file.read(1 << 16)
        except OSError:
            continue
        seen += 1
        if token in text:
            print("found in", path)
            return
    raise Held(f"{seen} could be read, and none has it")
def processes(name):
    return glob.glob(f"/proc/[0-9]*/{name}")
"""

_FRAME = """{prelude}
host = SimpleNamespace(**{host!r})
nr = SimpleNamespace(**{numbers!r})
try:
{code}
except (OSError, Held) as problem:
    print("HELD", problem, flush=True)
else:
    print("ESCAPED", flush=True)
"""


def script(attempt: Attempt, host: Host) -> str:
    """The Python program that makes the attempt; its last line of output says how it went."""
    return _FRAME.format(
        prelude=PRELUDE,
        host=host.facts(),
        numbers=numbers(),
        code=textwrap.indent(attempt.code, "    "),
    )


def labels(described: dict[str, str]) -> frozenset[str]:
    """What a sandbox goes by in `Attempt.gaps`: its kind, and its kind with who runs it."""
    words = described["backend"].lower().split()
    known = ("bubblewrap", "landlock", "docker", "podman", "none")
    kind = next((word for word in known if word in words), described["backend"])
    return frozenset({kind, f"{kind} {described.get('mode', 'user')}"})


@functools.cache
def interpreter() -> Path:
    """
    The interpreter that runs attacks: ours, or the system's where ours does not run inside.

    A sandbox without namespaces has no way to show root's own interpreter to nobody.

    Raises: MachineError when neither runs.
    """
    said = ""
    for python in (Path(sys.executable), Path("/usr/bin/python3")):
        try:
            box = attack_box(python)
            finished = run([str(python), "-I", "-S", "-c", ""], box=box, limits=LIMITS)
        except PerfbotError as problem:
            said = str(problem)
            continue
        if finished.returncode == 0:
            return python
        said = finished.stderr.decode(errors="replace").strip()
    raise MachineError(f"No interpreter runs in the sandbox: {said}", "Install python3 in /usr.")


def attack_box(python: Path, shown: Path | None = None, *, bytes_each: int = 256 << 20) -> Box:
    """A Box as a candidate gets it, with folders of `bytes_each`; `shown` is mounted besides."""
    root = new_root()
    more = () if shown is None else ((shown, f"{root}/shown"),)
    return Box(
        read_only=(*interpreter_mounts(python), *more),
        root=root,
        cwd=f"{root}/box",
        box_bytes=bytes_each,
        tmp_bytes=bytes_each,
    )


def try_inside(attempt: Attempt, host: Host, sandbox: frozenset[str]) -> Result:
    """Make the attempt in the sandbox that goes by the labels `sandbox`.

    Raises: MachineError when no sandbox works here.
    """
    python = interpreter()
    host.restore()
    command = [str(python), "-I", "-S", "-c", script(attempt, host)]
    # A folder is shown whose path on the host is a secret: it must not be learnt inside.
    box = attack_box(python, host.shown)
    finished = run(command, box=box, limits=LIMITS)
    damage = host.damage()
    if damage:
        return Result(attempt.name, Outcome.ESCAPED, damage)
    return _read(attempt, finished, sandbox)


def try_ordinary(attempt: Attempt, host: Host, sandbox: frozenset[str]) -> Result:
    """Do in the sandbox what must work there; a gap is what is known not to.

    Raises: MachineError when no sandbox works here.
    """
    result = try_inside(attempt, host, frozenset())
    if result.outcome is Outcome.ESCAPED:
        return replace(result, outcome=Outcome.WORKS, detail="as outside")
    known = not sandbox.isdisjoint(attempt.gaps) and result.outcome is Outcome.HELD
    return replace(result, outcome=Outcome.GAP if known else Outcome.BROKEN)


def _read(attempt: Attempt, finished: Finished, sandbox: frozenset[str]) -> Result:
    said = finished.stdout.decode(errors="replace").strip()
    *before, last = said.splitlines() or [""]
    if last.startswith("HELD"):
        return Result(attempt.name, Outcome.HELD, last.removeprefix("HELD").strip())
    if last.startswith("ESCAPED"):
        known = not sandbox.isdisjoint(attempt.gaps)
        outcome = Outcome.GAP if known else Outcome.ESCAPED
        return Result(attempt.name, outcome, "; ".join(before[-2:]) or "nothing refused it")
    why = finished.stderr.decode(errors="replace").strip()[-500:]
    return Result(attempt.name, Outcome.UNCLEAR, f"{finished.ended}: {why or said[-500:]}")


def works_outside(attempt: Attempt, host: Host) -> bool | None:
    """Whether the attempt gets through as a plain child process of ours; None if it may do harm.

    An attempt that fails everywhere shows nothing about the sandbox.
    """
    if attempt.outside is Outside.HARMS:
        return None
    host.restore()
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script(attempt, host)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=host.scratch,
        env={**os.environ, "TMPDIR": str(host.scratch)},
        pass_fds=[host.leaking_fd],
        start_new_session=True,
        timeout=_OUTSIDE_S,
        check=False,
    )
    lines = done.stdout.decode(errors="replace").split()
    return "ESCAPED" in lines[-1:]
