"""One round of timing: a pair of processes with one layout, batches in ABBA order, every answer
compared.

A process has a bias of its own (memory layout, hash seed, core) that more samples in it cannot
remove, so a round is short and the next round starts new processes.
"""

import enum
import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from perfbot.sandbox.measurement import Sample, WrongAnswer
from perfbot.sandbox.timing import BASELINE, EDIT, BatchTime, TimedPair, TimingCase
from perfbot.sandbox.worker import ChildFailedError

IDLE_SHARE = 0.05
"""Wall time beyond CPU time, as a share of it, from which a version waits or hands work to
others, so that only the wall clock is fair. Source: A/A runs, in which single-threaded batches of
2 ms stay below 0.03 when nothing interrupts them."""

IDLE_NS = 100_000
"""Idle time per batch that says nothing: one wake-up of a sleeping process takes up to this."""

LEAST_NET_SHARE = 0.25
"""At least this share of what the clock showed counts as the batch's own time: no ratio may be
built on the difference of two nearly equal readings."""

Agree = Callable[[bytes, bytes, bytes], bool]
"""(input, expected outcome, actual outcome), all encoded -> whether they agree."""


def exactly(_input: bytes, expected: bytes, actual: bytes) -> bool:
    """Agreement byte for byte, the default."""
    return expected == actual


class Inputs(enum.Enum):
    """Which inputs the batches of a process get."""

    NEW = "new"
    """Each batch the next variants, which the process has not seen while they last."""
    SAME = "same"
    """Each batch the variants of the one before."""


