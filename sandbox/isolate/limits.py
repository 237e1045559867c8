"""How much a sandboxed process may use up, and the part of it the kernel holds by rlimits."""

import resource
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one sandbox may use; whatever goes over is killed whole, with all its processes."""

    wall_s: float | None = 10.0
    """Seconds from its start; None: until killed."""
    cpu_s: int | None = None
    """CPU seconds of each process; None: no limit beside `wall_s`."""
    memory_bytes: int = 2048 * MIB
    """All its processes together, its files in memory included where a cgroup counts them."""
    processes: int = 256
    """Processes and threads together."""
    file_bytes: int = 64 * MIB
    """The size of each file it writes."""
    open_files: int = 1024
    output_bytes: int | None = 1 * MIB
    """stdout and stderr together; None: any amount, of which only the last 64 KiB are kept."""


def rlimits(
    limits: Limits, *, processes_counted: bool, shared_user: int | None = None
) -> list[tuple[int, int, int]]:
    """
    What the kernel holds for one process: (which rlimit, its value now, at most).

    `processes_counted`: a cgroup counts them already. RLIMIT_NPROC counts every process of the
    same user id, also those of other sandboxes, so it is the second choice. `shared_user`:
    without a user namespace also that user's processes in no sandbox, whose number now is added.
    """
    found = [
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
    ]
    if not processes_counted:
        most = limits.processes + (0 if shared_user is None else _tasks_of(shared_user))
        found.append((resource.RLIMIT_NPROC, most, most))
    if limits.cpu_s is not None:
        # SIGXCPU at the first, SIGKILL at the second for whoever ignores it.
        found.append((resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1))
    return found


def restrict(pid: int, found: list[tuple[int, int, int]]) -> None:
    """
    Set `rlimits` on process `pid`, which what it starts will inherit.

    Set from outside, after bubblewrap has made its namespaces: RLIMIT_NPROC set earlier breaks
    bubblewrap.
    """
    for number, soft, hard in found:
        resource.prlimit(pid, number, (soft, hard))


def _tasks_of(user: int) -> int:
    """How many processes and threads a user has now."""
    found = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                told = dict(
                    line.partition(":")[::2] for line in (folder / "status").read_text().split("\n")
                )
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has ended
            if int(told["Uid"].split()[0]) == user:
                found += int(told["Threads"])
    return found
