"""Counts a sandbox's memory and processes: by cgroup where one can be had, else by watching."""

import itertools
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from perfbot.sandbox.isolate.limits import Limits

_CGROUP_ROOT = Path("/sys/fs/cgroup")
_NAME = "perfbot-"
_serial = itertools.count()


Processes = Callable[[], list[str]]


class Account(Protocol):
    """What one sandbox has used so far."""

    counts_processes: bool

    def exceeded(self) -> bool:
        """Whether its memory went over the limit."""
        ...

    def peak_bytes(self) -> int | None:
        """The most memory it held at once; None when that was never seen."""
        ...

    def close(self) -> None:
        """Give up what the account holds; every process of the sandbox must be dead."""
        ...


def open_account(pid: int, limits: Limits, processes: Processes) -> Account:
    """
    An account of process `pid` and all it will start, by the best means this machine has.

    `processes` lists them, as folders of /proc.
    """
    folders = _cgroup_parents()
    if folders is None:
        return Watchdog(processes, limits.memory_bytes)
    name = f"{_NAME}{os.getpid()}-{next(_serial)}"
    made: list[Path] = []
    try:
        for parent in folders.parents():
            _sweep(parent)
            (parent / name).mkdir()
            made.append(parent / name)
        account = folders.account(name, limits)
        for folder in made:
            (folder / "cgroup.procs").write_text(str(pid))
    except OSError:
        # A folder that looks writable can still refuse (a container's read-only mount, a
        # systemd scope that is not delegated): then the sandbox is watched instead.
        for folder in made:
            _remove(folder)
        return Watchdog(processes, limits.memory_bytes)
    return account


def accounting() -> str:
    """How sandboxes on this machine are counted: cgroup v1, cgroup v2 or watchdog."""
    folders = _cgroup_parents()
    return "watchdog" if folders is None else folders.name


@dataclass(frozen=True, slots=True)
class CgroupV1Parents:
    """Where cgroups are made in the two hierarchies of version 1 (root only)."""

    memory: Path
    pids: Path
    name: str = "cgroup v1"

    def parents(self) -> tuple[Path, ...]:
        """The folders in which a sandbox gets a folder each."""
        return (self.memory, self.pids)

    def account(self, name: str, limits: Limits) -> Account:
        """Set the limits in the folders `name`, already made."""
        memory, pids = self.memory / name, self.pids / name
        (memory / "memory.limit_in_bytes").write_text(str(limits.memory_bytes))
        swap = memory / "memory.memsw.limit_in_bytes"
        if swap.exists():
            swap.write_text(str(limits.memory_bytes))
        (pids / "pids.max").write_text(str(limits.processes))
        return _Cgroup((memory, pids), "memory.oom_control", "memory.max_usage_in_bytes")


@dataclass(frozen=True, slots=True)
class CgroupV2Parent:
    """Where cgroups are made in the single hierarchy of version 2."""

    folder: Path
    name: str = "cgroup v2"

    def parents(self) -> tuple[Path, ...]:
        """The folder in which a sandbox gets a folder."""
        return (self.folder,)

    def account(self, name: str, limits: Limits) -> Account:
        """Set the limits in the folder `name`, already made."""
        folder = self.folder / name
        (folder / "memory.max").write_text(str(limits.memory_bytes))
        swap = folder / "memory.swap.max"
        if swap.exists():
            swap.write_text("0")
        (folder / "memory.oom.group").write_text("1")
        (folder / "pids.max").write_text(str(limits.processes))
        return _Cgroup((folder,), "memory.events", "memory.peak")


class _Cgroup:
    """The account of a sandbox that has cgroups of its own."""

    counts_processes = True

    def __init__(self, folders: tuple[Path, ...], events: str, peak: str) -> None:
        self._folders = folders
        self._events = folders[0] / events
        self._peak = folders[0] / peak

    def exceeded(self) -> bool:
        """Whether the kernel killed one of its processes for want of memory."""
        for line in self._events.read_text().splitlines():
            key, _, value = line.partition(" ")
            if key == "oom_kill":
                return int(value) > 0
        return False

    def peak_bytes(self) -> int | None:
        """The most memory charged at once; None on kernels that do not keep it (before 5.19)."""
        return int(self._peak.read_text()) if self._peak.exists() else None

    def close(self) -> None:
        """Remove the folders."""
        for folder in self._folders:
            _remove(folder)


