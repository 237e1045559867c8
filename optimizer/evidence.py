"""Writes what perfbot found as JSON: a verdict for programs, and evidence for the record."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pydantic import JsonValue

import perfbot
from perfbot.optimizer.evidence_schema import (
    CaseDocument,
    CounterexampleDocument,
    Decision,
    EditDocument,
    EnergyDocument,
    EvidenceDocument,
    GateDocument,
    GateRecord,
    InstructionsDocument,
    MeasurementDocument,
    ModelDocument,
    SampleRow,
    SpeedupDocument,
    StatusName,
    StrengthDocument,
    TargetDocument,
    VerdictDocument,
    WrongAnswerDocument,
)
from perfbot.sandbox.measurement import (
    CaseSpeedup,
    Energy,
    Instructions,
    Measurement,
    Sample,
    Speedup,
    WrongAnswer,
)
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Counterexample, Evidence


def verdict_json(trial: Trial, *, seconds: float | None = None) -> dict[str, JsonValue]:
    """The `perfbot.verdict/1` object of a trial; `seconds` is the whole command's time."""
    decisive = None if trial.decision == "accepted" else trial.verdict.decisive
    measured = trial.measurement
    gate = decisive.gate if decisive else None
    if gate is None and trial.decision != "accepted" and measured is not None:
        gate = "measure"
    document = VerdictDocument(
        schema="perfbot.verdict/1",
        decision=_decision(trial),
        gate=gate,
        reason=_clean(trial.reason),
        counterexample=_counterexample(decisive.counterexample if decisive else None),
        gates=[_gate(item) for item in trial.verdict.evidence],
        oracle_strength=_strength(trial.verdict.evidence),
        speedup=_speedup(measured.speedup if measured else None),
        energy=_energy(measured.energy if measured else None),
        instructions=_instructions(measured.instructions if measured else None),
        seconds=trial.cost.seconds if seconds is None else seconds,
    )
    # Only where there is something to count: the format's other keys are always there.
    left_out = {"instructions"} if document.instructions is None else set()
    return document.model_dump(mode="json", by_alias=True, exclude=left_out)


def evidence_json(
    trial: Trial,
    target: Target,
    *,
    base: str,
    options: Mapping[str, object],
    seeds: Mapping[str, int],
    sandbox: str | Mapping[str, str],
    versions: Mapping[str, str],
    host: Mapping[str, str] | None = None,
    models: Sequence[ModelDocument] = (),
) -> dict[str, JsonValue]:
    """The `perfbot.evidence/1` object of a trial of `target` as it is in the commit `base`.

    `options` are those that `perfbot verify COMMIT` needs to judge the same edit again;
    `sandbox` is what isolated the trial, as `describe` tells it; `versions` those
    of Python, the gates and the tools; `models` wrote the edit, if any did.
    """
    measured = trial.measurement
    document = EvidenceDocument(
        schema="perfbot.evidence/1",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={"perfbot": perfbot.__version__, **versions},
        base=base,
        target=TargetDocument(
            path=target.path,
            qualname=target.qualname,
            module=target.module,
            language=target.language,
        ),
        edit=EditDocument(
            id=trial.edit.id,
            title=_clean(trial.edit.title),
            origin=trial.edit.origin,
            parent=trial.edit.parent,
            notes=[_clean(note) for note in trial.edit.notes],
            models=list(models),
        ),
        decision=_decision(trial),
        reason=_clean(trial.reason),
        gates=[_gate_record(item) for item in trial.verdict.evidence],
        oracle_strength=_strength(trial.verdict.evidence),
        measurement=_measurement(measured) if measured else None,
        options=_plain_map(options),
        seeds=dict(seeds),
        sandbox=sandbox if isinstance(sandbox, str) else dict(sandbox),
        host=dict(host if host is not None else measured.host if measured else {}),
        seconds=trial.cost.seconds,
    )
    return document.model_dump(mode="json", by_alias=True)


def _decision(trial: Trial) -> Decision:
    match trial.decision:
        case "accepted" | "refuted" | "unknown" | "not_faster":
            return trial.decision
    raise ValueError(f"a trial has no decision {trial.decision!r}")


def _gate(item: Evidence) -> GateDocument:
    return GateDocument(
        name=item.gate,
        status=_status_name(item),
        seconds=round(item.seconds, 6),
        detail=_clean(item.detail),
    )


def _gate_record(item: Evidence) -> GateRecord:
    return GateRecord(
        **dict(_gate(item)),
        counterexample=_counterexample(item.counterexample),
        data=_plain_map(item.data),
    )


