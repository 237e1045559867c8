"""The first process of a container: receives its descriptors, starts the command, tells its end.

docker and podman hand no descriptors in. So this process takes them, with its order, from a
socket that is mounted into the container, and speaks bubblewrap's protocol on them. It has the
command's own user id and no rights at all; it is out of the command's reach because the kernel
keeps signals from the first process of a namespace, because it may not be traced, and because the
command's filter refuses to trace it.

It uses Python's library and `become` and `landlock` alone, which are mounted beside it.
"""

import ctypes
import fcntl
import json
import os
import resource
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from typing import Any

from perfbot.sandbox.isolate import landlock
from perfbot.sandbox.isolate.become import COMPLAINT, NOT_SET_UP, become, exit_code

FOLDER = "/run/perfbot"
"""Inside: holds the socket and this code while the container starts, and nothing afterwards."""
SOCKET = f"{FOLDER}/socket"
MOST_FDS = 253
"""That one message carries. Source: linux/net/scm.h, SCM_MAX_FD."""
_PR_SET_DUMPABLE = 4


@dataclass(frozen=True, slots=True)
class Order:
    """What to run, as JSON in the first file that arrives."""

    command: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    cwd: str
    rlimits: tuple[tuple[int, int, int], ...]
    """(which, its value now, at most)."""
    program: str
    """The seccomp program in hexadecimal."""
    numbers: tuple[int, ...]
    """Under which numbers the command gets the files that arrive after the first."""
    status_fd: int
    block_fd: int


def main() -> None:
    """Run the order that comes through the socket to its end; never returns."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # which the kernel keeps from a first process
    line = socket.socket(socket.AF_UNIX)
    line.connect(SOCKET)
    line, order = _receive(line)
    # Before the command's process is made: it must never find this one open to being traced.
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    child = os.fork()
    if child == 0:
        _payload(line, order)
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    for number in order.numbers:  # ends of the command's own pipes, which it must be alone to hold
        if number <= 2:
            os.dup2(null, number)
        elif number != order.status_fd:
            os.close(number)
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()
    status = _reap_until(child)
    os.write(order.status_fd, json.dumps({"exit-code": exit_code(status)}).encode() + b"\n")
    os._exit(0)  # with which the kernel ends all that is left


def _receive(line: socket.socket) -> tuple[socket.socket, Order]:
    """The order, with each file under its number; `line` may have to make room for them."""
    _, files, _, _ = socket.recv_fds(line, 1, MOST_FDS)
    with open(files.pop(0), "rb") as file:
        given: dict[str, Any] = json.load(file)
    numbers = given["numbers"]
    free = max((*numbers, *files, line.fileno())) + 1
    line = socket.socket(fileno=fcntl.fcntl(line.detach(), fcntl.F_DUPFD_CLOEXEC, free))
    moved = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, free) for fd in files]
    os.closerange(3, free)
    for fd, number in zip(moved, numbers, strict=True):
        os.dup2(fd, number, inheritable=True)
        os.close(fd)
    return line, Order(**given)


def _payload(line: socket.socket, order: Order) -> None:
    """Say who we are, wait to be told, and become the command; never returns."""
    try:
        os.setsid()
        line.send(b"1")  # the kernel adds the number of this process, as the other end sees it
        if os.read(order.block_fd, 1):
            os.close(order.status_fd)
            os.close(order.block_fd)
            for number, soft, hard in order.rlimits:
                resource.setrlimit(number, (soft, hard))
            become(
                order.command,
                dict(order.env),
                order.cwd,
                unblock=(),
                confine=lambda: landlock.install_filter(bytes.fromhex(order.program)),
            )
    except OSError as problem:
        print(COMPLAINT, problem, file=sys.stderr, flush=True)
    finally:
        os._exit(NOT_SET_UP)


def _end_with(line: socket.socket) -> None:
    """End, and all with us, when the other end of `line` is gone: perfbot has been killed."""
    line.recv(1)
    os._exit(NOT_SET_UP)


def _reap_until(child: int) -> int:
    """The status of `child`; other children are orphans of the container."""
    while True:
        pid, status = os.wait()
        if pid == child:
            return status