class Watchdog:
    """
    The account of a sandbox without a cgroup: adds up its processes.

    Resident sizes count pages that forks share several times, so that a sum over the limit is
    confirmed by proportional sizes. Resident sizes alone miss a memfd that is not mapped; those
    are found among the open files. Not seen: data in pipes and sockets, and a memfd that was
    written, mapped, closed and never touched again.
    """

    counts_processes = False

    def __init__(self, processes: Processes, memory_bytes: int) -> None:
        self._processes = processes
        self._limit = memory_bytes
        self._peak: int | None = None

    def exceeded(self) -> bool:
        """Whether the processes together hold more than the limit right now."""
        processes = self._processes()
        memfds = self._memfd_bytes(processes)
        used = memfds + sum(self._resident_bytes(process) for process in processes)
        if used > self._limit:
            used = memfds + sum(self._proportional_bytes(process) for process in processes)
        self._peak = max(self._peak or 0, used)
        return used > self._limit

    def peak_bytes(self) -> int | None:
        """The largest sum seen, which the true peak may exceed."""
        return self._peak

    def close(self) -> None:
        """Nothing is held."""

    def _resident_bytes(self, process: str) -> int:
        fields = _read_of_living(f"{process}/statm").split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if fields else 0

    def _proportional_bytes(self, process: str) -> int:
        for line in _read_of_living(f"{process}/smaps_rollup").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
        return 0

    def _memfd_bytes(self, processes: list[str]) -> int:
        blocks: dict[int, int] = {}
        for process in processes:
            try:
                for name in os.listdir(f"{process}/fd"):
                    if os.readlink(f"{process}/fd/{name}").startswith("/memfd:"):
                        found = os.stat(f"{process}/fd/{name}")
                        blocks[found.st_ino] = found.st_blocks * 512
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue  # ended, or between fork and exec
        return sum(blocks.values())


def _read_of_living(path: str) -> str:
    """A file of /proc; empty when its process has ended or may not be looked at."""
    try:
        with open(path) as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""


def _cgroup_parents() -> CgroupV1Parents | CgroupV2Parent | None:
    own = _own_cgroups(Path("/proc/self/cgroup").read_text())
    if "memory" in own and "pids" in own:
        memory = _CGROUP_ROOT / "memory" / own["memory"].lstrip("/")
        pids = _CGROUP_ROOT / "pids" / own["pids"].lstrip("/")
        writable = os.access(memory, os.W_OK) and os.access(pids, os.W_OK)
        return CgroupV1Parents(memory, pids) if writable else None
    if "" in own:
        return delegated_parent(_CGROUP_ROOT, own[""])
    return None


def delegated_parent(root: Path, own: str) -> CgroupV2Parent | None:
    """
    The nearest cgroup v2 folder, from `own` upwards, that hands memory and pids to its children.

    It must be ours to write: a process may be moved only within folders that its mover owns.
    """
    folder = root / own.lstrip("/")
    for candidate in (folder, *folder.parents):
        if not candidate.is_relative_to(root):
            return None
        control = candidate / "cgroup.subtree_control"
        if not control.exists() or not os.access(candidate / "cgroup.procs", os.W_OK):
            return None
        if {"memory", "pids"} <= set(control.read_text().split()):
            return CgroupV2Parent(candidate) if os.access(candidate, os.W_OK) else None
    return None


def _own_cgroups(text: str) -> dict[str, str]:
    """Controller -> this process's folder; the key of version 2 is empty."""
    own = {}
    for line in text.splitlines():
        _, controllers, folder = line.split(":", 2)
        own.update(dict.fromkeys(controllers.split(","), folder))
    return own


def _sweep(parent: Path) -> None:
    """Remove empty folders left by a perfbot that was killed."""
    for folder in parent.glob(f"{_NAME}*"):
        owner = folder.name.removeprefix(_NAME).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            _remove(folder, patience_s=0)


def _remove(folder: Path, patience_s: float = 1.0) -> None:
    """Remove a cgroup; the kernel may need some milliseconds after its last process died."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            folder.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > deadline:
                return  # the next perfbot sweeps it
            time.sleep(0.001)
