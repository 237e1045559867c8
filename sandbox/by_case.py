"""Did a case become slower? Each is timed by itself, and the doubtful ones for longer."""

import itertools
from dataclasses import dataclass, replace

from perfbot.sandbox.calibrate import Calibration, case_phase
from perfbot.sandbox.contest import Bench, Contest, run_round
from perfbot.sandbox.measurement import CaseSpeedup, Speedup
from perfbot.sandbox.rounds import Phase

CASE_ROUNDS = 2
LOSER_ROUNDS = 4
"""More of them for a case that seems slower: two processes may both be unlucky ones."""
UNSURE_ROUNDS = 12
"""Still more while that is not sure: where others disturb the machine, bounds are wide. They hold
at any stopping time, so that going on refuses no more of the edits that lose nothing."""

CASE_BUDGETS = 3
"""Budgets that timing each case may take."""

SLOWER_SHARE = 0.05
"""A case may lose this share: with 12 pairs from two processes, process bias alone reaches 2 %
to 3 %, and a real loss below it is smaller than what a rebuild of the interpreter brings."""

SLOWER_PASSES = 1_000
"""A case may lose so little that, called this many times as often as each of the others, it would
still not cost what one pass over the workload gains: a helper's call on a list of three, in an
edit that saves milliseconds on the long ones. The loss is listed with the case all the same."""

SLOWER_NS = 1_000.0
"""A case may lose this many nanoseconds per call: about what a guard at the function's start
costs, and no workload is slowed by a microsecond on its trivial case."""


def time_cases(
    bench: Bench, plan: Calibration, clock: str, gained_ns: float
) -> tuple[Contest, list[CaseSpeedup]]:
    """Each case's own speedup, in order, and the rounds that show it.

    `gained_ns` is what the edit saves at least in one pass over the workload. Cases of which there
    are too few pairs for a bound are left out; after an interruption, all are.
    """
    contest = Contest(clock=clock)
    phases = [case_phase(plan, bench.cases, index) for index in range(len(bench.cases))]
    # What the contest has used up of the budget must not leave the cases unseen, nor must a machine
    # that stood still for a while: this takes a second or two.
    budget_s = bench.seconds() + CASE_BUDGETS * bench.budget_s
    longer = replace(bench, clock=clock, budget_s=budget_s)
    losses: list[Loss | None] = []
    waiting = phases
    numbers = itertools.count()
    for looks, rounds in enumerate((CASE_ROUNDS, LOSER_ROUNDS, UNSURE_ROUNDS), start=1):
        for number in itertools.islice(numbers, rounds if waiting else 0):
            run_round(longer, contest, waiting, number)
            if contest.interruption is not None:
                return contest, []
        losses = [_loss(bench, contest, phase) for phase in phases]
        waiting = [
            phase
            for phase, loss in zip(phases, losses, strict=True)
            if loss is None or loss.is_open(gained_ns, looks)
        ]
    found = [
        CaseSpeedup(phase.cases[0].name, call_ns, loss.speedup, loss.is_sure(gained_ns))
        for phase, call_ns, loss in zip(phases, plan.call_ns, losses, strict=True)
        if loss is not None
    ]
    return contest, found


@dataclass(frozen=True, slots=True)
class Loss:
    """What a case seems to lose by the edit: `ns` per call, below zero where it gains."""

    speedup: Speedup
    ns: float
    """The median of the pairs' differences: a batch that waited for others says how long it waited,
    not how many times slower a quick call became."""

    def seems(self, gained_ns: float) -> bool:
        """Whether the loss is enough to matter beside what a pass over the workload gains."""
        matters = self.ns > max(SLOWER_NS, gained_ns / SLOWER_PASSES)
        return matters and self.speedup.estimate < 1 - SLOWER_SHARE

    def is_sure(self, gained_ns: float) -> bool:
        """Whether it matters and the bound says that there is one."""
        return self.speedup.high < 1 and self.seems(gained_ns)

    def is_open(self, gained_ns: float, looks: int) -> bool:
        """Whether more rounds may tell more: of a sure loss, at its first look only."""
        return self.seems(gained_ns) and (looks == 1 or not self.is_sure(gained_ns))


def _loss(bench: Bench, contest: Contest, phase: Phase) -> Loss | None:
    """The loss of the phase's case; None with too few pairs."""
    speedup = contest.speedup(phase.name, bench.alpha / 2, 1 - bench.alpha)
    return Loss(speedup, contest.lost_ns(phase.name)) if speedup is not None else None
