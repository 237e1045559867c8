"""`perfbot sandbox -- COMMAND`: runs a command as a candidate would run."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.isolate.process import (
    Box,
    Ended,
    Finished,
    Limits,
    interpreter_mounts,
    launch,
    new_root,
)

PROJECT = "/project"
# As timeout(1) and shells report an end by time limit and by SIGKILL.
_TIMED_OUT = 124
_KILLED = 137


def run_command(
    argv: Sequence[str], *, python: Path | None = None, limits: Limits | None = None
) -> int:
    """
    Run `argv` in the sandbox and return the exit code that perfbot should end with.

    The current folder is mounted read-only as /project, which is the working directory; scratch
    space is /box and /tmp. `python` (default: perfbot's own interpreter) is mounted too, and its
    folder is first on PATH. Output is passed on as it comes. An end forced by a limit is said in
    one line on stderr: 124 for the wall clock, 137 for the others.

    Raises: UsageError for an empty command or when called in /, MachineError without a sandbox.
    """
    if not argv:
        raise UsageError("No command was given.", "perfbot sandbox -- COMMAND [ARGUMENT]...")
    folder = Path.cwd()
    if folder == Path(folder.anchor):
        raise UsageError(
            "The whole file system would be shown to the command.", "cd PROJECT first."
        )
    interpreter = python or Path(sys.executable)
    root = new_root()
    box = Box(
        root=root,
        read_only=((folder, root + PROJECT), *interpreter_mounts(interpreter)),
        env=(
            ("PATH", f"{interpreter.absolute().parent}:/usr/local/bin:/usr/bin:/bin"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
        ),
        cwd=root + PROJECT,
    )
    limits = limits or Limits()
    # A terminal stays outside: its descriptor could be written to as well as read.
    stdin = subprocess.DEVNULL if os.isatty(0) else 0
    with launch(argv, box=box, limits=limits, stdin=stdin, on_output=_pass_on) as sandboxed:
        finished = sandboxed.wait()
    return _exit_code(finished, limits)


def _pass_on(stream: str, chunk: bytes) -> None:
    out = sys.stdout.buffer if stream == "stdout" else sys.stderr.buffer
    # Whoever reads our output may have had enough of it (`| head`); the command goes on.
    with contextlib.suppress(BrokenPipeError):
        out.write(chunk)
        out.flush()


def _exit_code(finished: Finished, limits: Limits) -> int:
    if finished.ended is Ended.EXITED:
        return finished.returncode
    if finished.ended is Ended.SIGNALED:
        return 128 - finished.returncode
    why = {
        Ended.TIMEOUT: f"it ran longer than {limits.wall_s} s",
        Ended.MEMORY: f"it used more than {limits.memory_bytes} bytes of memory",
        Ended.OUTPUT: f"it wrote more than {limits.output_bytes} bytes",
        Ended.DISK: "it wrote more files than its scratch space may hold",
        Ended.CPU: f"it used more than {limits.cpu_s} s of CPU time",
        Ended.KILLED: "someone outside did it",
    }[finished.ended]
    print(f"perfbot: the command was killed: {why}.", file=sys.stderr)
    return _TIMED_OUT if finished.ended is Ended.TIMEOUT else _KILLED
