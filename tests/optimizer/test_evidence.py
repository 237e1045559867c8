"""The two JSON documents: every key there, nothing lost, nothing unknown let in."""

import dataclasses
import json
from pathlib import Path

import pytest

from perfbot.optimizer.evidence import evidence_json, verdict_json
from perfbot.optimizer.evidence_schema import (
    CaseDocument,
    EnergyDocument,
    MeasurementDocument,
    SpeedupDocument,
    load_evidence,
)
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.measurement import CaseSpeedup, Energy, Measurement, Sample, Speedup
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Counterexample, Evidence, Status, Verdict

TARGET = Target(Path("/p"), "a.py", "f", "a", ".", "x", 0, 1, 1, 1, "function", False, False)
SPEEDUP = Speedup(3.0, 2.9, float("inf"), 0.99, 40, "cpu")
ACCEPTED = Trial(
    Edit("y", title="x -> y", origin="rules", notes=("a note",)),
    Verdict(
        (
            Evidence("suite", Status.SURVIVED, "12 passed", 0.5, data={"passed": 12}),
            Evidence("mutants", Status.SURVIVED, "", data={"killed": 9, "total": 10}),
        )
    ),
    Measurement(
        "faster",
        "3x",
        SPEEDUP,
        first=SPEEDUP,
        cases=(CaseSpeedup("n=10", 1200.5, SPEEDUP),),
        samples=(Sample(1, 30, 10, 31, 11, "first", 4),),
        energy=Energy(2.0, 1.0, "cpu time", "process", False),
        host={"cpu": "some"},
    ),
    Cost(seconds=4.5),
    "accepted",
    "3x faster",
)
REFUTED = Trial(
    Edit("z"),
    Verdict(
        (
            Evidence("suite", Status.UNKNOWN, "no tests"),
            Evidence(
                "fuzz",
                Status.REFUTED,
                "differs on \udc80",
                counterexample=Counterexample("f(1)", "1", "2", "value", "assert f(1) == 1"),
            ),
        )
    ),
    None,
    Cost(),
    "refuted",
    "another value",
)


def _evidence(trial: Trial = ACCEPTED, **options: object) -> dict[str, object]:
    document: dict[str, object] = dict(
        evidence_json(
            trial,
            TARGET,
            base="b" * 40,
            options={"tests": "pytest -q", **options},
            seeds={"fuzz": 7},
            sandbox="bubblewrap",
            versions={"python": "3.12.1"},
        )
    )
    return document


def test_accepted_verdict_has_every_key() -> None:
    """The object is exactly that of the documented schema."""
    assert verdict_json(ACCEPTED, seconds=5.0) == {
        "schema": "perfbot.verdict/1",
        "decision": "accepted",
        "gate": None,
        "reason": "3x faster",
        "counterexample": None,
        "gates": [
            {"name": "suite", "status": "survived", "seconds": 0.5, "detail": "12 passed"},
            {"name": "mutants", "status": "survived", "seconds": 0.0, "detail": ""},
        ],
        "oracle_strength": {"killed": 9, "total": 10},
        "speedup": {
            "estimate": 3.0,
            "low": 2.9,
            "high": None,
            "confidence": 0.99,
            "pairs": 40,
            "clock": "cpu",
        },
        "energy": {
            "original_j": 2.0,
            "edit_j": 1.0,
            "change": -0.5,
            "source": "cpu time",
            "scope": "process",
            "measured": False,
            "low": None,
            "high": None,
        },
        "seconds": 5.0,
    }


def test_refuted_verdict_names_the_gate_and_the_counterexample() -> None:
    """The gate that refuted is named, not the one before it that could not tell."""
    verdict = verdict_json(REFUTED)
    assert verdict.keys() == verdict_json(ACCEPTED).keys()
    assert (verdict["decision"], verdict["gate"]) == ("refuted", "fuzz")
    assert verdict["counterexample"] == {
        "call": "f(1)",
        "expected": "1",
        "actual": "2",
        "difference": "value",
        "snippet": "assert f(1) == 1",
    }
    assert (verdict["speedup"], verdict["energy"]) == (None, None)
    assert verdict["oracle_strength"] == {"killed": 0, "total": 0}
    json.dumps(verdict, allow_nan=False).encode()


def test_not_faster_names_measure() -> None:
    """An edit that survived every gate and gained nothing was stopped by the clock."""
    slow = dataclasses.replace(ACCEPTED, decision="not_faster", reason="1.00x")
    assert verdict_json(slow)["gate"] == "measure"


def test_evidence_loads_back_with_its_samples_and_options() -> None:
    """What is written is what is read, through real JSON."""
    written = _evidence(workload="w.py", nan=float("nan"))
    loaded = load_evidence(json.loads(json.dumps(written, allow_nan=False)))
    assert loaded.edit.id == ACCEPTED.edit.id
    assert loaded.measurement is not None
    assert loaded.measurement.samples == [("first", 1, 4, 30, 10, 31, 11)]
    assert loaded.measurement.cases[0].original_ns == 1200.5
    assert loaded.gates[0].data == {"passed": 12}
    assert loaded.options == {"tests": "pytest -q", "workload": "w.py", "nan": "nan"}
    assert loaded.seeds == {"fuzz": 7}
    assert loaded.versions["python"] == "3.12.1"
    assert loaded.host == {"cpu": "some"}
    assert loaded.model_dump(mode="json", by_alias=True) == written


def test_text_that_no_json_reader_takes_is_spelled_out() -> None:
    """A lone surrogate from a hostile candidate's message cannot break a reader."""
    text = json.dumps(_evidence(REFUTED), ensure_ascii=False)
    assert "differs on \\\\udc80" in text
    text.encode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": "perfbot.evidence/2"}, "perfbot.evidence/2"),
        ({"surprise": 1}, "surprise"),
        ({"decision": "proved"}, "decision"),
        ({"measurement": {"decision": "faster"}}, "measurement"),
    ],
)
def test_malformed_evidence_is_refused(change: dict[str, object], words: str) -> None:
    """Another schema, an unknown key, an unknown word or a missing key is named."""
    with pytest.raises(UsageError, match=words):
        load_evidence({**_evidence(), **change})


@pytest.mark.parametrize(
    ("noun", "document"),
    [
        (Measurement, MeasurementDocument),
        (Speedup, SpeedupDocument),
        (CaseSpeedup, CaseDocument),
        (Energy, EnergyDocument),
    ],
)
def test_no_figure_is_left_out(noun: type, document: type) -> None:
    """A field that is added to a measurement must be given a place in the evidence."""
    fields = {item.name for item in dataclasses.fields(noun)}
    assert fields <= set(document.model_fields)  # type: ignore[attr-defined]


def test_every_field_of_a_sample_is_a_column() -> None:
    """Samples are rows without names, so their number of columns is pinned."""
    measurement = _evidence()["measurement"]
    assert isinstance(measurement, dict)
    assert len(measurement["samples"][0]) == len(dataclasses.fields(Sample))
