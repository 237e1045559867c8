"""Watches one running sandbox from start to end: output, time, memory, and the kill."""

import json
import math
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate import init
from perfbot.sandbox.isolate.backend import Backend
from perfbot.sandbox.isolate.box import Box
from perfbot.sandbox.isolate.disk import Disk
from perfbot.sandbox.isolate.limits import Limits
from perfbot.sandbox.isolate.memory import Account

_TAIL_BYTES = 64 * 1024
# How long a backend's first process may take to end the others before it is killed itself.
_PATIENCE_S = 10.0
# How often memory is looked at. A process can fill some 100 MB of fresh pages in this time.
_WATCH_S = 0.02
# Looking takes at most this share of one processor, where looking itself is slow.
_WATCH_SHARE = 0.1
# Backends report a signal as 128 + its number, as shells do; Linux has signals up to 64.
_SIGNAL_BASE = 128
_NOT_FOUND, _NOT_SET_UP = 127, 126
_LAST_SIGNAL = 64


class Ended(StrEnum):
    """How a sandboxed command ended; what it showed is another matter."""

    EXITED = "exited"
    SIGNALED = "signaled"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"
    DISK = "disk"
    CPU = "cpu"
    KILLED = "killed"
    """By our own `kill` or `close`, or by someone outside."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a sandboxed command, after which nothing of it is left running."""

    ended: Ended
    returncode: int
    """The exit code, or minus the signal's number (so exit codes 129-192 read as signals)."""
    stdout: bytes
    stderr: bytes
    seconds: float
    peak_bytes: int | None
    """The most memory held at once by all its processes; sampled where there is no cgroup."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of a sandbox that is about to run."""

    process: subprocess.Popen[bytes]
    """The backend, with its output as pipes."""
    first: int
    """Host pid of the sandbox's first process: the stop signal to it ends them all."""
    status_fd: int
    """Where the backend says, in JSON, how the command ended. Closed by whoever watches."""
    isolation: Backend
    account: Account
    box: Box


