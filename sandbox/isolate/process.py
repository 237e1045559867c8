"""Runs a command in a Box under Limits: `run` waits for its end, `launch` does not."""

import contextlib
import json
import os
import select
import subprocess
import time
from collections.abc import Sequence

from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate import init, memory
from perfbot.sandbox.isolate.backend import Backend
from perfbot.sandbox.isolate.box import Box, interpreter_mounts
from perfbot.sandbox.isolate.choice import backend, new_root
from perfbot.sandbox.isolate.limits import Limits, restrict, rlimits
from perfbot.sandbox.isolate.spawn import spawn
from perfbot.sandbox.isolate.supervise import Ended, Finished, OnOutput, Sandboxed, Watched, end

__all__ = [
    "Box",
    "Ended",
    "Finished",
    "Limits",
    "Sandboxed",
    "describe",
    "interpreter_mounts",
    "launch",
    "new_root",
    "run",
]

# Seconds that a backend may take until its first word, on a machine under heavy load.
_START_S = 30.0


def run(
    command: Sequence[str],
    *,
    box: Box,
    limits: Limits,
    stdin: bytes = b"",
    cpu: int | None = None,
) -> Finished:
    """
    Run `command` to its end, which the limits bound.

    A command that cannot be found has ended with exit code 127.

    Raises: MachineError when no sandbox works here or a mount of the box does not exist.
    """
    if not stdin:
        return launch(command, box=box, limits=limits, cpu=cpu).wait()
    # A file in memory instead of a pipe: nobody has to feed it while the command runs.
    with open(os.memfd_create("stdin", os.MFD_CLOEXEC), "w+b") as file:
        file.write(stdin)
        file.seek(0)
        return launch(command, box=box, limits=limits, cpu=cpu, stdin=file.fileno()).wait()


def launch(
    command: Sequence[str],
    *,
    box: Box,
    limits: Limits,
    fds: Sequence[int] = (),
    stdin: int = subprocess.DEVNULL,
    cpu: int | None = None,
    on_output: OnOutput | None = None,
) -> Sandboxed:
    """
    Start `command` and return while it runs. Safe to call from any thread.

    The descriptors `fds` are inherited under the same numbers; everything else of ours is closed
    inside. `cpu` pins it, with all that it starts, to that processor.

    Raises: MachineError when no sandbox works here or a mount of the box does not exist (the
    latter possibly by `wait` only).
    """
    isolation = backend()
    status_read, status_write = os.pipe()
    block_read, block_write = os.pipe()
    with open(status_read, "rb", buffering=0) as status, open(block_write, "wb", buffering=0) as go:
        process = _start(isolation, command, box, limits, fds, stdin, (status_write, block_read))
        account: memory.Account | None = None
        try:
            child, payload = _pids(status.fileno(), process)
            # The backend waits for `go` when the Box is set up. Until then nothing of the payload
            # runs, and what is set on its process is inherited by all that it starts.
            processes = isolation.processes(child)
            if isolation.takes_cgroups:
                account = memory.open_account(payload, limits, processes)
            else:
                account = memory.Watchdog(processes, limits.memory_bytes)
            if not isolation.sets_rlimits:
                user = os.geteuid() if isolation.payload_user is None else isolation.payload_user
                counted = account.counts_processes
                shared = user if isolation.shares_paths else None
                restrict(payload, rlimits(limits, processes_counted=counted, shared_user=shared))
            if cpu is not None:
                os.sched_setaffinity(payload, {cpu})
            watched = Watched(process, child, os.dup(status.fileno()), isolation, account, box)
            sandboxed = Sandboxed(watched, limits, on_output)
        except BaseException as problem:
            if not isinstance(problem, ProcessLookupError):
                end(process)
            said = _last_words(process)
            if account is not None:
                account.close()
            if box.root:
                init.remove(box.root)
            if isinstance(problem, ProcessLookupError):  # the backend gave up, and said why
                raise MachineError(f"The sandbox could not be set up: {said}") from problem
            raise
        # No reader: the set-up failed after its first word, which `wait` will report.
        with contextlib.suppress(BrokenPipeError):
            go.write(b"1")
    return sandboxed


def describe() -> dict[str, str]:
    """
    The sandbox in use on this machine, for the evidence, with what it does not guarantee.

    Raises: MachineError when no sandbox works here.
    """
    isolation = backend()
    accounting = _accounting(isolation)
    gaps = list(isolation.gaps())
    if accounting == "watchdog":
        gaps.append("memory is sampled every 20 ms; data in pipes and sockets is not counted")
    return {
        "backend": isolation.name,
        "version": isolation.version(),
        "mode": isolation.mode,
        "accounting": accounting,
        "not_guaranteed": "; ".join(gaps),
    }


def _accounting(isolation: Backend) -> str:
    """How a sandbox's memory is counted: cgroup v1, cgroup v2 or watchdog."""
    return memory.accounting() if isolation.takes_cgroups else "watchdog"


def _start(
    isolation: Backend,
    command: Sequence[str],
    box: Box,
    limits: Limits,
    fds: Sequence[int],
    stdin: int,
    control: tuple[int, int],
) -> subprocess.Popen[bytes]:
    """Start the backend; closes our copy of `control`, the (status, block) ends that it takes."""
    ours = list(control)
    try:
        prepared = isolation.prepare(
            command,
            box,
            limits=limits,
            refuse_shmget=_accounting(isolation) == "watchdog",
            status_fd=control[0],
            block_fd=control[1],
        )
        ours += prepared.fds
        process = spawn(prepared.command, pass_fds=[*ours, *fds], stdin=stdin)
        if isolation.payload_user is not None:
            for stream in (process.stdout, process.stderr):
                assert stream is not None
                # Else /dev/stdout, which opens the pipe anew, would be refused inside.
                os.fchown(stream.fileno(), isolation.payload_user, -1)
        return process
    finally:
        for fd in ours:
            os.close(fd)


def _pids(status_fd: int, process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The host pids of the sandbox's first process and of the one that becomes the command.

    From the backend's first status line. They are the same unless it names both.
    """
    deadline = time.monotonic() + _START_S
    text = b""
    while b"}" not in text:
        ready, _, _ = select.select([status_fd], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise MachineError(f"The sandbox did not start within {_START_S:.0f} seconds.")
        read = os.read(status_fd, 4096)
        if not read:
            raise ProcessLookupError("it ended before its first word")
        text += read
    told = json.loads(text)
    return int(told["child-pid"]), int(told.get("payload-pid", told["child-pid"]))


def _last_words(process: subprocess.Popen[bytes]) -> str:
    """What a backend that is ending wrote to stderr."""
    assert process.stderr is not None and process.stdout is not None
    with process.stdout, process.stderr:
        said = process.stderr.read().decode(errors="replace").strip()
    process.wait()
    return said
