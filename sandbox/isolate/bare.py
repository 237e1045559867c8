"""Sandboxes without namespaces: held by Landlock and seccomp, or, where that is asked, by nothing.

Everything is seen under the host's paths. What the command may write lies in a folder made for
it (the Box's `root`) and removed when it ends.
"""

import functools
import itertools
import os
import platform
import signal
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate import init, landlock
from perfbot.sandbox.isolate.backend import Prepared
from perfbot.sandbox.isolate.become import COMPLAINT
from perfbot.sandbox.isolate.box import HOME, Box, environment
from perfbot.sandbox.isolate.data import data_fd
from perfbot.sandbox.isolate.limits import Limits
from perfbot.sandbox.isolate.system import NOBODY

_SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/proc", "/sys/devices/system/cpu",
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives",
    "/etc/localtime", "/etc/nsswitch.conf", "/etc/mime.types", "/etc/passwd", "/etc/group",
    "/etc/hosts",
)  # fmt: skip
_FOLDERS = ("/box", "/tmp", HOME)
_GAPS = (
    "the kernel is shared with the host",
    "caches and timing are shared with the host",
    "the host's process list, and names and sizes of its files, can be seen",
    "scratch space is on disk, and looked at only now and then",
)
_GAPS_AS_SELF = "modes and times of files cannot be changed (it is answered as done)"
_NO_SIGNALS = "processes inside cannot signal each other (Landlock before version 6)"
_NO_SOCKETS = "no sockets but pairs, no shared memory: tests that need them fail"
_UNHELD = "nothing: the code runs with your rights, on your files, with your network"
_serial = itertools.count()


def new_root() -> str:
    """A path for a sandbox's own folder; nothing is there yet."""
    return f"{_parent()}/perfbot-box-{os.getpid()}-{next(_serial)}"


@functools.cache
def _parent() -> str:
    return os.path.realpath(tempfile.gettempdir())


@dataclass(frozen=True, slots=True)
class Bare:
    """Landlock and seccomp, or (`confined` is False) only limits and a clean environment."""

    confined: bool
    landlock_at_most: int = 99
    """For tests: what an older kernel would hold."""

    @property
    def name(self) -> str:
        return "landlock" if self.confined else "none (--unsafe-no-sandbox)"

    @property
    def mode(self) -> str:
        return "root" if os.geteuid() == 0 else "user"

    @property
    def payload_user(self) -> int | None:
        return NOBODY if os.geteuid() == 0 else None

    @property
    def complaint(self) -> str:
        return COMPLAINT

    @property
    def stop(self) -> signal.Signals:
        return signal.SIGTERM

    @property
    def shares_paths(self) -> bool:
        return True

    @property
    def sets_rlimits(self) -> bool:
        return False

    @property
    def takes_cgroups(self) -> bool:
        return True

    def version(self) -> str:
        return f"Landlock {self._landlock()}" if self.confined else f"Linux {platform.release()}"

    def gaps(self) -> tuple[str, ...]:
        if not self.confined:
            return (_UNHELD,)
        as_self = [] if self.payload_user is not None else [_GAPS_AS_SELF]
        if as_self and self._landlock() < landlock.SCOPES_SIGNALS:
            as_self.append(_NO_SIGNALS)
        return (*_GAPS, _NO_SOCKETS, *as_self)

    def _landlock(self) -> int:
        return min(landlock.version(), self.landlock_at_most)

    def processes(self, pid: int) -> Callable[[], list[str]]:
        return lambda: [f"/proc/{found}" for found in init.descendants(pid)]

    def prepare(
        self,
        command: Sequence[str],
        box: Box,
        *,
        limits: Limits | None = None,
        refuse_shmget: bool = False,
        status_fd: int,
        block_fd: int,
    ) -> Prepared:
        """
        System V memory is refused in any case.

        Raises: MachineError where root cannot show an interpreter to nobody.
        """
        assert box.root, "a box without namespaces needs a folder"
        fds: list[int] = []
        links, copies, read = self._shown(box)
        fd = os.memfd_create("order", 0)
        order = init.Order(
            command=tuple(command),
            env=tuple(environment(box).items()),
            cwd=box.cwd,
            root=box.root,
            folders=tuple(folder.strip("/") for folder in _FOLDERS),
            links=links,
            copies=copies,
            files=tuple((below(box, path), data.hex()) for path, data in box.files),
            read=(*_SYSTEM, *read),
            user=self.payload_user,
            confined=self.confined,
            landlock_at_most=self.landlock_at_most,
            status_fd=status_fd,
            block_fd=block_fd,
            order_fd=fd,
        )
        data_fd(init.encoded(order), fds, fd)
        return Prepared(init.start_command(fd), tuple(fds))

    def _shown(
        self, box: Box
    ) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], tuple[str, ...]]:
        """(links, copies, host paths that may be read) for the mounts of a box."""
        links, copies, read = [], [], []
        for source, inside in box.read_only:
            if not source.exists():
                raise MachineError(f"The sandbox could not be set up: there is no {source}.")
            hidden = self.payload_user is not None and not _others_may_read(source)
            in_place = inside == str(source)
            if hidden and in_place:
                raise MachineError(
                    f"Run by root, what is sandboxed runs as nobody, who cannot read {source}.",
                    "Run perfbot as an ordinary user, or use an interpreter that all can read.",
                )
            if hidden:
                copies.append((below(box, inside), str(source)))
                continue
            read += [str(source), str(source.resolve())]
            if not in_place:
                links.append((below(box, inside), str(source)))
        return tuple(links), tuple(copies), tuple(read)


def below(box: Box, inside: str) -> str:
    """A path of the box, relative to its root."""
    if not inside.startswith(f"{box.root}/"):
        raise MachineError(
            f"This sandbox cannot show a file as {inside}.", "Use one that has namespaces."
        )
    return inside[len(box.root) + 1 :]


def _others_may_read(path: Path) -> bool:
    path = path.resolve()
    bits = 0o005 if path.is_dir() else 0o004
    ways = all(parent.stat().st_mode & 0o001 for parent in path.parents)
    return ways and path.stat().st_mode & bits == bits
