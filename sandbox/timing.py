"""A timed pair: two versions forked from one zygote, and the parent's reading of their clocks."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from perfbot.sandbox.language import language_of
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target
from perfbot.sandbox.worker import ChildFailedError, Worker, fork

BASELINE, EDIT = 0, 1
BATCH_CPU_S = 60.0
"""No timed batch of calls that the baseline answers in time takes longer than this."""
BATCH_WALL_S = 2 * BATCH_CPU_S
SLOWER, SLOWER_S = 10.0, 1.0
"""An edit's batch may take so many times the original's CPU time, and so many seconds more: slower
ones gain nothing, and one that sleeps or floods its output must not hold up the verdict."""
WAITS, WAIT_S = 3.0, 10.0
"""In wall time so many times as long again, and so many seconds more: others may be busy."""
OUTPUTS_S = 60.0
"""Nor do all the parts of its outputs, each of which has the request's own deadline."""


@dataclass(frozen=True, slots=True)
class BatchTime:
    """Nanoseconds that one batch took, by the parent's reading of the child's clock."""

    cpu_ns: int
    wall_ns: int
    """Less the time in which the child was ready to run and others had its core."""


@dataclass(frozen=True, slots=True)
class TimingCase:
    """Inputs of about equal cost made from one workload case, and what the original answers.

    `variants[0]` is the case itself; `expected[i]` is the original's outcome of `variants[i]`.
    """

    name: str
    variants: tuple[bytes, ...]
    expected: tuple[bytes, ...]


class TimedPair(Protocol):
    """Two children of one zygote on one core: side 0 is the original, side 1 the edit."""

    def prepare(
        self, side: int, inputs: Sequence[bytes], *, pristine: bool = False, repeat: int = 1
    ) -> None:
        """Have the child decode `inputs`; pristine: in a fresh fork of it, as after its import."""

    def run(self, side: int, usual_s: float = 0.0) -> BatchTime:
        """Make the prepared calls, which usually take the original `usual_s` seconds; 0.0: nobody
        knows. Raises ChildFailedError."""

    def watch(self, side: int) -> None:
        """Look at how things stand before a prepared batch, so that `left` can tell."""

    def left(self, side: int) -> list[str]:
        """What kinds of things the batch just run left behind: "files", "threads" and so on."""

    def outputs(self, side: int) -> list[bytes]:
        """The encoded outcome of each call of the batch just run."""

    def peak_bytes(self, side: int) -> int:
        """The child's peak resident memory so far."""

    def threads(self, side: int) -> int:
        """How many threads the child has now."""

    def close(self) -> None:
        """End both children and their zygote."""


OpenPair = Callable[[int, int], TimedPair]
"""(hash seed, core) -> a new pair."""


