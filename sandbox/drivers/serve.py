"""The driver's loop: one framed request in, one framed reply out, until the socket closes.

Frames are a 4-byte big-endian length and a CBOR list: `[nonce, verb, arguments]` one way,
`[nonce, "ok" or "error", result]` the other. A reply without its request's nonce is no reply.
"""

from __future__ import annotations

import array
import gc
import importlib
import os
import socket
import struct
import sys
from typing import Any, Callable

from .aftermath import Aftermath
from .batch import Batch
from .line_profile import LineProfile
from .load import Loaded, load
from .monitoring import tracer_for
from .outcome import observe, seed_everything
from .unwire import decode
from .wire import FORMAT, encode
from .workload import verbs


class Connection:
    """A stream socket that carries frames, and file descriptors beside them."""

    def __init__(self, fd: int) -> None:
        self.socket = socket.socket(fileno=fd)
        self.fds: list[int] = []

    def receive_exactly(self, count: int) -> bytes:
        chunks = []
        while count:
            chunk, ancillary, _flags, _address = self.socket.recvmsg(min(count, 1 << 20), 64)
            for level, kind, data in ancillary:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    received = array.array("i")
                    received.frombytes(data[: len(data) - len(data) % received.itemsize])
                    self.fds.extend(received)
            if not chunk:
                raise EOFError
            chunks.append(chunk)
            count -= len(chunk)
        return b"".join(chunks)

    def receive(self) -> Any:
        (size,) = struct.unpack(">I", self.receive_exactly(4))
        return decode(self.receive_exactly(size))

    def send(self, message: Any) -> None:
        data = encode(message)
        self.socket.sendall(struct.pack(">I", len(data)) + data)


class Server:
    """What one driver process holds: at most one loaded target, a tracer and a timed batch."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.loaded: Any = None
        self.batch: Any = None
        self.aftermath: Any = None
        self.tracer: Any = None
        self.workload: Any = None
        self.children: list[int] = []

    def serve(self) -> None:
        while True:
            nonce, verb, arguments = self.connection.receive()
            try:
                result = VERBS[verb](self, **arguments)
            except Exception as error:  # noqa: BLE001 - the one place that turns a crash into data
                self.connection.send([nonce, "error", f"{type(error).__name__}: {error}"])
            else:
                self.connection.send([nonce, "ok", result])

    def target(self) -> Loaded:
        if self.loaded is None:
            raise RuntimeError("no target is loaded")
        loaded: Loaded = self.loaded
        return loaded

    def hello(self) -> dict[str, Any]:
        return {"format": FORMAT, "python": ".".join(map(str, sys.version_info[:3]))}

    def setup(self, path: list[str], imports: list[str]) -> list[str]:
        """Set sys.path and import what every version shares; what fails is left to the target."""
        sys.path[:] = path
        done = []
        for name in imports:
            try:
                importlib.import_module(name)
            except Exception:  # noqa: BLE001 - the target's own import will say it
                continue
            done.append(name)
        gc.collect()
        gc.freeze()
        return done

    def fork(self) -> bool:
        """Fork a child that serves on the socket that came with the request."""
        fd = self.connection.fds.pop()
        self.children = [pid for pid in self.children if os.waitpid(pid, os.WNOHANG) == (0, 0)]
        pid = os.fork()
        if pid == 0:
            self.connection.socket.close()
            self.connection = Connection(fd)
            self.children = []
            run(self)
        os.close(fd)
        self.children.append(pid)
        return True

    def load(self, **arguments: Any) -> dict[str, Any]:
        before = set(sys.modules)
        self.loaded, failure = load(**arguments)
        new = sorted(name for name in set(sys.modules) - before)
        names = [] if self.loaded is None else list(self.loaded.state)
        return {"failure": failure, "imported": new, "state": names}

    def call(self, inputs: bytes, way: str = "once") -> Any:
        if self.tracer is not None:
            return self.tracer.around(lambda: observe(self.target(), inputs, way))
        return observe(self.target(), inputs, way)

    def cover(self) -> bool:
        self.tracer = tracer_for(self.target())
        return True

    def profile(self) -> bool:
        self.tracer = LineProfile(self.target())
        return True

    def covered(self) -> Any:
        return self.tracer.report()

    def settle(self) -> bool:
        """Before timing: collect, keep what is there out of the collector's way, turn it off.

        Seeding comes first, since numpy imports its generators (9 ms) when they are first named.
        """
        seed_everything()
        gc.collect()
        gc.freeze()
        gc.disable()
        return True

    def prepare(self, inputs: list[bytes], repeat: int, reseed: bool) -> bool:
        self.batch = Batch(self.target(), inputs, repeat, reseed)
        return True

    def watch(self) -> bool:
        """Before a batch whose `left` will be asked for."""
        self.aftermath = Aftermath()
        return True

    def left(self) -> list[str]:
        found: list[str] = self.aftermath.kinds(self.batch.printed)
        return found

    def run(self) -> bool:
        self.batch.run()
        return True

    def outputs(self) -> list[bytes]:
        found: list[bytes] = self.batch.outputs()
        return found


VERBS: dict[str, Callable[..., Any]] = {
    name: getattr(Server, name)
    for name in ("hello", "setup", "fork", "load", "call", "cover", "profile", "covered", "settle",
                 "prepare", "watch", "run", "left", "outputs")
}  # fmt: skip
VERBS.update(verbs())


def run(server: Server) -> None:
    """Serve until the other side closes; never returns."""
    try:
        server.serve()
    except (EOFError, OSError):
        os._exit(0)


def main(fd: int) -> None:
    """Serve on the inherited socket `fd`."""
    run(Server(Connection(fd)))