OnOutput = Callable[[str, bytes], None]
"""Called with "stdout" or "stderr" and what has just arrived, from the supervising thread."""


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a backend that goes on; some have things to tidy up first."""
    process.terminate()
    try:
        process.wait(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Sandboxed:
    """
    A command running in a Box; `launch` makes it.

    When `kill`, `close` or the `with` block is over, every process of it is dead, daemons too.
    """

    def __init__(self, watched: Watched, limits: Limits, on_output: OnOutput | None) -> None:
        process = watched.process
        assert process.stdout is not None and process.stderr is not None
        self.pid = watched.first
        self.root = watched.box.root
        """Begins the paths inside; empty in a file system of its own."""
        self._isolation = watched.isolation
        self._process = process
        self._status_fd = watched.status_fd
        self._account = watched.account
        size_bytes = watched.box.box_bytes + watched.box.tmp_bytes
        self._disk = Disk(self.root, size_bytes) if self.root else None
        self._limits = limits
        self._on_output = on_output
        self._streams = {
            process.stdout.fileno(): ("stdout", bytearray()),
            process.stderr.fileno(): ("stderr", bytearray()),
        }
        for fd in self._streams:
            os.set_blocking(fd, False)
        self._seen_bytes = 0
        self._ended: Ended | None = None
        self._finished: Finished | None = None
        self._problem: MachineError | None = None
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._pidfd = os.pidfd_open(watched.first)
        self._patience_ends = math.inf
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._supervise, name="perfbot-box", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return not self._over.is_set()

    @property
    def stderr_tail(self) -> str:
        """The last of what it wrote to stderr so far, at most 64 KiB."""
        _, kept = self._streams[self._stream_fd("stderr")]
        return bytes(kept[-_TAIL_BYTES:]).decode(errors="replace")

    def wait(self, timeout_s: float | None = None) -> Finished:
        """
        The end of the command, waited for at most `timeout_s` seconds (None: as long as it takes).

        Raises: TimeoutError when it still runs then (it is left running), MachineError when the
        sandbox could not be set up.
        """
        if not self._over.wait(timeout_s):
            raise TimeoutError(f"the sandboxed command still runs after {timeout_s} s")
        if self._finished is None:
            raise self._problem or MachineError("The watch over the sandbox broke off.")
        return self._finished

    def kill(self) -> None:
        """End every process inside; returns when they are dead. Does nothing the second time."""
        self._end(Ended.KILLED)
        self._over.wait()

    def close(self) -> None:
        """Kill it and give back what it held."""
        self.kill()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _stream_fd(self, name: str) -> int:
        return next(fd for fd, (known, _) in self._streams.items() if known == name)

    def _end(self, how: Ended) -> None:
        """End the sandbox's first process, and with it all the others."""
        with self._lock:
            if self._pidfd < 0:
                return
            if self._ended is None:
                self._ended = how
                self._patience_ends = time.monotonic() + _PATIENCE_S
            patient = time.monotonic() < self._patience_ends
            try:
                stop = self._isolation.stop if patient else signal.SIGKILL
                signal.pidfd_send_signal(self._pidfd, stop)
            except ProcessLookupError:
                return  # it has ended by itself

    def _supervise(self) -> None:
        try:
            self._watch()
            self._conclude()
        finally:
            self._end(Ended.KILLED)
            self._release()
            self._over.set()

    def _watch(self) -> None:
        """Return when all of the sandbox is dead."""
        poll = select.poll()
        for fd in (*self._streams, self._pidfd):
            poll.register(fd, select.POLLIN)
        deadline = self._started + (self._limits.wall_s or math.inf)
        next_look = self._started + _WATCH_S
        while True:
            now = time.monotonic()
            if now >= deadline:
                self._end(Ended.TIMEOUT)
                deadline = math.inf
            if now >= next_look:
                if self._account.exceeded():
                    self._end(Ended.MEMORY)
                if self._disk is not None and self._disk.exceeded():
                    self._end(Ended.DISK)
                if now >= self._patience_ends:
                    self._end(Ended.KILLED)
                cost = time.monotonic() - now
                next_look = time.monotonic() + max(_WATCH_S, cost / _WATCH_SHARE)
            until = min(deadline, next_look) - time.monotonic()
            for fd, _ in poll.poll(max(1, math.ceil(until * 1000))):
                if fd == self._pidfd:
                    return
                if not self._read(fd):
                    poll.unregister(fd)

    def _read(self, fd: int) -> bool:
        """Take what has arrived on one stream; False at its end."""
        try:
            chunk = os.read(fd, _TAIL_BYTES)
        except BlockingIOError:
            return True
        name, kept = self._streams[fd]
        self._seen_bytes += len(chunk)
        limit = self._limits.output_bytes
        if limit is None:
            kept += chunk
            del kept[:-_TAIL_BYTES]
        else:
            kept += chunk[: max(0, len(chunk) - max(0, self._seen_bytes - limit))]
            if self._seen_bytes > limit:
                self._end(Ended.OUTPUT)
        if chunk and self._on_output is not None:
            self._on_output(name, chunk)
        return bool(chunk)

    def _drain(self) -> None:
        """Take what was still in the pipes at the end."""
        for fd in self._streams:
            while select.select([fd], [], [], 0)[0] and self._read(fd):
                if self._ended is Ended.OUTPUT:
                    break

    def _conclude(self) -> None:
        """Say how it ended. The sandbox is dead; its backend ends in a moment."""
        seconds = time.monotonic() - self._started
        try:
            self._process.wait(timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            end(self._process)
        self._drain()
        if self._ended is None and self._account.exceeded():
            self._ended = Ended.MEMORY
        _, stdout = self._streams[self._stream_fd("stdout")]
        _, stderr = self._streams[self._stream_fd("stderr")]
        how = self._how_it_ended(bytes(stderr))
        if how is not None:
            peak = self._account.peak_bytes()
            self._finished = Finished(*how, bytes(stdout), bytes(stderr), seconds, peak)

    def _how_it_ended(self, stderr: bytes) -> tuple[Ended, int] | None:
        if self._ended is not None:
            return self._ended, -signal.SIGKILL
        code = self._exit_code()
        complaint = self._isolation.complaint.encode()
        if code in (None, _NOT_FOUND) and stderr.startswith(complaint + b" execvp"):
            return Ended.EXITED, _NOT_FOUND
        if code in (None, _NOT_SET_UP) and stderr.startswith(complaint):
            said = stderr.decode(errors="replace").strip()
            self._problem = MachineError(f"The sandbox could not be set up: {said}")
            return None
        if code is None:
            return Ended.KILLED, -signal.SIGKILL
        if not _SIGNAL_BASE < code <= _SIGNAL_BASE + _LAST_SIGNAL:
            return Ended.EXITED, code
        number = code - _SIGNAL_BASE
        over_cpu = number == signal.SIGXCPU and self._limits.cpu_s is not None
        return (Ended.CPU if over_cpu else Ended.SIGNALED), -number

    def _exit_code(self) -> int | None:
        """The command's exit code; None when it was never started."""
        if not select.select([self._status_fd], [], [], 0)[0]:
            return None
        text = os.read(self._status_fd, _TAIL_BYTES)
        codes = [json.loads(line).get("exit-code") for line in text.splitlines()]
        return next((int(code) for code in codes if code is not None), None)

    def _release(self) -> None:
        self._process.kill()
        self._process.wait()
        self._account.close()
        if self.root:  # the sandbox's first process was killed before it could
            init.remove(self.root)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        os.close(self._status_fd)
        with self._lock:
            os.close(self._pidfd)
            self._pidfd = -1