class ForkedPair:
    """The pair as it is: one zygote, one core, one hash seed, one fork per version."""

    def __init__(
        self,
        project: Project,
        target: Target,
        sources: tuple[str, str],
        *,
        imports: Sequence[str],
        hash_seed: int,
        core: int,
        reseed: bool = False,
    ) -> None:
        self.reseed = reseed
        self.zygote = language_of(target).open_zygote(
            project, target, hash_seed=hash_seed, imports=imports, cpu=core
        )
        self.fresh: list[Worker | None] = [None, None]
        self.children: list[Worker] = []
        self.calls = [0, 0]
        """How many calls each side has been given last."""
        self.call_s = 0.0
        """CPU seconds per call in the original's slowest batch so far; 0.0 before the first."""
        try:
            for source in sources:
                child = self.zygote.fork()
                self.children.append(child)
                failure = child.load(target, source)["failure"]
                if failure is not None:
                    raise ChildFailedError("error", f"the import failed: {failure}")
                child.request("settle")
        except ChildFailedError:
            self.close()
            raise

    def prepare(
        self, side: int, inputs: Sequence[bytes], *, pristine: bool = False, repeat: int = 1
    ) -> None:
        """Have the child decode `inputs`; pristine: in a fresh fork of it, as after its import."""
        self.drop_fresh(side)
        if pristine:
            self.fresh[side] = fork(self.children[side])
        self.calls[side] = len(inputs) * repeat
        self.worker(side).request(
            "prepare",
            inputs=list(inputs),
            repeat=repeat,
            reseed=self.reseed,
            cpu_s=BATCH_CPU_S,
        )

    def run(self, side: int, usual_s: float = 0.0) -> BatchTime:
        """Make the prepared calls. Raises ChildFailedError."""
        worker = self.worker(side)
        queued = worker.queued_ns()
        wall = time.perf_counter_ns()
        cpu = worker.cpu_ns()
        cpu_s, wall_s = self.limits(side, usual_s)
        worker.request("run", cpu_s=cpu_s, wall_s=wall_s)
        try:
            cpu, wall = worker.cpu_ns() - cpu, time.perf_counter_ns() - wall
        except OSError as error:
            raise ChildFailedError("died", "the process ended after its answer") from error
        if side == BASELINE and self.calls[side]:
            self.call_s = max(self.call_s, cpu / 1e9 / self.calls[side])
        wall -= worker.queued_ns() - queued + worker.handover_ns * self.calls[side]
        return BatchTime(cpu, max(wall, cpu))

    def limits(self, side: int, usual_s: float = 0.0) -> tuple[float, float]:
        """CPU and wall seconds that a side's next batch may take.

        What the original took so far may have been another, quicker case: `usual_s` is of this one.
        """
        known_s = max(self.call_s * self.calls[side], usual_s)
        if side == BASELINE or not known_s:
            return BATCH_CPU_S, BATCH_WALL_S
        cpu_s = min(SLOWER * known_s + SLOWER_S, BATCH_CPU_S)
        return cpu_s, min(WAITS * cpu_s + WAIT_S, BATCH_WALL_S)

    def watch(self, side: int) -> None:
        """Look at how things stand before a prepared batch, so that `left` can tell."""
        if self.worker(side).tells_left:
            self.worker(side).request("watch")

    def left(self, side: int) -> list[str]:
        """What kinds of things the batch just run left behind: "files", "threads" and so on."""
        if not self.worker(side).tells_left:
            return []
        found = self.worker(side).request("left")
        if type(found) is not list or not all(type(item) is str for item in found):
            raise ChildFailedError("corrupt", "names that are no texts")
        return found

    def outputs(self, side: int) -> list[bytes]:
        """The encoded outcome of each call of the batch just run."""
        found: list[bytes] = []
        started = time.monotonic()
        while len(found) < self.calls[side]:
            if time.monotonic() - started > OUTPUTS_S:
                raise ChildFailedError("timeout", f"its outputs take more than {OUTPUTS_S:g} s")
            part = self.worker(side).request("outputs", cpu_s=BATCH_CPU_S)
            if type(part) is not list or not all(type(item) is bytes for item in part):
                raise ChildFailedError("corrupt", "outputs that are not bytes")
            if not part:
                break
            found += part
        return found

    def peak_bytes(self, side: int) -> int:
        """The child's peak resident memory so far (VmHWM of its status)."""
        return 1024 * self.status(side, "VmHWM:")

    def threads(self, side: int) -> int:
        """How many threads the child has now."""
        return self.status(side, "Threads:")

    def status(self, side: int, field: str) -> int:
        try:
            with open(f"/proc/{self.worker(side).pid}/status", encoding="ascii") as lines:
                return next(int(line.split()[1]) for line in lines if line.startswith(field))
        except (OSError, StopIteration) as error:
            raise ChildFailedError("died", "the process ended") from error

    def worker(self, side: int) -> Worker:
        return self.fresh[side] or self.children[side]

    def drop_fresh(self, side: int) -> None:
        fresh = self.fresh[side]
        if fresh is not None:
            fresh.kill()
            self.fresh[side] = None

    def close(self) -> None:
        """End both children and their zygote."""
        for side in (BASELINE, EDIT):
            self.drop_fresh(side)
        for child in self.children:
            child.kill()
        self.zygote.close()


def pair_opener(
    project: Project, target: Target, sources: tuple[str, str], *, imports: Sequence[str],
    reseed: bool = False,
) -> OpenPair:  # fmt: skip
    """What opens a pair of (original, edit) for each round.

    reseed: the random generators are seeded before each timed call, for targets that use them.
    """

    def open_pair(hash_seed: int, core: int) -> TimedPair:
        return ForkedPair(
            project, target, sources, imports=imports, hash_seed=hash_seed, core=core,
            reseed=reseed,
        )  # fmt: skip

    return open_pair
