"""docker and podman as a sandbox: a container that is made of the host's own /usr, and a Box.

The container is an empty image with everything mounted into it. Which processes, files and
networks it sees is held by the container; what its system calls may do, by the same seccomp
program as with bubblewrap.
"""

import functools
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate import (
    bare,
    become,
    carry,
    container_init,
    init,
    landlock,
    memory,
    seccomp,
)
from perfbot.sandbox.isolate.backend import Prepared
from perfbot.sandbox.isolate.box import HOME, Box, environment, interpreter_mounts
from perfbot.sandbox.isolate.data import data_fd
from perfbot.sandbox.isolate.limits import MIB, Limits, rlimits
from perfbot.sandbox.isolate.mounts import Mounts
from perfbot.sandbox.isolate.system import NOBODY

NAMES = ("docker", "podman")
IMAGE = "localhost/perfbot-empty:1"
LABEL = "perfbot"
"""Of each container, to find them by."""
_TRY_S = 60
# What a client needs of our environment to find its daemon, its settings and its other programs.
_CLIENT_VARIABLES = (
    "PATH", "HOME", "USER", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
    "DBUS_SESSION_BUS_ADDRESS", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF",
)  # fmt: skip
_DOCKER_VARIABLES = (
    "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY",
)  # fmt: skip
_HELD = (
    "--rm", "--pull", "never", "--log-driver", "none", "--label", LABEL,
    "--network", "none", "--hostname", "sandbox", "--ipc", "private", "--cgroupns", "private",
    "--read-only", "--workdir", "/", "--cap-drop", "ALL",
    "--security-opt", "no-new-privileges",
    # Ours is installed inside: that of docker refuses what sanitizers need.
    "--security-opt", "seccomp=unconfined",
    # SELinux would refuse what is mounted from the host; all of it is read-only.
    "--security-opt", "label=disable",
)  # fmt: skip
_HELD_BY_DOCKER = ("--userns", "host")
_HELD_BY_PODMAN = ("--no-hosts", "--passwd=false", "--http-proxy=false", "--read-only-tmpfs=false")
# Where the limit of processes and files is what we have ourselves, or less: a daemon's own
# default can be more than it may set.
_MOST_FILES, _MOST_PROCESSES = 1 << 16, 1 << 15
# A wall behind perfbot's own limits, that holds what grows faster than perfbot looks, and the
# container's first process.
_WALL_SHARE, _WALL_BYTES, _WALL_PROCESSES = 1.25, 64 * MIB, 16


@dataclass(frozen=True, slots=True)
class Container:
    """docker or podman, installed here."""

    name: str
    path: str
    in_cgroup: bool = True
    """Whether it makes control groups (podman can do without, and must at times)."""

    @property
    def mode(self) -> str:
        return "root" if os.geteuid() == 0 else "user"

    @property
    def payload_user(self) -> int | None:
        return NOBODY if os.geteuid() == 0 else None

    @property
    def complaint(self) -> str:
        return become.COMPLAINT

    @property
    def stop(self) -> signal.Signals:
        """The kernel ends a namespace with its first process."""
        return signal.SIGKILL

    @property
    def shares_paths(self) -> bool:
        return False

    @property
    def sets_rlimits(self) -> bool:
        """Root without CAP_SYS_RESOURCE may not set those of a process of nobody's."""
        return True

    @property
    def takes_cgroups(self) -> bool:
        return self.mode == "root" or not self.in_cgroup

    @property
    def _own_users(self) -> bool:
        """Whether it makes a user namespace."""
        return self.name == "podman" and self.mode == "user"

    def version(self) -> str:
        asked = "Server" if self.name == "docker" else "Client"
        said = _ask(self.path, "version", "--format", f"{{{{.{asked}.Version}}}}")
        return f"{self.name} {said.stdout.strip()}"

    def gaps(self) -> tuple[str, ...]:
        shared = "the kernel is shared with the host", "caches and timing are shared with the host"
        if self._own_users:
            return shared
        return (*shared, f"{self.name} sets the sandbox up as root")

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
        The container gets its descriptors, and perfbot's limits, from the process `carry` runs.

        Raises: MachineError where a path has a character that cannot be said.
        """
        user = os.geteuid() if self.payload_user is None else self.payload_user
        folder = bare.new_root()
        mounts = Mounts(folder, as_nobody=self.payload_user is not None)
        python = Path(sys.executable).resolve()
        mounts.add_system(user)
        for source, inside in (*interpreter_mounts(python), *box.read_only):
            mounts.add(source, inside)
        for inside, content in box.files:
            mounts.add_file(inside, content)
        group = user if self.payload_user is not None else os.getegid()
        options = [*_HELD, "--user", f"{user}:{group}", *self._own_options(limits)]
        options += [*self._memory(box), *mounts.options()]
        boot = f"import sys; sys.path.insert(0, {container_init.FOLDER!r}); "
        boot += "from perfbot.sandbox.isolate import container_init; container_init.main()"
        own = [IMAGE, str(python), "-I", "-S", "-B", "-c", boot]
        order = carry.Order(
            client=(self.path, "run", *options, *own),
            client_env=_client_env(self.name),
            folder=folder,
            files=(*mounts.files, *_code()),
            stages=tuple(mounts.stages),
            inner=container_init.Order(
                command=tuple(command),
                env=tuple(environment(box).items()),
                cwd=box.cwd,
                rlimits=self._rlimits(limits, user),
                program=seccomp.program(refuse_shmget=refuse_shmget).hex(),
                numbers=(),
                status_fd=status_fd,
                block_fd=block_fd,
            ),
            user=user,
        )
        fds: list[int] = []
        fd = os.memfd_create("order", 0)
        data_fd(carry.encoded(order), fds, fd)
        return Prepared(carry.start_command(fd), tuple(fds))

    def _rlimits(self, limits: Limits | None, user: int) -> tuple[tuple[int, int, int], ...]:
        if limits is None:
            return ()
        counted = self.takes_cgroups and memory.accounting() != "watchdog"
        shared = None if self._own_users else user
        return tuple(rlimits(limits, processes_counted=counted, shared_user=shared))

    def _own_options(self, limits: Limits | None) -> list[str]:
        options = [*_widest()]
        options += _HELD_BY_DOCKER if self.name == "docker" else _HELD_BY_PODMAN
        if self._own_users:
            options += ["--userns", "keep-id"]
        if not self.in_cgroup:
            options += ["--cgroups", "disabled"]
        elif limits is not None:
            most = str(int(limits.memory_bytes * _WALL_SHARE) + _WALL_BYTES)
            options += ["--memory", most, "--memory-swap", most]
            options += ["--pids-limit", str(limits.processes + _WALL_PROCESSES)]
        return options

    def _memory(self, box: Box) -> list[str]:
        """The folders in memory; the last, empty and read-only, hides the machine's devices."""
        own = ",notmpcopyup" if self.name == "podman" else ""
        sizes = {"/tmp": box.tmp_bytes, "/box": box.box_bytes, HOME: 16 * MIB, "/dev/shm": 64 * MIB}
        options = []
        for inside, size in sizes.items():
            how = f"rw,exec,nosuid,nodev,mode=1777,size={size}{own}"
            options += ["--tmpfs", f"{inside}:{how}"]
        return [*options, "--tmpfs", f"/sys:ro,noexec,nosuid,nodev,mode=0555,size=4096{own}"]


