"""The whole judgement of one edit, in one function: `verify`.

Gates run from cheap to dear and stop at the first that does not let the edit through. What is
the same for every edit of a target is in the Baseline, found out once.
"""

import time
from collections.abc import Callable, Sequence
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
"""Pairs that a slow target's budget must have room for, whatever `measure_budget_s` says. A gain
that is not clear takes 39 at least: three rounds to screen, as many of either kind to confirm."""
NEW_CODE = ("dedup", Status.SURVIVED)
DECISIONS = {Status.REFUTED: "refuted", Status.UNKNOWN: "unknown", Status.SURVIVED: "survived"}


def verify(baseline: Baseline, edit: Edit) -> Trial:
    """Judge `edit` by every gate, and time it if it survives them."""
    return timed(baseline, judge(baseline, edit))


def judge(
    baseline: Baseline,
    edit: Edit,
    *,
    earlier: Gate | None = None,
    more: Sequence[Gate] = (),
    refuted: Callable[[Candidate, Evidence], None] | None = None,
) -> Trial:
    """Judge `edit` by every gate but the clock; `decision` is survived, refuted or unknown.

    `earlier` says what is known of the same code from before; it joins the gate `dedup`, and can
    only refuse. `more` are gates after the language's own. `refuted` hears of a counterexample.
    """
    started = time.monotonic()
    candidate = Candidate(baseline, edit)
    evidence: list[Evidence] = []
    try:
        for gate in (*language_of(baseline.target).gates(baseline.settings), *more):
            evidence.append(run_gate(gate, candidate))
            if earlier is not None and (evidence[-1].gate, evidence[-1].status) == NEW_CODE:
                both = evidence[-1], run_gate(earlier, candidate)
                evidence[-1] = min(both, key=lambda item: item.status)
            if evidence[-1].status < Status.SURVIVED:
                break
        if refuted is not None and evidence[-1].counterexample is not None:
            refuted(candidate, evidence[-1])
    finally:
        candidate.close()
    if candidate.refuting is not None and evidence[-1].status is Status.REFUTED:
        counterexamples.remember(baseline.target, candidate.refuting)
    verdict = Verdict(tuple(evidence))
    decisive = verdict.decisive
    return Trial(
        edit=edit,
        verdict=verdict,
        measurement=None,
        cost=Cost(seconds=time.monotonic() - started),
        decision=decision_of(verdict),
        reason="survived every gate" if decisive is None else decisive.detail,
    )


def decision_of(verdict: Verdict) -> str:
    """The gates' decision: the same code as the original's is not faster; as an edit's, as that."""
    decisive = verdict.decisive
    if decisive is None or decisive.gate != "dedup" or decisive.status is Status.REFUTED:
        return DECISIONS[verdict.status]
    return "unknown" if decisive.data.get("decision") == "unknown" else "not_faster"


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
        budget_s=max(settings.measure_budget_s, PAIRS * 2 * timing.sweep_s),
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
        data = {"sandbox_failed": True}
        found = Evidence(name, Status.UNKNOWN, f"the sandbox failed: {error}", data=data)
    return replace(found, seconds=time.monotonic() - started)
