"""The process between perfbot and a container: starts it, hands it its descriptors, and tidies up.

It stands where bubblewrap stands for another sandbox: it holds the descriptors that the command is
to get, and ends when all of the command has. It first tells who is inside, as bubblewrap does:
{"child-pid": N, "payload-pid": N} on the status descriptor; the rest is told from inside.

perfbot may be killed at any time. Then this process is told by the kernel, and its end of the
socket goes with it; the container's first process sees that, and ends all of the container.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from perfbot.sandbox.isolate import container_init
from perfbot.sandbox.isolate.become import COMPLAINT
from perfbot.sandbox.isolate.init import remove

SHARED = "run"
"""The part of the private folder that is mounted as `container_init.FOLDER`."""
_PR_SET_PDEATHSIG = 1
_PATIENCE_S = 30.0
_SAID_BYTES = 2000
# struct ucred: pid, user id, group id. Source: unix(7)
_CREDENTIALS = struct.Struct("3i")


@dataclass(frozen=True, slots=True)
class Order:
    """What to run, as JSON in a file that this process has inherited."""

    client: tuple[str, ...]
    """The command line of docker or podman."""
    client_env: tuple[tuple[str, str], ...]
    folder: str
    """A private folder to make, and to remove at the end."""
    files: tuple[tuple[str, str], ...]
    """(path in `folder`, content in hexadecimal); removed when the container has them."""
    stages: tuple[tuple[str, str], ...]
    """(path in `folder`, a host folder): a folder of the same names, to mount the contents on."""
    inner: container_init.Order
    """`numbers` is left empty: it is known when this process has started."""
    user: int
    """As whom the container's first process must run, as the host sees it."""


class Refused(Exception):
    """The container did not start, for a reason that has words."""


def start_command(fd: int) -> tuple[str, ...]:
    """The command that runs the `Order` in the file `fd`, with perfbot's own interpreter."""
    parent = str(Path(__file__).parents[3])
    code = f"import sys; sys.path.insert(0, {parent!r}); from perfbot.sandbox.isolate import carry"
    return (sys.executable, "-I", "-S", "-B", "-c", f"{code}; carry.main({fd})")


def main(fd: int) -> None:
    """Run the order in the file `fd` to its end."""
    signal.signal(signal.SIGTERM, _stop)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    with open(fd, "rb") as file:
        order = decoded(file.read())
    held = [0, 1, 2, *sorted(_inherited())]
    try:
        _make(order)
        _carry(order, held)
    except (OSError, Refused, subprocess.TimeoutExpired) as problem:
        print(COMPLAINT, problem, file=sys.stderr, flush=True)
        sys.exit(1)
    finally:
        remove(order.folder)


def encoded(order: Order) -> bytes:
    """The order as the file that `main` reads."""
    return json.dumps(asdict(order)).encode()


def decoded(text: bytes) -> Order:
    """The order that `encoded` wrote."""
    given: dict[str, Any] = json.loads(text)
    return Order(**given | {"inner": container_init.Order(**given["inner"])})


def _stop(number: int, frame: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(1)


def _inherited() -> list[int]:
    """The descriptors that the command is to get, but the first three."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        fd = int(name)
        # What this process has opened itself is closed on exec; what it was given is not.
        if fd > 2 and os.path.exists(f"/proc/self/fd/{fd}") and os.get_inheritable(fd):
            found.append(fd)
    return found


def _make(order: Order) -> None:
    folder = Path(order.folder)
    folder.mkdir(mode=0o700)
    (folder / SHARED).mkdir(mode=0o755)
    for name, content in order.files:
        path = folder / name
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        path.write_bytes(bytes.fromhex(content))
        path.chmod(0o444)
    for name, source in order.stages:
        stage = folder / name
        stage.mkdir(mode=0o755)
        for child in Path(source).iterdir():
            if child.is_symlink():
                (stage / child.name).symlink_to(child.readlink())
            elif child.is_dir():
                (stage / child.name).mkdir(mode=0o755)
            else:
                (stage / child.name).touch(mode=0o444)


def _carry(order: Order, held: list[int]) -> None:
    """Start the container, hand it what is `held`, and wait for its end."""
    with socket.socket(socket.AF_UNIX) as listener, tempfile.TemporaryFile() as said:
        os.chdir(f"{order.folder}/{SHARED}")  # the path of a socket may have 107 bytes only
        listener.bind("socket")
        os.chmod("socket", 0o666)
        listener.listen(1)
        client = subprocess.Popen(
            order.client,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env=dict(order.client_env),
            cwd="/",
        )
        try:
            with _answered(listener, client, said) as line:
                listener.close()
                first, payload = _hand_over(line, order, held, said)
                told = {"child-pid": first, "payload-pid": payload}
                os.write(order.inner.status_fd, json.dumps(told).encode() + b"\n")
                _let_go(order, held)
                client.wait()
        finally:
            # Without a line, and none to be had, the container ends, and with it its client.
            listener.close()
            client.wait(_PATIENCE_S)


def _answered(
    listener: socket.socket, client: "subprocess.Popen[bytes]", said: IO[bytes]
) -> socket.socket:
    """The line to the container's first process."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    ended = os.pidfd_open(client.pid)
    try:
        poll.register(ended, select.POLLIN)
        if listener.fileno() not in [fd for fd, _ in poll.poll()]:
            raise Refused(_words(said) or "the container ended before it began")
    finally:
        os.close(ended)
    return listener.accept()[0]


def _hand_over(
    line: socket.socket, order: Order, held: list[int], said: IO[bytes]
) -> tuple[int, int]:
    """Send everything in; the host's process ids of the first process and of the command's."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    peer = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    first, user, _ = _CREDENTIALS.unpack(peer)
    if first == 0:
        raise Refused("its processes cannot be seen from here")
    if user != order.user:
        raise Refused(f"user ids are mapped: it runs as {user}, not as {order.user}")
    if len(held) >= container_init.MOST_FDS:
        raise Refused(f"{len(held)} open files cannot be handed in")
    inner = asdict(order.inner) | {"numbers": held}
    with open(os.memfd_create("order", os.MFD_CLOEXEC), "w+b") as file:
        file.write(json.dumps(inner).encode())
        file.seek(0)
        socket.send_fds(line, [b"1"], [file.fileno(), *held])
    _, messages, _, _ = line.recvmsg(1, socket.CMSG_SPACE(_CREDENTIALS.size))
    for _, kind, content in messages:
        if kind == socket.SCM_CREDENTIALS and any(content):
            return first, _CREDENTIALS.unpack(content)[0]
    raise Refused(_words(said) or "the container ended before its command was ready")


def _let_go(order: Order, held: list[int]) -> None:
    """Close what the command must be alone to hold, and remove what the container has taken."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in held:
        if fd <= 2:
            os.dup2(null, fd)
        else:
            os.close(fd)
    os.close(null)
    for name, _ in order.files:
        os.unlink(f"{order.folder}/{name}")
    for name in os.listdir(f"{order.folder}/{SHARED}"):
        path = f"{order.folder}/{SHARED}/{name}"
        if os.path.isdir(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def _words(said: IO[bytes]) -> str:
    """What the client has said, in one line."""
    said.seek(0)
    return " ".join(said.read()[-_SAID_BYTES:].decode(errors="replace").split())
