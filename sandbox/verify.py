"""The whole judgement of one edit, in one function: `verify`.

Gates run from cheap to dear and stop at the first that does not let the edit through. What is
the same for every edit of a target is in the Baseline, found out once.
"""

import ast
import time
from collections.abc import Callable
from dataclasses import replace

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.candidate import Candidate, standard_imports
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import (
    build,
    coverage,
    fuzz,
    mutants,
    policy,
    repeat,
    replay,
    scope,
    suite,
    symbolic,
)
from perfbot.sandbox.measure import measure
from perfbot.sandbox.measurement import Measurement
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.timing import pair_opener
from perfbot.sandbox.timing_cases import agreement, timing_of
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict
from perfbot.sandbox.worker import ChildFailedError

Gate = Callable[[Candidate], Evidence]
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
        for gate in gates_of(baseline.settings):
            evidence.append(run_gate(gate, candidate))
            if evidence[-1].status < Status.SURVIVED:
                break
    finally:
        candidate.close()
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


def gates_of(settings: Settings) -> tuple[Gate, ...]:
    """The gates in their order; the optional ones where they were asked for."""
    return (*GATES, symbolic.check) if settings.symbolic_s > 0 else GATES


def same_code(decisive: Evidence | None) -> bool:
    return decisive is not None and decisive.gate == "dedup"


def timed(baseline: Baseline, trial: Trial, *, candidates_tried: int = 1) -> Trial:
    """Time an edit that survived the gates; `decision` becomes accepted, not_faster or refuted."""
    if trial.decision != "survived":
        return trial
    started = time.monotonic()
    settings = baseline.settings
    timing = timing_of(baseline)
    if not timing.cases:
        return decided(
            trial, Measurement("inconclusive", "no case of the target can be timed", None), 0.0
        )
    open_pair = pair_opener(
        baseline.project,
        baseline.target,
        (baseline.target.file_source, trial.edit.file_source),
        imports=(*baseline.imports, *standard_imports(trial.edit.file_source)),
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


def check_scope(candidate: Candidate) -> Evidence:
    """Gate `scope`: nothing but the target changed."""
    return scope.check(candidate.baseline.target, candidate.edit)


def check_policy(candidate: Candidate) -> Evidence:
    """Gate `policy`: the edit holds nothing that no honest speedup needs."""
    allow = candidate.baseline.settings.allow
    return policy.check(candidate.baseline.target, candidate.edit, allow=allow)


def check_dedup(candidate: Candidate) -> Evidence:
    """Gate `dedup`: the edit is other code than the original, layout and comments apart."""
    before, after = candidate.baseline.target.file_source, candidate.edit.file_source
    if ast.dump(ast.parse(before)) == ast.dump(ast.parse(after)):
        return Evidence("dedup", Status.UNKNOWN, "the same code as the original, layout apart")
    return Evidence("dedup", Status.SURVIVED, "other code than the original")


GATES: tuple[Gate, ...] = (
    check_scope,
    check_policy,
    check_dedup,
    build.check,
    replay.check,
    suite.check,
    fuzz.check,
    repeat.check,
    coverage.check,
    mutants.check,
)
