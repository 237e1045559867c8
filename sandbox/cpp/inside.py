"""Running a shell script in the sandbox that hands back files, through descriptors it inherits."""

import os
from dataclasses import dataclass

from perfbot.sandbox.isolate.limits import MIB, Limits
from perfbot.sandbox.isolate.process import Box, Ended, launch

SAID_BYTES = 16384
"""So much of what a compiler says is kept: its first errors, not its last."""
LOG = "perfbot-said"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a script ended, what it said, and the files it handed back."""

    ended: Ended
    exit_status: int
    said: str
    files: tuple[bytes, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        return self.ended is Ended.EXITED and self.exit_status == 0


def run_script(
    commands: str, outputs: tuple[str, ...], box: Box, limits: Limits, *, always: bool = False
) -> Ran:
    """Run `commands` in a shell in `box`; when they succeed, hand back each file of `outputs`.

    With `always`, also when they fail.

    Paths in `outputs` are quoted for the shell. A file that is not there comes back empty.

    Raises: MachineError when no sandbox works here.
    """
    fds = [os.memfd_create("output", os.MFD_CLOEXEC) for _ in outputs]
    log = f"{box.root}/tmp/{LOG}"
    handed = "".join(
        f"[ -f {path} ] && cat {path} >&{fd}\n" for path, fd in zip(outputs, fds, strict=True)
    )
    # The commands do not inherit the descriptors: only what is at the path at the end counts.
    closed = " ".join(f"{fd}>&-" for fd in fds)
    refused = "" if always else '[ "$status" = 0 ] || exit "$status"\n'
    script = (
        f"( {commands} ) >{log} 2>&1 {closed}\nstatus=$?\nhead -c {SAID_BYTES} {log} >&2\n"
        f'{refused}{handed}exit "$status"\n'
    )
    try:
        with launch(["/bin/bash", "-c", script], box=box, limits=limits, fds=fds) as sandboxed:
            finished = sandboxed.wait()
        return Ran(
            finished.ended,
            finished.returncode,
            finished.stderr.decode(errors="replace"),
            tuple(_content(fd) for fd in fds),
            finished.seconds,
        )
    finally:
        for fd in fds:
            os.close(fd)


def why(ran: Ran, what: str, limits: Limits) -> str:
    """In one line, why a script that is not `ok` failed."""
    if ran.ended is Ended.TIMEOUT:
        return f"{what} takes more than {limits.wall_s:.0f} s"
    if ran.ended is Ended.MEMORY:
        return f"{what} takes more than {limits.memory_bytes // MIB} MiB of memory"
    if ran.ended is not Ended.EXITED:
        return f"{what} broke off ({ran.ended.value})"
    return first_error(ran.said) or f"{what} fails (status {ran.exit_status})"


def first_error(said: str) -> str:
    """The first line of a tool's output that tells an error, else the last line it said."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    marks = (": error:", ": fatal error:", "error:", "undefined reference", "Error", "No rule")
    for mark in marks:
        for line in lines:
            if mark in line:
                return line
    return lines[-1] if lines else ""


def _content(fd: int) -> bytes:
    size = os.fstat(fd).st_size
    return os.pread(fd, size, 0)
