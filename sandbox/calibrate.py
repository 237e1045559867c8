"""How much to time: sweeps per batch, pairs per round, and whether the inputs last.

Done once per target, on the original alone.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from perfbot.sandbox.errors import BaselineError
from perfbot.sandbox.host import available_cores
from perfbot.sandbox.rounds import Inputs, Phase
from perfbot.sandbox.timing import BASELINE, BatchTime, OpenPair, TimedPair, TimingCase
from perfbot.sandbox.worker import ChildFailedError

BATCH_NS = 2_000_000
"""The least length of a batch: what varies in the messages around it (some 10 us) is then well
below the smallest gain looked for, 2 %."""

CASE_BATCH_NS = 500_000
"""The least length of a batch of one case, whose only question is a loss of 5 % or more."""

SHORT_NS, LONG_NS, VERY_LONG_NS = 4_000_000, 20_000_000, 200_000_000
"""Batches up to the first are short beside the start of a round's processes (100 to 250 ms), so
that a round times many; from the last on no pair is spent on warming: one call is long enough to
settle by itself."""

PAIRS_SHORT, PAIRS, PAIRS_LONG = 12, 6, 4
"""Pairs per round; even, so that ABBA is balanced. Two rounds of 6 or three of 4 reach the 11
that a two-sided bound at 99 % needs."""

PAIRS_PRISTINE = 8
"""At most so many pairs per round in fresh forks, each of which costs some milliseconds."""

CASE_PAIRS = 6

EMPTY_BATCHES = 9

BATCH_BYTES = 4 << 20
"""The encoded inputs of a batch take at most so much, whatever the clock says: what is read before
and compared after a quick call on a large input takes seconds, and pairs are what decides."""

_ROUGH_NS = 300_000
_MOST_CALLS = 4096
"""In a batch of one case: beyond, what is sent and compared takes longer than the calls."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the original's speed asks of the protocol."""

    call_ns: tuple[float, ...]
    """Wall nanoseconds per call of each case, in order."""
    sweeps: int
    """Sweeps (one call of each case) per batch."""
    pairs: int
    warm: int
    empty: BatchTime
    """What a batch of no calls takes: the messages around a batch."""
    empty_pristine: BatchTime
    """The same in a fresh fork, whose first steps also copy memory pages."""

    @property
    def sweep_ns(self) -> float:
        """Wall nanoseconds of one sweep."""
        return sum(self.call_ns)


def calibrate(open_pair: OpenPair, cases: Sequence[TimingCase], seed: int) -> Calibration:
    """Time the original roughly, case by case.

    Raises: BaselineError when the original fails while it is timed.
    """
    draw = random.Random(f"calibrate {seed}")
    try:
        pair = open_pair(draw.getrandbits(32), draw.choice(available_cores()))
        try:
            empty = _empty(pair, pristine=False)
            empty_pristine = _empty(pair, pristine=True)
            call_ns = tuple(_call_ns(pair, case, empty) for case in cases)
        finally:
            pair.close()
    except ChildFailedError as failure:
        raise BaselineError(
            f"the original could not be timed: {failure}",
            "run the workload's cases by hand and see that each one returns",
        ) from failure
    sweep_ns = sum(call_ns)
    sweeps = min(max(1, math.ceil(BATCH_NS / sweep_ns)), _most_sweeps(cases))
    return Calibration(
        call_ns=call_ns,
        sweeps=sweeps,
        pairs=_pairs(sweeps * sweep_ns),
        warm=1 if sweep_ns <= VERY_LONG_NS else 0,
        empty=empty,
        empty_pristine=empty_pristine,
    )


def screen_phase(plan: Calibration, cases: Sequence[TimingCase]) -> Phase:
    """The rounds that sort candidates: new inputs while they last."""
    return Phase(
        "screen", tuple(cases), plan.sweeps, plan.pairs, plan.warm, Inputs.NEW, plan.empty,
        usual_s=plan.sweeps * plan.sweep_ns / 1e9,
    )  # fmt: skip


def first_phase(plan: Calibration, cases: Sequence[TimingCase], delta: float) -> Phase:
    """Rounds in which no process sees an input twice: by new inputs, or else by fresh forks.

    Shorter rounds rather than forks: the first steps of a fork copy memory pages, which takes as
    long in a quick edit as in a slow original and hides most of a large gain.
    """
    for pairs in (plan.pairs, PAIRS, PAIRS_LONG):
        if pairs <= plan.pairs and inputs_last(plan, cases, delta, pairs):
            return replace(screen_phase(plan, cases), name="first", pairs=pairs)
    sweeps = plan.sweeps
    while sweeps > 1 and _seen_share(plan, cases, sweeps) > delta / 2:
        sweeps -= 1
    return replace(
        screen_phase(plan, cases),
        name="first",
        sweeps=sweeps,
        pairs=min(plan.pairs, PAIRS_PRISTINE),
        pristine=True,
        empty=plan.empty_pristine,
    )


