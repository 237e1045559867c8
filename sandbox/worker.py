"""perfbot's side of the wire: zygotes (one sandbox each) and the workers forked from them."""

import contextlib
import os
import secrets
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.interpreter import ask
from perfbot.sandbox.isolate.box import Box, interpreter_mounts
from perfbot.sandbox.isolate.limits import MIB, Limits
from perfbot.sandbox.isolate.process import Sandboxed, launch, new_root
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target

DRIVERS = Path(__file__).parent / "drivers"
PROJECT_AT = "/project"
DRIVER_AT = "/perfbot/perfbot_driver"
REPLY_BYTES = 64 * MIB
"""A reply longer than this is a refutation, not data."""
START_S = 30.0
"""How long an interpreter may take to start and to import what all versions share."""
SLICE_S = 0.05
NO_ANSWER = "no answer in"
"""How the reason begins where a call ran out of wall time, not of CPU time."""


class ChildFailedError(Exception):
    """A worker died, ran out of time or broke the wire; `kind` says which."""

    def __init__(self, kind: str, detail: str) -> None:
        self.kind = kind
        self.detail = detail
        super().__init__(f"{kind}: {detail}")


class ReplyTooLongError(ChildFailedError):
    """An answer that says it is longer than REPLY_BYTES."""


class Channel:
    """Frames over a socket to a process that is not trusted, and that process's id as we see it."""

    handover_ns = 0
    """Idle wall time of each timed call that is the driver's doing, not the version's."""
    tells_left = True
    """Whether it answers `watch` and `left`, which say what a batch of calls left behind."""

    def __init__(self, root: str = "") -> None:
        """`root` begins the paths inside that process's sandbox."""
        self.root = root
        self.socket, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        # The kernel then tells, with each message, who sent it, in our own process numbering.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.pid = 0

    def give_away(self) -> None:
        """Close our copy of the other end, so that its death reads as the end of the stream."""
        self.theirs.close()

    def close(self) -> None:
        self.socket.close()
        self.theirs.close()

    def request(
        self,
        verb: str,
        *,
        cpu_s: float = START_S,
        wall_s: float | None = None,
        fds: Sequence[int] = (),
        **arguments: object,
    ) -> Any:
        """Send one request and return its result.

        Raises: ChildFailedError when the child dies, spends more than `cpu_s` seconds of CPU time
        or `wall_s` of wall time (10 x cpu_s + 5 if None), or breaks the wire.
        """
        nonce = secrets.token_bytes(8)
        payload = encode([nonce, verb, arguments])
        frame = struct.pack(">I", len(payload)) + payload
        deadline = Deadline(self, cpu_s, 10 * cpu_s + 5 if wall_s is None else wall_s)
        try:
            self.socket.settimeout(deadline.wall_s)
            if fds:
                sent = socket.send_fds(self.socket, [frame], list(fds))
                frame = frame[sent:]
            self.socket.sendall(frame)
            answer = self.read_reply(deadline)
        except TimeoutError as error:
            raise ChildFailedError("timeout", "it stopped reading") from error
        except OSError as error:
            raise ChildFailedError("died", "the process ended") from error
        return self.check(answer, nonce)

    def check(self, answer: Any, nonce: bytes) -> Any:
        # Types first: what was sent may be an array, which compares to an array.
        if type(answer) is not list or [type(item) for item in answer[:2]] != [bytes, str]:
            raise ChildFailedError("corrupt", "an answer that is not one")
        if len(answer) != 3 or answer[0] != nonce:
            raise ChildFailedError("corrupt", "an answer that no request asked for")
        if answer[1] != "ok":
            text = answer[2] if type(answer[2]) is str else "an error that is not text"
            raise ChildFailedError("error", text[:500])
        return answer[2]

    def read_reply(self, deadline: "Deadline") -> Any:
        (size,) = struct.unpack(">I", self.read(4, deadline))
        if size > REPLY_BYTES:
            raise ReplyTooLongError("corrupt", f"an answer of {size} bytes")
        try:
            return decode(self.read(size, deadline))
        except WireError as error:
            raise ChildFailedError("corrupt", str(error)) from error

    def read(self, count: int, deadline: "Deadline") -> bytes:
        chunks = []
        while count:
            self.socket.settimeout(SLICE_S)
            try:
                chunk, ancillary, _flags, _address = self.socket.recvmsg(min(count, MIB), 32)
            except TimeoutError:
                deadline.check()
                continue
            for level, kind, data in ancillary:
                if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                    self.pid = struct.unpack("3i", data[:12])[0]
            if not chunk:
                raise ChildFailedError("died", "the process ended without an answer")
            chunks.append(chunk)
            count -= len(chunk)
            if count:
                deadline.check()  # an answer that trickles in takes its time too
        return b"".join(chunks)

    def cpu_ns(self) -> int:
        """The process's CPU time, read from its kernel clock; raises OSError once it is gone."""
        return time.clock_gettime_ns((~self.pid << 3) | 2)

    def queued_ns(self) -> int:
        """How long the process has waited for a core while it could have run; 0 where unknown."""
        return queued_ns_of(self.pid)

    def next_worker(self) -> "Worker":
        """The channel for a process that this one is going to fork."""
        return Worker(self.root)


