"""Is the edit faster than the original? The whole protocol, top to bottom in `measure`.

Pairs of processes forked from one zygote, on one core and with one hash seed, time the original
and the edit in ABBA order on inputs they have not seen; every answer is compared; a bound that
holds at any stopping time decides (`stats`). What passes is timed again on fresh rounds, and only
that estimate is published: the first one is biased by having been chosen.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from perfbot.sandbox.by_case import time_cases
from perfbot.sandbox.calibrate import (
    Calibration,
    calibrate,
    first_phase,
    repeat_phase,
    screen_phase,
)
from perfbot.sandbox.contest import Bench, Contest, hold
from perfbot.sandbox.energy import EnergyMeter, find_meter
from perfbot.sandbox.host import fingerprint, measurement_lock
from perfbot.sandbox.measurement import CaseSpeedup, Measurement, Speedup
from perfbot.sandbox.metering import energy_per_sweep
from perfbot.sandbox.rounds import Agree, exactly
from perfbot.sandbox.stats import Decision, Rule
from perfbot.sandbox.timing import OpenPair, TimingCase


def measure(
    open_pair: OpenPair,
    cases: Sequence[TimingCase],
    *,
    seed: int,
    alpha: float = 0.01,
    delta: float = 0.02,
    candidates_tried: int = 1,
    budget_s: float = 20.0,
    allow_slower_cases: bool = False,
    clock: str = "auto",
    agree: Agree = exactly,
    calibration: Calibration | None = None,
    meter: EnergyMeter | None = None,
) -> Measurement:
    """Screen the edit, confirm it on fresh rounds, and see that no case became slower.

    `alpha` is the chance of a false claim, `delta` the least gain accepted (0.02 is 1.02x), and
    `candidates_tried` how many edits this one was chosen from. `clock` is auto, cpu or wall.
    `calibration` is `calibrate`'s result for this target, made here when None. Waiting for the
    host's measurement lock does not count against `budget_s`.

    Raises: BaselineError when the original cannot be timed; MachineError for the lock.
    """
    with measurement_lock():
        bench = _bench(open_pair, cases, seed, alpha, delta, budget_s, clock, agree)
        plan = calibration or calibrate(open_pair, cases, seed)
        screened = hold(bench, [screen_phase(plan, cases)], Rule(alpha, delta))
        if screened.decision is not Decision.ACCEPT:
            return _screened_out(bench, plan, screened)
        found = _confirmed(bench, plan, candidates_tried, allow_slower_cases, meter)
        return replace(found, samples=(*screened.samples, *found.samples))


def aa_decisions(
    open_pair: OpenPair,
    cases: Sequence[TimingCase],
    count: int,
    *,
    seed: int,
    alpha: float = 0.01,
    delta: float = 0.02,
    budget_s: float = 20.0,
) -> Iterator[Measurement]:
    """`count` measurements, one by one, of a pair whose two sides are the same version.

    Each one that says `faster` is a false claim of this machine at these settings.

    Raises: as `measure`.
    """
    seeds = random.Random(seed)
    plan = calibrate(open_pair, cases, seed)
    for _ in range(count):
        yield measure(
            open_pair,
            cases,
            seed=seeds.getrandbits(64),
            alpha=alpha,
            delta=delta,
            budget_s=budget_s,
            calibration=plan,
        )


def _bench(
    open_pair: OpenPair,
    cases: Sequence[TimingCase],
    seed: int,
    alpha: float,
    delta: float,
    budget_s: float,
    clock: str,
    agree: Agree,
) -> Bench:
    return Bench(open_pair, tuple(cases), random.Random(seed), alpha, delta, budget_s, clock, agree)


def _screened_out(bench: Bench, plan: Calibration, screened: Contest) -> Measurement:
    """The answer to an edit that did not get past the screening."""
    speedup = screened.speedup("screen", bench.alpha / 2, 1 - bench.alpha)
    return _answer(bench, plan, screened, speedup=speedup)


def _confirmed(
    bench: Bench,
    plan: Calibration,
    candidates_tried: int,
    allow_slower_cases: bool,
    meter: EnergyMeter | None,
) -> Measurement:
    """Both kinds of calls on fresh rounds, then each case, then energy."""
    # Two-sided, and shared among the candidates, of which the luckiest was chosen.
    alpha = bench.alpha / (2 * candidates_tried)
    first, repeat = first_phase(plan, bench.cases, bench.delta), repeat_phase(plan, bench.cases)
    contest = hold(bench, [first, repeat], Rule(alpha, bench.delta))
    found_first = contest.speedup("first", alpha, 1 - bench.alpha)
    found_repeat = contest.speedup("repeat", alpha, 1 - bench.alpha)
    both = [speedup for speedup in (found_first, found_repeat) if speedup is not None]
    smaller = min(both, key=lambda speedup: speedup.estimate, default=None)
    answer = replace(
        _answer(bench, plan, contest, speedup=smaller), first=found_first, repeat=found_repeat
    )
    if contest.decision is not Decision.ACCEPT or smaller is None:
        return answer
    answer = _with_cases(bench, plan, contest, answer, allow_slower_cases)
    if answer.decision != "faster":
        return answer
    energy = energy_per_sweep(bench, contest, meter or find_meter())
    return replace(answer, energy=energy, seconds=bench.seconds())


def _with_cases(
    bench: Bench,
    plan: Calibration,
    contest: Contest,
    answer: Measurement,
    allow_slower_cases: bool,
) -> Measurement:
    """The answer with each case's own speedup; a case that became slower overturns it."""
    if len(bench.cases) == 1 and answer.speedup is not None:
        only = CaseSpeedup(bench.cases[0].name, plan.call_ns[0], answer.speedup)
        return replace(answer, cases=(only,), seconds=bench.seconds())
    gained_ns = sum(plan.call_ns) * (1 - 1 / answer.speedup.low) if answer.speedup else 0.0
    by_case, found = time_cases(bench, plan, contest.clock, gained_ns)
    if by_case.interruption is not None:
        return _answer(bench, plan, by_case, speedup=answer.speedup)
    answer = replace(
        answer,
        cases=tuple(found),
        samples=(*answer.samples, *by_case.samples),
        seconds=bench.seconds(),
    )
    if allow_slower_cases:
        return answer
    if len(found) < len(bench.cases):
        return replace(answer, decision="inconclusive", reason="no time left to time each case")
    losers = [item for item in found if item.slower]
    if losers:
        return replace(answer, decision="not_faster", reason=_slower_text(losers))
    return answer


