"""What is timed: the workload's cases, each with variants that no process has seen."""

import random
from dataclasses import dataclass, replace

from perfbot.sandbox.baseline import CASE_CPU_S, Baseline
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.exploration import arguments_of, inputs_of
from perfbot.sandbox.inputs.alike import variants
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.rounds import Agree
from perfbot.sandbox.timing import TimingCase

MOST_CASES, SLOWEST = 12, 6
"""So many cases are timed, among them so many of the slowest: most of the workload's time is
theirs, and an edit's gain must not depend on which of them are left out."""
FRESH_S = 0.026
"""Calls of a case that one process makes in a round: 13 batches of 2 ms (`calibrate`). So much of
the original's time in variants, and no process sees an input twice."""
MOST_VARIANTS, LEAST_VARIANTS = 512, 28
VARIANTS_BYTES = 8 << 20
VARIANTS_S = 2.0
"""Seconds of the original's time that the variants of one case may cost, under both hash seeds."""
SWEEP_S = 0.6
"""One call of each timed case takes the original at most about this long, where there is a choice:
a bound needs eleven pairs of sweeps and more. Slower cases are compared, but not timed."""
COMPARABLE_S = 4.0
"""A variant may take this many times the case's own time, or a fourth of it."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The cases to time, small to large."""

    cases: tuple[TimingCase, ...]
    random: bool
    """A timed call draws random numbers: each call is then seeded as in the gates."""
    sweep_s: float = 0.0
    """Seconds that one call of each case takes the original."""


def timing_of(baseline: Baseline) -> Timing:
    """What to time: the workload's cases, else captured calls, else generated inputs."""
    if baseline.timing is None:
        draw = random.Random(baseline.settings.seed)
        cases, seeded, sweep_s = [], False, 0.0
        for name, expected in chosen(baseline):
            sweep_s += expected.seconds
            inputs, outcomes = with_variants(baseline, expected, draw.getrandbits(32))
            cases.append(TimingCase(name, tuple(inputs), tuple(outcomes)))
            seeded = seeded or "rng" in decode(expected.outcomes[0].effects)
        baseline.timing = Timing(tuple(cases), seeded, sweep_s)
        baseline.worth_keeping = True
    return baseline.timing


def chosen(baseline: Baseline) -> list[tuple[str, Expected]]:
    """The inputs to time: of more than `MOST_CASES` the slowest, and of the others some evenly
    spaced by the original's time."""
    named = [(name, item) for name, item in baseline.replayed() if timeable(item)]
    cases = [pair for pair in named if pair[0].startswith("case")]
    pool = cases or named or [("generated", item) for item in baseline.corpus if timeable(item)]
    pool = within_sweep(sorted(pool, key=lambda pair: pair[1].seconds))
    if len(pool) <= MOST_CASES:
        return pool
    others, wanted = pool[:-SLOWEST], MOST_CASES - SLOWEST
    step = (len(others) - 1) / (wanted - 1)
    return [*(others[round(index * step)] for index in range(wanted)), *pool[-SLOWEST:]]


def within_sweep(pool: list[tuple[str, Expected]]) -> list[tuple[str, Expected]]:
    """The quickest of `pool` (sorted) that fit in a sweep, and one more if they take next to
    nothing: the workload's weight is then in the slow ones."""
    spent = 0.0
    kept: list[tuple[str, Expected]] = []
    for pair in pool:
        if kept and spent + pair[1].seconds > SWEEP_S and spent > SWEEP_S / 20:
            break
        kept.append(pair)
        spent += pair[1].seconds
    return kept


def timeable(expected: Expected) -> bool:
    """Whether a timed call's answer can be compared: without order only if it is sent whole."""
    outcome = expected.outcomes[0]
    if expected.unordered and outcome.parts() is None:
        return False
    return outcome.status == "return" or outcome.explicit


def with_variants(
    baseline: Baseline, expected: Expected, seed: int
) -> tuple[list[bytes], list[bytes]]:
    """The case itself and inputs like it, with what the original answers to each."""
    inputs, outcomes = [expected.inputs], [expected.outcomes[0].timed_form()]
    status = expected.outcomes[0].status
    wanted = min(
        max(LEAST_VARIANTS, int(FRESH_S / max(expected.seconds, 1e-6))),
        MOST_VARIANTS,
        max(3, VARIANTS_BYTES // max(len(expected.inputs), 1)),
        max(2, int(VARIANTS_S / (2 * max(expected.seconds, 1e-6)))),
    )
    try:
        made = variants(
            baseline.signature, baseline.observed(), arguments_of(expected.inputs), wanted, seed
        )[1:]
    except (WireError, ValueError):
        return inputs, outcomes  # arguments that only the sandbox can read
    for arguments in made:
        data = inputs_of(arguments)
        found = baseline.oracle.ask(data, cpu_s=CASE_CPU_S)
        if found.discarded or not timeable(found) or found.outcomes[0].status != status:
            continue
        slow, fast = COMPARABLE_S * expected.seconds, expected.seconds / COMPARABLE_S
        if expected.seconds > 1e-3 and not fast <= found.seconds <= slow:
            continue
        if data not in inputs:
            inputs.append(data)
            outcomes.append(found.outcomes[0].timed_form())
    return inputs, outcomes


def agreement(baseline: Baseline) -> Agree:
    """How timed answers are compared: byte for byte; else as the workload's `equivalent` says, and
    without order where the original's depends on the hash seed."""
    workload = baseline.workload
    has_equivalent = workload is not None and "equivalent" in workload.has

    def agree(inputs: bytes, expected: bytes, actual: bytes) -> bool:
        if expected == actual:
            return True
        if not (expected.startswith(b"return") and actual.startswith(b"return")):
            return False
        # Of a kept baseline's variants the oracle has no more than the answer's bytes.
        known = baseline.oracle.ask(inputs, cpu_s=CASE_CPU_S)
        if known.discarded:
            return False
        # Timed calls tell no side effects: what is left to compare is the body.
        told = replace(known.outcomes[0], body=actual.removeprefix(b"return"))
        equivalent = workload.equivalent if workload is not None and has_equivalent else None
        return baseline.oracle.judge(known, told, equivalent=equivalent) is None

    return agree