def installed(name: str) -> Container:
    """
    docker or podman, with the image in place.

    Raises: MachineError when there is no such program, or it does not do what it is asked.
    """
    path = shutil.which(name)
    if path is None:
        package = "docker.io" if name == "docker" else "podman"
        raise MachineError(
            f"There is no program {name} here.",
            f"Install it (Debian, Ubuntu: apt-get install {package}), or leave --sandbox out.",
        )
    if _ask(path, "image", "inspect", IMAGE).returncode != 0:
        # An archive without files is two blocks of zeros. Source: POSIX, pax, "ustar".
        done = _ask(path, "import", "-", IMAGE, given="\0" * 1024)
        if done.returncode != 0:
            raise unusable(name, done.stderr)
    return Container(name, path)


def unusable(name: str, said: str) -> MachineError:
    """What to tell when docker or podman has refused, with the next step where one is known."""
    said = " ".join(said.split())
    return MachineError(f"The {name} sandbox does not work here: {said}", _next_step(name, said))


def _next_step(name: str, said: str) -> str:
    if name == "docker" and "ermission denied" in said and "connect" in said:
        return (
            "Join docker's group and log in again: sudo usermod -aG docker $USER (whoever is in it "
            "can become root). Or use --sandbox podman, which needs no group."
        )
    if "annot connect to the Docker daemon" in said or "error during connect" in said:
        return "Start docker's daemon: sudo systemctl start docker. Or use --sandbox podman."
    if any(word in said for word in ("bind source path", "statfs", "cannot be seen from here")):
        return (
            f"{name} must run on this machine, and not in a virtual machine or elsewhere "
            "(DOCKER_HOST, Docker Desktop), and must see the same /tmp."
        )
    if "user ids are mapped" in said:
        return "Use --sandbox podman, or a docker daemon that runs as root."
    if any(word in said for word in ("subuid", "newuidmap", "keep-id", "insufficient UIDs")):
        return (
            "Give yourself user ids for podman: sudo apt-get install uidmap; sudo usermod "
            "--add-subuids 100000-165535 --add-subgids 100000-165535 $USER; podman system migrate."
        )
    return f"See whether `{name} run` works by itself, or leave --sandbox out."


def _ask(path: str, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            [path, *arguments],
            env=dict(_client_env(os.path.basename(path))),
            input=given,
            capture_output=True,
            text=True,
            cwd="/",
            timeout=_TRY_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise MachineError(f"{path} does not answer: {problem}") from problem


def _client_env(client: str) -> tuple[tuple[str, str], ...]:
    # podman reads docker's settings too, and fails where they are not there.
    names = _CLIENT_VARIABLES if client == "podman" else _CLIENT_VARIABLES + _DOCKER_VARIABLES
    return tuple((name, os.environ[name]) for name in names if name in os.environ)


def _widest() -> list[str]:
    options = []
    for name, number, most in (
        ("nofile", resource.RLIMIT_NOFILE, _MOST_FILES),
        ("nproc", resource.RLIMIT_NPROC, _MOST_PROCESSES),
    ):
        _, hard = resource.getrlimit(number)
        value = most if hard == resource.RLIM_INFINITY else min(hard, most)
        options += ["--ulimit", f"{name}={value}:{value}"]
    return options


@functools.cache
def _code() -> tuple[tuple[str, str], ...]:
    """What the first process runs: (path in the private folder, content in hexadecimal)."""
    found = []
    for module in (become, container_init, landlock):
        name = f"{carry.SHARED}/{module.__name__.replace('.', '/')}.py"
        found.append((name, Path(str(module.__file__)).read_bytes().hex()))
    return tuple(found)
