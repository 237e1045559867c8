"""Rounds of timing, one after another, until they decide: the middle layer of `measure`."""

import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from perfbot.sandbox.host import available_cores
from perfbot.sandbox.measurement import Sample, Speedup
from perfbot.sandbox.rounds import (
    Agree,
    Interruption,
    Phase,
    choose_clock,
    log_ratio,
    lost_ns,
    run_phase,
)
from perfbot.sandbox.stats import Decision, Rule, bounds, decide
from perfbot.sandbox.timing import BASELINE, EDIT, OpenPair, TimedPair, TimingCase
from perfbot.sandbox.worker import ChildFailedError

OVERTIME = 3
"""Budgets that rounds may take while they promise a gain. The bound holds at any stopping time, so
going on claims nothing more; and a machine that others use as well may be slow enough for a budget
to end a pair short of it."""
PROMISING = 2
"""So many times the least gain looked for the median must be for that."""


@dataclass(slots=True)
class Bench:
    """What every step of one measurement shares."""

    open_pair: OpenPair
    cases: tuple[TimingCase, ...]
    draw: random.Random
    alpha: float
    delta: float
    budget_s: float
    clock: str
    """auto, cpu or wall."""
    agree: Agree
    started: float = field(default_factory=time.monotonic)

    @property
    def deadline(self) -> float:
        """When the budget is used up, on `time.monotonic`."""
        return self.started + self.budget_s

    def seconds(self) -> float:
        """Seconds since the measurement began."""
        return time.monotonic() - self.started

    def open(self) -> TimedPair:
        """A new pair of processes, with a hash seed and a core drawn at random."""
        return self.open_pair(self.draw.getrandbits(32), self.draw.choice(available_cores()))


@dataclass(slots=True)
class Contest:
    """Rounds of some phases, and what they decided so far."""

    decision: Decision = Decision.INCONCLUSIVE
    clock: str = "cpu"
    samples: list[Sample] = field(default_factory=list)
    interruption: Interruption | None = None
    peak_bytes: tuple[int, int] = (0, 0)
    """The original's and the edit's, the largest of any round."""
    threads: tuple[int, int] = (0, 0)

    def of(self, phase: str) -> list[Sample]:
        """The samples of one phase."""
        return [sample for sample in self.samples if sample.phase == phase]

    def log_ratios(self, phase: str) -> list[list[float]]:
        """The phase's log-ratios, round by round."""
        rounds: dict[int, list[float]] = {}
        for sample in self.of(phase):
            rounds.setdefault(sample.round, []).append(log_ratio(sample, self.clock))
        return list(rounds.values())

    def speedup(self, phase: str, alpha: float, confidence: float) -> Speedup | None:
        """The phase's speedup with bounds at `alpha` per side; None with too few pairs."""
        ratios = [ratio for one_round in self.log_ratios(phase) for ratio in one_round]
        low, high = bounds(ratios, alpha)
        if not (math.isfinite(low) and math.isfinite(high)):
            return None
        estimate = math.exp(statistics.median(ratios))
        return Speedup(estimate, math.exp(low), math.exp(high), confidence, len(ratios), self.clock)

    def lost_ns(self, phase: str) -> float:
        """The median of what the edit's batch takes more than the original's, per sweep."""
        return statistics.median(lost_ns(sample, self.clock) for sample in self.of(phase))

    def per_sweep(self, phase: str, field_name: str) -> float | None:
        """The median of one of a sample's times, in nanoseconds per sweep."""
        times = [getattr(sample, field_name) / sample.sweeps for sample in self.of(phase)]
        return statistics.median(times) if times else None


def hold(bench: Bench, phases: Sequence[Phase], rule: Rule) -> Contest:
    """Rounds until every phase accepts, one rejects, or the time or the rounds are used up."""
    contest = Contest()
    undecided = list(phases)
    longer = replace(bench, budget_s=OVERTIME * bench.budget_s)
    for number in range(rule.max_rounds):
        allowed = longer if _promises(contest, phases, rule) else bench
        run_round(allowed, contest, undecided, number)
        if contest.interruption is not None:
            return contest
        said = {phase.name: decide(contest.log_ratios(phase.name), rule) for phase in phases}
        if Decision.REJECT in said.values():
            contest.decision = Decision.REJECT
            return contest
        undecided = [phase for phase in phases if said[phase.name] is not Decision.ACCEPT]
        if not undecided:
            contest.decision = Decision.ACCEPT
            return contest
        allowed = longer if _promises(contest, phases, rule) else bench
        if time.monotonic() > allowed.deadline:
            return contest
    return contest


def _promises(contest: Contest, phases: Sequence[Phase], rule: Rule) -> bool:
    """Whether there are pairs of every phase, and the median of each is well above the margin."""
    ratios = [
        [ratio for one_round in contest.log_ratios(phase.name) for ratio in one_round]
        for phase in phases
    ]
    least = math.log1p(PROMISING * rule.delta)
    return all(pairs and statistics.median(pairs) > least for pairs in ratios)


def run_round(bench: Bench, contest: Contest, phases: Sequence[Phase], number: int) -> None:
    """A new pair of processes through each phase; the contest takes what it shows."""
    try:
        pair = bench.open()
    except ChildFailedError as failure:
        said = f"a pair of processes could not be started: {failure}"
        contest.interruption = Interruption("inconclusive", said)
        return
    try:
        for phase in phases:
            timed = run_phase(pair, phase, number, bench.draw, bench.deadline, bench.agree)
            if isinstance(timed, Interruption):
                contest.interruption = timed
                return
            contest.samples += timed
        contest.peak_bytes = _larger(contest.peak_bytes, pair.peak_bytes)
        contest.threads = _larger(contest.threads, pair.threads)
    finally:
        pair.close()
    contest.clock = bench.clock if bench.clock != "auto" else _clock(contest)


def _clock(contest: Contest) -> str:
    """Chosen from batches of full length; those of fresh forks may be too short to tell."""
    long_enough = [sample for sample in contest.samples if sample.phase != "first"]
    return choose_clock(long_enough or contest.samples, contest.threads)


def _larger(seen: tuple[int, int], read: Callable[[int], int]) -> tuple[int, int]:
    return max(seen[0], read(BASELINE)), max(seen[1], read(EDIT))