@dataclass(frozen=True, slots=True)
class Phase:
    """What a round does with its pair. A sweep calls each of `cases` once."""

    name: str
    cases: tuple[TimingCase, ...]
    sweeps: int
    """Sweeps per batch."""
    pairs: int
    warm: int
    """Pairs before the first one that counts."""
    inputs: Inputs
    empty: BatchTime
    """What a batch of no calls takes; taken off each batch."""
    usual_s: float = 0.0
    """About how long the original takes for a batch; 0.0 where nobody knows."""
    pristine: bool = False
    """Each batch in a fresh fork of the process as it was after import."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """Why a round could not go on: the edit failed (`refuted`), or the original did."""

    decision: str
    reason: str
    wrong: WrongAnswer | None = None


def run_phase(
    pair: TimedPair, phase: Phase, number: int, draw: random.Random, deadline: float, agree: Agree
) -> list[Sample] | Interruption:
    """Time the phase's pairs in ABBA order, from a random phase and a random first variant.

    `deadline` is on `time.monotonic`; at least one pair is timed whatever it says.
    """
    start = draw.randrange(max(len(case.variants) for case in phase.cases))
    leader = draw.randrange(2)
    samples: list[Sample] = []
    for index in range(phase.warm + phase.pairs):
        if phase.inputs is Inputs.NEW and index > 0:
            start += phase.sweeps
        side = (leader + index) % 2
        times = _run_pair(pair, phase, start, side, agree, watched=index == 0)
        if isinstance(times, Interruption):
            return times
        if index >= phase.warm:
            samples.append(_sample(phase, number, *times))
            if time.monotonic() > deadline:
                break
    return samples


def choose_clock(samples: Sequence[Sample], threads: tuple[int, int]) -> str:
    """`cpu` where both versions compute alone on their core, else `wall`.

    Only the fastest third of each side's batches is asked: the others may have been interrupted,
    which lowers CPU over wall for reasons that are not the version's own.
    """
    original = [(sample.a_wall_ns, sample.a_cpu_ns) for sample in samples]
    edit = [(sample.b_wall_ns, sample.b_cpu_ns) for sample in samples]
    alone = all(_computes_alone(side) for side in (original, edit))
    return "cpu" if alone and max(threads) <= 1 else "wall"


def log_ratio(sample: Sample, clock: str) -> float:
    """ln(original / edit) by the `cpu` or `wall` clock."""
    original, edit = _times(sample, clock)
    return math.log(original / edit)


def lost_ns(sample: Sample, clock: str) -> float:
    """Edit - original by the `cpu` or `wall` clock, in nanoseconds per sweep."""
    original, edit = _times(sample, clock)
    return (edit - original) / sample.sweeps


def _times(sample: Sample, clock: str) -> tuple[int, int]:
    if clock == "cpu":
        return sample.a_cpu_ns, sample.b_cpu_ns
    return sample.a_wall_ns, sample.b_wall_ns


def _computes_alone(batches: list[tuple[int, int]]) -> bool:
    fastest = sorted(batches)[: max(1, len(batches) // 3)]
    apart = statistics.median(
        abs(wall - cpu) / max(IDLE_SHARE * wall, IDLE_NS) for wall, cpu in fastest
    )
    return apart <= 1


def _run_pair(
    pair: TimedPair, phase: Phase, start: int, leader: int, agree: Agree, *, watched: bool
) -> tuple[BatchTime, BatchTime] | Interruption:
    """Both sides on equal inputs, the timed parts back to back; then compare what they answered.

    watched: and what they left behind, asked for in between. That is for a round's first pair,
    which does not count, or takes so long that a gap is nothing.
    """
    calls = [
        (case, number % len(case.variants))
        for number in range(start, start + phase.sweeps)
        for case in phase.cases
    ]
    inputs = [case.variants[variant] for case, variant in calls]
    order = (leader, 1 - leader)
    times: dict[int, BatchTime] = {}
    outputs: dict[int, list[bytes]] = {}
    left: dict[int, list[str]] = {BASELINE: [], EDIT: []}
    side = leader
    try:
        for side in order:
            pair.prepare(side, inputs, pristine=phase.pristine)
        for side in order:
            if watched:
                pair.watch(side)
            times[side] = pair.run(side, phase.usual_s)
            if watched:
                left[side] = pair.left(side)
        for side in order:
            outputs[side] = pair.outputs(side)
    except ChildFailedError as failure:
        return _failed(side, failure)
    for side in (BASELINE, EDIT):
        disagreement = _compare(side, calls, outputs[side], agree)
        if disagreement is not None:
            return disagreement
    more = [kind for kind in left[EDIT] if kind not in left[BASELINE]]
    if more:
        return Interruption(
            "refuted", f"while it was timed, the edit left behind: {', '.join(more)}"
        )
    return times[BASELINE], times[EDIT]


def _compare(
    side: int, calls: Sequence[tuple[TimingCase, int]], outputs: Sequence[bytes], agree: Agree
) -> Interruption | None:
    decision, who = ("refuted", "the edit") if side == EDIT else ("inconclusive", "the original")
    if len(outputs) != len(calls):
        said = f"{who} gave {len(outputs)} answers to {len(calls)} timed calls"
        return Interruption(decision, said)
    for (case, variant), actual in zip(calls, outputs, strict=True):
        expected = case.expected[variant]
        if not agree(case.variants[variant], expected, actual):
            said = f"{who} answered a timed call of case {case.name} differently"
            return Interruption(decision, said, WrongAnswer(case.name, variant, expected, actual))
    return None


def _failed(side: int, failure: ChildFailedError) -> Interruption:
    """What a failing child means: the edit's failure refutes it, the original's decides nothing."""
    if side == EDIT:
        return Interruption("refuted", f"the edit failed while it was timed: {failure}")
    return Interruption("inconclusive", f"the original failed while it was timed: {failure}")


def _sample(phase: Phase, number: int, original: BatchTime, edit: BatchTime) -> Sample:
    return Sample(
        round=number,
        a_cpu_ns=_net(original.cpu_ns, phase.empty.cpu_ns),
        b_cpu_ns=_net(edit.cpu_ns, phase.empty.cpu_ns),
        a_wall_ns=_net(original.wall_ns, phase.empty.wall_ns),
        b_wall_ns=_net(edit.wall_ns, phase.empty.wall_ns),
        phase=phase.name,
        sweeps=phase.sweeps,
    )


def _net(read_ns: int, empty_ns: int) -> int:
    return max(read_ns - empty_ns, round(LEAST_NET_SHARE * read_ns), 1)