def queued_ns_of(pid: int) -> int:
    """How long a process has waited for a core while it could have run; 0 where unknown.

    Source: Linux Documentation/scheduler/sched-stats.rst, /proc/<pid>/schedstat, second field.
    """
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1])
    except (OSError, IndexError):
        return 0


class Deadline:
    """CPU time is what a call may spend: a busy machine alone must not refute an edit."""

    def __init__(self, channel: Channel, cpu_s: float, wall_s: float) -> None:
        self.channel = channel
        self.cpu_s = cpu_s
        self.wall_s = wall_s
        self.started = time.monotonic()
        self.cpu_before = self.cpu()

    def cpu(self) -> int | None:
        """The process's CPU time; None while its id is unknown, or once it is gone."""
        if self.channel.pid:
            with contextlib.suppress(OSError):  # it died; the read that follows will say so
                return self.channel.cpu_ns()
        return None

    def check(self) -> None:
        now = self.cpu()
        if self.cpu_before is None:
            self.cpu_before = now
        spent_s = 0.0 if now is None or self.cpu_before is None else (now - self.cpu_before) / 1e9
        if spent_s > self.cpu_s:
            raise ChildFailedError("timeout", f"more than {self.cpu_s:g} s of CPU time")
        if time.monotonic() - self.started > self.wall_s:
            raise ChildFailedError("timeout", f"{NO_ANSWER} {self.wall_s:g} s")


class Worker(Channel):
    """A process forked from a zygote: it loads one version of the target and answers for it."""

    def load(
        self, target: Target, source: str, state: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """Load `source` as the target's file.

        Returns {"failure": text or None, "imported": [module names], "state": [data names]}.
        Raises: ChildFailedError.
        """
        reply = self.request(
            "load",
            module=target.module,
            path=f"{self.root}{PROJECT_AT}/{target.path}",
            source=source,
            qualname=target.qualname,
            root=self.root + PROJECT_AT,
            state=None if state is None else list(state),
        )
        if type(reply) is dict and type(reply.get("failure")) in (str, type(None)):
            names = reply.get("imported"), reply.get("state")
            if all(type(item) is list and set(map(type, item)) <= {str} for item in names):
                return reply
        raise ChildFailedError("corrupt", "an answer that does not say what was loaded")

    def kill(self) -> None:
        """End the process, if it still runs, and close the channel."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, 9)
        self.close()


class Zygote:
    """One sandbox whose interpreter has imported what every version shares, and can fork."""

    def __init__(
        self,
        project: Project,
        *,
        hash_seed: int = 0,
        imports: Sequence[str] = (),
        cpu: int | None = None,
        limits: Limits | None = None,
        driver: str = "perfbot_driver",
        tools: Sequence[tuple[Path, str]] = (),
        tools_at: Sequence[str] = (),
    ) -> None:
        """`driver` is the module that serves; `tools` (host path, path inside) are mounted for it,
        and the folders `tools_at` come first on its sys.path."""
        interpreter = ask(project.python)
        self.channel = Channel(root := new_root())
        fd = self.channel.theirs.fileno()
        box = Box(
            root=root,
            read_only=(
                *interpreter_mounts(project.python),
                (project.root, root + PROJECT_AT),
                (DRIVERS, root + DRIVER_AT),
                *((path, root + inside) for path, inside in tools),
            ),
            env=(
                ("PYTHONPATH", f"{root}/perfbot"),
                ("PYTHONHASHSEED", str(hash_seed)),
                ("PYTHONUTF8", "1"),
            ),
            cwd=f"{root}/box",
        )
        command = [str(project.python), "-S", "-s", "-B", "-m", driver, str(fd)]
        self.sandboxed: Sandboxed = launch(
            command,
            box=box,
            limits=limits or Limits(wall_s=None, output_bytes=None),
            fds=[fd],
            cpu=cpu,
        )
        self.channel.give_away()
        roots = [f"{root}{PROJECT_AT}/{item}".removesuffix("/.") for item in project.import_roots]
        path = [*(root + item for item in tools_at), *roots, *interpreter.path]
        try:
            self.channel.request("setup", path=path, imports=list(imports))
        except ChildFailedError as error:
            self.close()
            raise ChildFailedError(
                error.kind, f"{error.detail}\n{self.sandboxed.stderr_tail}"
            ) from error

    def fork(self) -> Worker:
        """A new process with all that this one has imported, on a channel of its own."""
        return fork(self.channel)

    def close(self) -> None:
        self.channel.close()
        self.sandboxed.close()

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def fork(parent: Channel) -> Worker:
    """Fork the process behind `parent`; the child has all that its parent has loaded.

    Raises: ChildFailedError. What of the child there is by then reads the end of its stream, and
    ends: the parent may have died (an edit killed it) right after the fork.
    """
    worker = parent.next_worker()
    try:
        parent.request("fork", fds=[worker.theirs.fileno()])
        worker.give_away()
        worker.request("hello")
    except BaseException:
        worker.kill()
        raise
    return worker


@contextlib.contextmanager
def forked(parent: Channel) -> Iterator[Worker]:
    """A fork for the length of a `with` block."""
    worker = fork(parent)
    try:
        yield worker
    finally:
        worker.kill()