def _status_name(item: Evidence) -> StatusName:
    names: tuple[StatusName, ...] = ("refuted", "unknown", "survived")
    return names[item.status]


def _counterexample(found: Counterexample | None) -> CounterexampleDocument | None:
    if found is None:
        return None
    return CounterexampleDocument(
        call=_clean(found.call),
        expected=_clean(found.expected),
        actual=_clean(found.actual),
        difference=_clean(found.difference),
        snippet=_clean(found.snippet),
    )


def _strength(evidence: tuple[Evidence, ...]) -> StrengthDocument:
    for item in evidence:
        killed, total = item.data.get("killed"), item.data.get("total")
        if item.gate == "mutants" and isinstance(killed, int) and isinstance(total, int):
            return StrengthDocument(killed=killed, total=total)
    return StrengthDocument(killed=0, total=0)


def _speedup(found: Speedup | None) -> SpeedupDocument | None:
    if found is None or not math.isfinite(found.estimate):
        return None
    return SpeedupDocument(
        estimate=found.estimate,
        low=found.low if math.isfinite(found.low) else 0.0,  # the least a ratio of times can be
        high=found.high if math.isfinite(found.high) else None,
        confidence=found.confidence,
        pairs=found.pairs,
        clock=found.clock,
    )


def _energy(found: Energy | None) -> EnergyDocument | None:
    if found is None:
        return None
    return EnergyDocument(
        original_j=found.original_j,
        edit_j=found.edit_j,
        change=found.edit_j / found.original_j - 1 if found.original_j else None,
        source=found.source,
        scope=found.scope,
        measured=found.measured,
        low=found.low,
        high=found.high,
    )


def _instructions(found: Instructions | None) -> InstructionsDocument | None:
    if found is None:
        return None
    return InstructionsDocument(
        original=found.original,
        edit=found.edit,
        share=found.share,
        cases=found.cases,
        tool=found.tool,
        skipped=_clean(found.skipped),
    )


def _measurement(found: Measurement) -> MeasurementDocument:
    return MeasurementDocument(
        decision=found.decision,
        reason=_clean(found.reason),
        speedup=_speedup(found.speedup),
        first=_speedup(found.first),
        repeat=_speedup(found.repeat),
        cases=[_case(case) for case in found.cases],
        samples=[_row(sample) for sample in found.samples],
        fresh_inputs=found.fresh_inputs,
        energy=_energy(found.energy),
        original_peak_bytes=found.original_peak_bytes,
        edit_peak_bytes=found.edit_peak_bytes,
        original_threads=found.original_threads,
        edit_threads=found.edit_threads,
        original_cpu_ns=found.original_cpu_ns,
        edit_cpu_ns=found.edit_cpu_ns,
        original_wall_ns=found.original_wall_ns,
        edit_wall_ns=found.edit_wall_ns,
        wrong=_wrong(found.wrong),
        host=dict(found.host),
        seconds=found.seconds,
        instructions=_instructions(found.instructions),
    )


def _case(found: CaseSpeedup) -> CaseDocument:
    return CaseDocument(
        case=_clean(found.case),
        original_ns=found.original_ns,
        speedup=_speedup(found.speedup),
        slower=found.slower,
    )


def _wrong(found: WrongAnswer | None) -> WrongAnswerDocument | None:
    if found is None:
        return None
    return WrongAnswerDocument(
        case=_clean(found.case),
        variant=found.variant,
        expected=found.expected.hex(),
        actual=found.actual.hex(),
    )


def _row(sample: Sample) -> SampleRow:
    return (
        _clean(sample.phase),
        sample.round,
        sample.sweeps,
        sample.a_cpu_ns,
        sample.b_cpu_ns,
        sample.a_wall_ns,
        sample.b_wall_ns,
    )


def _plain_map(data: Mapping[str, object]) -> dict[str, JsonValue]:
    return {_clean(str(key)): _plain(value) for key, value in data.items()}


def _plain(value: object) -> JsonValue:
    """JSON for a gate's figure; what JSON cannot say (NaN, a path) goes as its text."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping():
            return {_clean(str(key)): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case set() | frozenset():
            return [_plain(item) for item in sorted(value, key=str)]
    return _clean(str(value))


def _clean(text: str) -> str:
    """The text with lone surrogates spelled out, so that every JSON reader takes it."""
    return text.encode("utf-8", "backslashreplace").decode()
