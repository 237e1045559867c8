"""A machine of known speed, with the noise of real ones, to measure on."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from perfbot.sandbox.measure import measure
from perfbot.sandbox.measurement import Measurement
from perfbot.sandbox.timing import BatchTime, TimingCase
from perfbot.sandbox.worker import ChildFailedError

Cost = Callable[[bytes, bool], float]
"""(input, whether this process saw it before) -> nanoseconds."""


def answer(data: bytes) -> bytes:
    """What both versions answer to an input, unless a test says otherwise."""
    return b"answer to " + data


@dataclass
class Machine:
    """Processes of known cost per call, with the noise of real ones, on a clock of their own."""

    costs: tuple[Cost, Cost]
    noise: float = 0.01
    bias: float = 0.005
    answers: tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]] = (answer, answer)
    waiting_ns: tuple[float, float] = (0.0, 0.0)
    """Wall time per call that is not CPU time."""
    thread_counts: tuple[int, int] = (1, 1)
    fails: int | None = None
    """The side whose process dies in its third batch, once calibration is over."""
    draw: random.Random = field(default_factory=lambda: random.Random(0))
    opened: list["Processes"] = field(default_factory=list)

    def open(self, hash_seed: int, core: int) -> "Processes":
        """A round's two processes, with a bias that is theirs."""
        pair = Processes(self, hash_seed, core)
        self.opened.append(pair)
        return pair


class Processes:
    """Two processes of a Machine: a TimedPair."""

    def __init__(self, machine: Machine, hash_seed: int, core: int) -> None:
        self.machine, self.hash_seed, self.core = machine, hash_seed, core
        self.factors = [2.718281828 ** machine.draw.gauss(0, machine.bias) for _ in range(2)]
        self.seen: list[set[bytes]] = [set(), set()]
        self.batches: list[tuple[int, tuple[bytes, ...], bool]] = []
        self.prepared: list[list[bytes]] = [[], []]
        self.pristine = [False, False]
        self.usual_s: list[float] = []
        """What each batch was said to take the original."""
        self.closed = False

    def prepare(
        self, side: int, inputs: Sequence[bytes], *, pristine: bool = False, repeat: int = 1
    ) -> None:
        """Take the inputs of the next batch."""
        self.prepared[side] = list(inputs) * repeat
        self.pristine[side] = pristine

    def run(self, side: int, usual_s: float = 0.0) -> BatchTime:
        """Let the clock advance by the cost of each call, and by 40 us for the messages."""
        machine = self.machine
        self.batches.append((side, tuple(self.prepared[side]), self.pristine[side]))
        self.usual_s.append(usual_s)
        if machine.fails == side and len(machine.opened) > 1 and len(self.batches) > 4:
            raise ChildFailedError("died", "the process ended without an answer")
        seen = set() if self.pristine[side] else self.seen[side]
        total = 0.0
        for data in self.prepared[side]:
            total += machine.costs[side](data, data in seen)
            seen.add(data)
        total *= self.factors[side] * 2.718281828 ** machine.draw.gauss(0, machine.noise)
        waited = machine.waiting_ns[side] * len(self.prepared[side])
        return BatchTime(round(total) + 40_000, round(total + waited) + 70_000)

    def watch(self, side: int) -> None:
        """Nothing is left behind on this machine."""

    def left(self, side: int) -> list[str]:
        """Nothing."""
        return []

    def outputs(self, side: int) -> list[bytes]:
        """The answers of the batch just run."""
        return [self.machine.answers[side](data) for data in self.prepared[side]]

    def peak_bytes(self, side: int) -> int:
        """Any figure will do."""
        return 1000 + side

    def threads(self, side: int) -> int:
        """As the machine says."""
        return self.machine.thread_counts[side]

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def case(name: str, variants: int) -> TimingCase:
    """A case with so many variants."""
    inputs = tuple(f"{name}/{number}".encode() for number in range(variants))
    return TimingCase(name, inputs, tuple(answer(data) for data in inputs))


def steady(nanoseconds: float) -> Cost:
    """Every call costs the same."""
    return lambda _data, _seen: nanoseconds


def memo(nanoseconds: float) -> Cost:
    """A call on an input seen before costs next to nothing."""
    return lambda _data, seen: 100.0 if seen else nanoseconds


def judge(machine: Machine, *cases: TimingCase, **options: object) -> Measurement:
    """Measure on the machine, by default one case with variants enough."""
    return measure(machine.open, cases or (case("only", 200),), seed=3, **options)  # type: ignore[arg-type]
