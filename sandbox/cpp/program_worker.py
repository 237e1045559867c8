"""Workers whose calls are programs: each call is a process of its own, forked by the worker.

The worker leaves those processes unburied until it makes its next calls, so that the parent can
read from the kernel what each has used: no process inside tells its own time.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from perfbot.sandbox.cpp.builder import Builder
from perfbot.sandbox.cpp.worker import CppWorker
from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.worker import queued_ns_of


class ProgramWorker(CppWorker):
    """A CppWorker whose clocks are those of the programs that it runs, and its own."""

    handover_ns = 100_000
    """The program is woken once and wakes the worker once; either takes up to half of this.
    Source: `rounds.IDLE_NS`."""
    tells_left = False
    """Each program is a process of its own, and gone."""

    def __init__(self, root: str, builder: Builder) -> None:
        super().__init__(root, builder)
        self.seen: frozenset[int] = frozenset()
        """Its children before the last request: other workers, and programs that were counted."""
        self.past_cpu_ns = 0
        self.past_queued_ns = 0

    def next_worker(self) -> "ProgramWorker":
        return ProgramWorker(self.root, self.builder)

    def request(self, verb: str, **arguments: Any) -> Any:
        """As `Channel.request`; what earlier programs have used is noted before it."""
        if self.pid:
            self.past_cpu_ns += sum(map(cpu_ns_of, self.programs()))
            self.past_queued_ns += sum(map(queued_ns_of, self.programs()))
            self.seen = frozenset(children_of(self.pid))
        return super().request(verb, **arguments)

    def cpu_ns(self) -> int:
        """CPU time of the worker and of all programs so far; OSError once the worker is gone."""
        return super().cpu_ns() + self.past_cpu_ns + sum(map(cpu_ns_of, self.programs()))

    def queued_ns(self) -> int:
        """How long the worker and its programs have waited for a core."""
        now = sum(map(queued_ns_of, self.programs()))
        return queued_ns_of(self.pid) + self.past_queued_ns + now

    def programs(self) -> Iterator[int]:
        """The processes that the last request has started, alive or dead."""
        return (pid for pid in children_of(self.pid) if pid not in self.seen)


def children_of(pid: int) -> list[int]:
    """The process ids of a process's children, dead ones too until they are buried.

    Source: proc_pid_children(5). Raises: MachineError where the kernel does not tell.
    """
    task = Path(f"/proc/{pid}/task/{pid}")
    try:
        return [int(word) for word in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        if task.is_dir():
            raise MachineError(
                "this kernel does not tell a process's children (CONFIG_PROC_CHILDREN is off), "
                "so programs cannot be timed",
                "run perfbot on a distribution's own kernel, or name a function instead",
            ) from None
        return []


def cpu_ns_of(pid: int) -> int:
    """A process's CPU time by its kernel clock, 0 once it is buried. See clock_getcpuclockid(3)."""
    with contextlib.suppress(OSError):
        return time.clock_gettime_ns((~pid << 3) | 2)
    return 0
