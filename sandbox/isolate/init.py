"""The first process of a sandbox without namespaces: starts the command, and ends all of it.

`start_command` gives the command that runs `main` in an interpreter of its own. It speaks
bubblewrap's protocol: {"child-pid": N} on the status descriptor (with "payload-pid", the
command's process), a byte awaited on the block descriptor, {"exit-code": N} at the end. Whatever
the command starts, also what leaves its session, stays below this process, which the kernel makes
the parent of orphans.
"""

import ctypes
import json
import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from perfbot.sandbox.isolate import landlock, seccomp
from perfbot.sandbox.isolate.become import (
    COMPLAINT,
    NOT_SET_UP,
    SIGNAL_BASE,
    become,
    exit_code,
)
from perfbot.sandbox.isolate.shared_calls import shared_calls

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36
_WATCHED = (signal.SIGTERM, signal.SIGCHLD)


@dataclass(frozen=True, slots=True)
class Order:
    """What to run, as JSON; descriptors are those that this process has inherited."""

    command: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    cwd: str
    root: str
    """A folder to make, which holds all that the command may write, and to remove at the end."""
    folders: tuple[str, ...]
    """Below `root`, writable."""
    links: tuple[tuple[str, str], ...]
    """(path below `root`, what it leads to)."""
    copies: tuple[tuple[str, str], ...]
    """(path below `root`, the folder copied there): what the command's user could not read."""
    files: tuple[tuple[str, str], ...]
    """(path below `root`, content in hexadecimal)."""
    read: tuple[str, ...]
    user: int | None
    """The user id that the command gets; None: that of this process."""
    confined: bool
    """Whether Landlock and seccomp hold it."""
    landlock_at_most: int
    status_fd: int
    block_fd: int
    order_fd: int


def start_command(fd: int) -> tuple[str, ...]:
    """The command that runs the `Order` in the file `fd`, with perfbot's own interpreter."""
    parent = str(Path(__file__).parents[3])
    code = f"import sys; sys.path.insert(0, {parent!r}); from perfbot.sandbox.isolate import init"
    return (sys.executable, "-I", "-S", "-B", "-c", f"{code}; init.main({fd})")


def main(fd: int) -> None:
    """Run the order in the file `fd` to its end; never returns."""
    with open(fd, "rb", closefd=False) as file:
        given: dict[str, Any] = json.load(file)
    order = Order(**{name: _tuples(value) for name, value in given.items()})
    code = NOT_SET_UP
    try:
        _become_init()
        _make_root(order)
        code = _run(order)
    except OSError as problem:
        print(COMPLAINT, problem, file=sys.stderr, flush=True)
    finally:
        _kill_all()
        remove(order.root)
    os.write(order.status_fd, json.dumps({"exit-code": code}).encode())
    os._exit(0)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _become_init() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "it cannot become the parent of orphans")


def _make_root(order: Order) -> None:
    root = Path(order.root)
    root.mkdir(mode=0o711)
    for name in order.folders:
        folder = root / name
        folder.mkdir(mode=0o700, parents=True)
        if order.user is not None:
            os.chown(folder, order.user, -1)
    for name, source in order.links:
        (root / name).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        (root / name).symlink_to(source)
    for name, source in order.copies:
        shutil.copytree(source, root / name, symlinks=True)
        _let_others_read(root / name)
    for name, content in order.files:
        path = root / name
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        path.write_bytes(bytes.fromhex(content))
        path.chmod(0o444)


def _let_others_read(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & stat.S_IXUSR else 0o444))


def _run(order: Order) -> int:
    """Start the command when told to, and wait for its end; SIGTERM ends it before.

    Limits are set on the command's process alone: a cgroup that is full must not end this one.
    """
    child = os.fork()
    if child == 0:
        try:
            if os.read(order.block_fd, 1):
                _become_command(order)
        except OSError as problem:
            print(COMPLAINT, problem, file=sys.stderr, flush=True)
        finally:
            os._exit(NOT_SET_UP)
    told = {"child-pid": os.getpid(), "payload-pid": child}
    os.write(order.status_fd, json.dumps(told).encode() + b"\n")
    # Else whoever may trace its parent could steer it.
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    for fd in range(3, 1024):  # ends of the command's own pipes, which it must be alone to hold
        if fd != order.status_fd:
            _close(fd)
    while True:
        if signal.sigwait(_WATCHED) == signal.SIGTERM:
            return SIGNAL_BASE + signal.SIGKILL
        status = _reap(child)
        if status is not None:
            return exit_code(status)


def _close(fd: int) -> None:
    try:
        os.close(fd)
    except OSError:
        return  # it was not open


def _become_command(order: Order) -> None:
    """Give up everything that the command may not have, and become it; never returns."""
    os.setsid()
    for fd in (order.status_fd, order.block_fd, order.order_fd):
        os.close(fd)
    if order.user is not None:
        os.setgroups([])
        os.setresgid(order.user, order.user, order.user)
        os.setresuid(order.user, order.user, order.user)
    become(
        order.command,
        dict(order.env),
        order.cwd,
        unblock=_WATCHED,
        confine=lambda: _confine(order) if order.confined else None,
    )


def _confine(order: Order) -> None:
    known = min(landlock.version(), order.landlock_at_most)
    shared = shared_calls(own_user=order.user is not None, landlock_version=known)
    program = seccomp.program(shared=shared, pid=os.getpid())
    write = [*(f"{order.root}/{name}" for name in order.folders), *DEVICES]
    landlock.confine([order.root, *order.read], write, at_most=order.landlock_at_most)
    landlock.install_filter(program)


DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def _reap(wanted: int) -> int | None:
    """Collect every child that has ended; the status of `wanted` if it is among them."""
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == wanted:
            found = status


def _kill_all() -> None:
    """End every process below this one. Stopped first, so that none can fork away."""
    while descendants(os.getpid(), lambda pid: _state(pid) not in "DTtZX"):
        for pid in descendants(os.getpid()):
            _send(pid, signal.SIGSTOP)
    while descendants(os.getpid(), lambda pid: _state(pid) not in "ZX"):
        for pid in descendants(os.getpid()):
            _send(pid, signal.SIGKILL)
        _reap(0)
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it ended in between


def _state(pid: int) -> str:
    """The letter that /proc gives a process; X when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return chr(file.read().rpartition(b")")[2].split()[0][0])
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def descendants(pid: int, wanted: Callable[[int], bool] = lambda pid: True) -> list[int]:
    """The processes below `pid` for which `wanted` holds, itself not among them."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            children.setdefault(_parent(int(name)), []).append(int(name))
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return [found_pid for found_pid in found if wanted(found_pid)]


def _parent(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def remove(folder: str) -> None:
    """Remove a sandbox's folder, if it is there, whatever modes its command gave what is in it."""
    if not os.path.isdir(folder):
        return
    for path, names, _ in os.walk(folder):
        for name in names:
            inner = os.path.join(path, name)
            if not os.path.islink(inner):
                os.chmod(inner, 0o700)
    shutil.rmtree(folder, ignore_errors=False)


def encoded(order: Order) -> bytes:
    """The order as the file that `main` reads."""
    return json.dumps(asdict(order)).encode()
