"""The whole judgement of one edit, in one function: `verify`.

Gates run from cheap to dear and stop at the first that does not let the edit through. What is
the same for every edit of a target is in the Baseline, found out once.
"""

import time
from dataclasses import replace

from perfbot.sandbox import counterexamples
from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.language import Gate, language_of
from perfbot.sandbox.measure import measure
from perfbot.sandbox.measurement import Measurement
from perfbot.sandbox.timing import pair_opener
from perfbot.sandbox.timing_cases import agreement, timing_of
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict
from perfbot.sandbox.worker import ChildFailedError

PAIRS = 80
"""Pairs that a slow target's budget must have room for, whatever `measure_budget_s` says."""
DECISIONS = {Status.REFUTED: "refuted", Status.UNKNOWN: "unknown", Status.SURVIVED: "survived"}


def verify(baseline: Baseline, edit: Edit) -> Trial:
    """Judge `edit` by every gate, and time it if it survives them."""
    return timed(baseline, judge(baseline, edit))


def judge(baseline: Baseline, edit: Edit) -> Trial:
    """Judge `edit` by every gate but the clock; `decision` is survived, refuted or unknown."""
    started = time.monotonic()
    candidate = Candidate(baseline, edit)
    evidence: list[Evidence] = []
    try:
        for gate in language_of(baseline.target).gates(baseline.settings):
            evidence.append(run_gate(gate, candidate))
            if evidence[-1].status < Status.SURVIVED:
                break
    finally:
        candidate.close()
    if candidate.refuting is not None:
        counterexamples.remember(baseline.target, candidate.refuting)
    verdict = Verdict(tuple(evidence))
    decisive = verdict.decisive
    return Trial(
        edit=edit,
        verdict=verdict,
        measurement=None,
        cost=Cost(seconds=time.monotonic() - started),
        decision="not_faster" if same_code(decisive) else DECISIONS[verdict.status],
        reason="survived every gate" if decisive is None else decisive.detail,
    )


def same_code(decisive: Evidence | None) -> bool:
    return decisive is not None and decisive.gate == "dedup"


def timed(baseline: Baseline, trial: Trial, *, candidates_tried: int = 1) -> Trial:
    """Time an edit that survived the gates; `decision` becomes accepted, not_faster or refuted."""
    if trial.decision != "survived":
        return trial
    started = time.monotonic()
    settings = baseline.settings
    timing = timing_of(baseline)
    shared_imports = language_of(baseline.target).shared_imports
    if not timing.cases:
        return decided(
            trial, Measurement("inconclusive", "no case of the target can be timed", None), 0.0
        )
    open_pair = pair_opener(
        baseline.project,
        baseline.target,
        (baseline.target.file_source, trial.edit.file_source),
        imports=(*baseline.imports, *shared_imports(trial.edit.file_source)),
        reseed=timing.random,
    )
    measurement = measure(
        open_pair,
        timing.cases,
        seed=settings.seed,
        alpha=settings.alpha,
        delta=settings.delta,
        candidates_tried=candidates_tried,
        budget_s=max(settings.measure_budget_s, PAIRS * timing.sweep_s),
        allow_slower_cases=settings.allow_slower_cases,
        clock=settings.clock,
        agree=agreement(baseline),
    )
    seconds = time.monotonic() - started
    return decided(trial, measurement, seconds)


def decided(trial: Trial, measurement: Measurement, seconds: float) -> Trial:
    """The trial with what its timing showed."""
    status, decision = {
        "faster": (Status.SURVIVED, "accepted"),
        "refuted": (Status.REFUTED, "refuted"),
    }.get(measurement.decision, (Status.UNKNOWN, "not_faster"))
    evidence = Evidence("measure", status, measurement.reason, seconds)
    return replace(
        trial,
        verdict=Verdict((*trial.verdict.evidence, evidence)),
        measurement=measurement,
        cost=replace(trial.cost, seconds=trial.cost.seconds + seconds),
        decision=decision,
        reason=measurement.reason,
    )


def run_gate(gate: Gate, candidate: Candidate) -> Evidence:
    """One gate's evidence, with the time it took. A broken sandbox is UNKNOWN, never a pass."""
    started = time.monotonic()
    try:
        found = gate(candidate)
    except ChildFailedError as error:
        name = gate.__module__.rsplit(".", 1)[-1]
        found = Evidence(name, Status.UNKNOWN, f"the sandbox failed: {error}")
    return replace(found, seconds=time.monotonic() - started)
