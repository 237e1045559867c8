"""Instruction counts: exact, of the function or program alone, and skipped with a reason."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.optimizer.commit_message import commit_message
from perfbot.optimizer.evidence import evidence_json, verdict_json
from perfbot.optimizer.evidence_schema import load_evidence
from perfbot.optimizer.report import instructions_text
from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.cpp import callgrind
from perfbot.sandbox.cpp.callgrind import count_in, counted
from perfbot.sandbox.cpp.inside import Ran
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.instructions import with_instructions
from perfbot.sandbox.isolate.process import Ended
from perfbot.sandbox.languages.cpp import locate
from perfbot.sandbox.languages.cpp_program import program_target
from perfbot.sandbox.measurement import Instructions, Measurement
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Verdict
from perfbot.sandbox.workload import read_workload

needs_valgrind = pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is missing")
FUNCTION = """\
int work(unsigned short n) {
    volatile int sum = 0;
    for (int i = 0; i < n; i++) sum = sum + i;
    return n;
}
"""
PROGRAM = """\
#include <cstdio>
int main() {
    int n;
    if (std::scanf("%d", &n) != 1) return 0;
    volatile int sum = 0;
    for (int i = 0; i < n; i++) sum = sum + 1;
    std::printf("%d", n);
}
"""


def opened(folder: Path, *, program: bool) -> Baseline:
    """The function or the program, ready to be judged on."""
    (folder / "unit.cpp").write_text(PROGRAM if program else FUNCTION)
    values = '("60000\\n",), ("9\\n",)' if program else "(60000,), (9,)"
    (folder / "workload.txt").write_text(f"def cases():\n    yield from [{values}]\n")
    path = "unit.cpp"
    target = program_target(folder, path) if program else locate(folder, path, "work")
    settings = Settings(examples=5, mutants=2)
    project = Project(folder, Path(sys.executable))
    return prepare(project, target, settings, read_workload(folder / "workload.txt"))


@needs_valgrind
@pytest.mark.parametrize("program", [False, True])
def test_half_the_work_is_half_the_instructions(tmp_path: Path, program: bool) -> None:
    """An edit that goes half as far has half the count, the original against itself the same."""
    baseline = opened(tmp_path, program=program)
    try:
        own = baseline.target.file_source
        same = counted(baseline, own)
        half = counted(baseline, own.replace("i < n", "i < n / 2"))
    finally:
        baseline.close()
    assert same.original == same.edit == half.original
    assert same.cases == 2 and same.skipped == ""
    assert half.share is not None and 0.45 < half.share < 0.55


def test_without_valgrind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without it gives no count, and the reason."""
    baseline = opened(tmp_path, program=False)
    monkeypatch.setattr(callgrind, "PATH", str(tmp_path))
    try:
        found = counted(baseline, FUNCTION)
    finally:
        baseline.close()
    assert found.share is None
    assert instructions_text(found) == "not counted: valgrind is not installed"


@pytest.mark.parametrize(
    ("ended", "status", "report", "found"),
    [
        (Ended.EXITED, 0, "==1== Collected : 20\n==2== Collected : 22\n", 42),
        (Ended.TIMEOUT, 0, "", "callgrind takes more than 60 s"),
        (Ended.EXITED, 132, "vex amd64->IR: unhandled instruction bytes: 0x62 0xF1", "not know"),
        (Ended.EXITED, 1, "==1== Collected : 5\n", "callgrind fails"),
        (Ended.EXITED, 0, "==1== nothing\n", "callgrind fails"),
    ],
)
def test_how_a_count_ends(ended: Ended, status: int, report: str, found: int | str) -> None:
    """The processes of a run are added up; what went wrong is said."""
    told = count_in(Ran(ended, status, "", (report.encode(),), 1.0))
    assert told == found if isinstance(found, int) else found in str(told)


def trial(decision: str, counts: Instructions | None = None) -> Trial:
    """A timed trial."""
    measured = Measurement("faster", "2x", None, instructions=counts)
    return Trial(Edit(FUNCTION), Verdict(()), measured, Cost(), decision, "2x")


@pytest.mark.parametrize("decision", ["refuted", "unknown", "not_faster"])
def test_only_accepted_edits_are_counted(tmp_path: Path, decision: str) -> None:
    """Nothing is run for an edit that is not accepted."""
    baseline = opened(tmp_path, program=False)
    try:
        given = trial(decision)
        assert with_instructions(baseline, given) is given
    finally:
        baseline.close()


def test_counts_in_evidence_and_message(tmp_path: Path) -> None:
    """The figure is in both documents and in the commit's trailers; without one nothing is."""
    (tmp_path / "unit.cpp").write_text(FUNCTION)
    target = locate(tmp_path, "unit.cpp", "work")
    told = {}
    for name, counts in (
        ("counted", Instructions(200, 104, 3, "callgrind")),
        ("skipped", Instructions(None, None, 0, "callgrind", "valgrind is not installed")),
    ):
        judged = replace(trial("accepted", counts), edit=Edit(FUNCTION, title="less"))
        document = evidence_json(
            judged, target, base="0" * 40, options={}, seeds={}, sandbox="bwrap", versions={}
        )
        evidence = load_evidence(document)
        assert evidence.measurement is not None and evidence.measurement.instructions is not None
        assert verdict_json(judged)["instructions"] == document["measurement"]["instructions"]  # type: ignore[index,call-overload]
        told[name] = commit_message(evidence, "f" * 64)
    assert "Perfbot-Instructions: 0.52x (callgrind)\n" in told["counted"]
    assert "Perfbot-Instructions" not in told["skipped"]