def repeat_phase(plan: Calibration, cases: Sequence[TimingCase]) -> Phase:
    """Rounds in which every timed input was seen before by the same process."""
    # One pair at least is spent on showing the inputs.
    warm = max(plan.warm, 1)
    return replace(screen_phase(plan, cases), name="repeat", warm=warm, inputs=Inputs.SAME)


def case_phase(plan: Calibration, cases: Sequence[TimingCase], index: int) -> Phase:
    """The rounds of one case by itself."""
    case = cases[index]
    enough = max(1, math.ceil(CASE_BATCH_NS / plan.call_ns[index]))
    # What a quicker call may lose is many times its own length: a shorter batch shows that.
    sweeps = min(enough, _most_calls(case))
    return Phase(
        f"case:{case.name}", (case,), sweeps, CASE_PAIRS, plan.warm, Inputs.NEW, plan.empty,
        usual_s=sweeps * plan.call_ns[index] / 1e9,
    )  # fmt: skip


def inputs_last(plan: Calibration, cases: Sequence[TimingCase], delta: float, pairs: int) -> bool:
    """Whether the variants last for `pairs` batches of a process, but for half of `delta`.

    Cases of which few variants exist (an empty list) are cheap as a rule: what a memo could save
    on them is bounded by their share of the time.
    """
    return _seen_share(plan, cases, (plan.warm + pairs) * plan.sweeps) <= delta / 2


def _seen_share(plan: Calibration, cases: Sequence[TimingCase], sweeps: int) -> float:
    """Share of the time of `sweeps` sweeps that goes to inputs the process has seen before."""
    seen = sum(
        call_ns * max(0.0, 1 - len(case.variants) / sweeps)
        for call_ns, case in zip(plan.call_ns, cases, strict=True)
    )
    return seen / plan.sweep_ns


def _most_sweeps(cases: Sequence[TimingCase]) -> int:
    """As many as BATCH_BYTES of inputs allow."""
    return max(1, BATCH_BYTES // sum(max(map(len, case.variants)) for case in cases))


def _most_calls(case: TimingCase) -> int:
    """Of one case in a batch."""
    return min(_MOST_CALLS, _most_sweeps([case]))


def _pairs(batch_ns: float) -> int:
    if batch_ns <= SHORT_NS:
        return PAIRS_SHORT
    return PAIRS if batch_ns <= LONG_NS else PAIRS_LONG


def _empty(pair: TimedPair, *, pristine: bool) -> BatchTime:
    """What the messages around a batch take of the original: the lower quartile of some.

    It is taken off every batch of both sides alike. Low rather than typical: taking off too much
    would make every ratio look larger than it is.
    """
    times = []
    for _ in range(EMPTY_BATCHES):
        pair.prepare(BASELINE, [], pristine=pristine)
        times.append(pair.run(BASELINE))
        pair.outputs(BASELINE)
    low = EMPTY_BATCHES // 4
    return BatchTime(
        cpu_ns=sorted(taken.cpu_ns for taken in times)[low],
        wall_ns=sorted(taken.wall_ns for taken in times)[low],
    )


def _call_ns(pair: TimedPair, case: TimingCase, empty: BatchTime) -> float:
    """
    Wall nanoseconds per call of the original, after one call that is not counted.

    At least its CPU time: on a busy machine the messages around a batch can take longer than the
    batch, and the difference of the two would say nothing.
    """
    calls, start = 1, 0
    most = _most_calls(case)
    first_ns = _batch_ns(pair, case, start, calls, empty)
    while True:
        start += calls
        taken_ns = _batch_ns(pair, case, start, calls, empty)
        enough = taken_ns >= _ROUGH_NS or calls >= most
        if enough and min(first_ns, taken_ns) < LONG_NS:
            # On a busy machine a batch may have waited; the least of three is the call's own time,
            # and only if that is long enough, too, do the messages around it not matter.
            again = [_batch_ns(pair, case, start, calls, empty) for _ in range(2)]
            taken_ns = min(taken_ns, *again)
        if taken_ns >= _ROUGH_NS or calls >= most:
            return max(taken_ns / calls, 1.0)
        # At most fourfold: a single short batch tells little.
        calls = min(most, 4 * calls, max(2 * calls, calls * _ROUGH_NS // taken_ns))


def _batch_ns(pair: TimedPair, case: TimingCase, start: int, calls: int, empty: BatchTime) -> int:
    """What `calls` calls take, without the messages around them."""
    variants = case.variants
    pair.prepare(BASELINE, [variants[(start + i) % len(variants)] for i in range(calls)])
    taken = pair.run(BASELINE)
    # The answers must be fetched: the next batch may begin only after them.
    pair.outputs(BASELINE)
    return max(taken.wall_ns - empty.wall_ns, taken.cpu_ns - empty.cpu_ns, 1)