def _slower_text(losers: Sequence[CaseSpeedup]) -> str:
    worst = min(losers, key=lambda item: item.speedup.estimate)
    others = f" (and {len(losers) - 1} more)" if len(losers) > 1 else ""
    return f"{worst.case} is slower, {_text(worst.speedup)}{others}"


def _answer(
    bench: Bench, plan: Calibration, contest: Contest, *, speedup: Speedup | None
) -> Measurement:
    """The measurement as far as this contest shows it; `first` and cases are filled in later."""
    phase = "repeat" if contest.of("repeat") else "screen"
    decision, reason = _verdict(contest, speedup, bench)
    interruption = contest.interruption
    return Measurement(
        decision=decision,
        reason=reason,
        speedup=speedup,
        samples=tuple(contest.samples),
        fresh_inputs=not first_phase(plan, bench.cases, bench.delta).pristine,
        original_peak_bytes=contest.peak_bytes[0] or None,
        edit_peak_bytes=contest.peak_bytes[1] or None,
        original_threads=contest.threads[0] or None,
        edit_threads=contest.threads[1] or None,
        original_cpu_ns=contest.per_sweep(phase, "a_cpu_ns"),
        edit_cpu_ns=contest.per_sweep(phase, "b_cpu_ns"),
        original_wall_ns=contest.per_sweep(phase, "a_wall_ns"),
        edit_wall_ns=contest.per_sweep(phase, "b_wall_ns"),
        wrong=interruption.wrong if interruption else None,
        host=fingerprint(),
        seconds=bench.seconds(),
    )


def _verdict(contest: Contest, speedup: Speedup | None, bench: Bench) -> tuple[str, str]:
    if contest.interruption is not None:
        return contest.interruption.decision, contest.interruption.reason
    figure = _text(speedup) if speedup else "too few pairs for a bound"
    if contest.decision is Decision.ACCEPT:
        return "faster", figure
    if contest.decision is Decision.REJECT:
        return (
            "not_faster",
            f"{figure}: surely below {1 + bench.delta + Rule(delta=bench.delta).futility:.2f}x",
        )
    return "inconclusive", f"{figure}: not decided in {bench.seconds():.1f} s"


def _text(speedup: Speedup) -> str:
    return (
        f"{speedup.estimate:.3g}x [{speedup.low:.3g}, {speedup.high:.3g}]"
        f" at {speedup.confidence:.0%}"
    )
