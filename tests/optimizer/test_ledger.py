"""The ledger: nothing lost, nothing changed, one process at a time, and plain words on failure."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.agents.calls import Call, Message, Usage
from perfbot.agents.proposal import Proposal
from perfbot.optimizer.ledger import Ledger, list_runs, new_run, open_run
from perfbot.optimizer.plain import from_plain, to_plain
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import MachineError, UsageError
from perfbot.sandbox.measurement import (
    CaseSpeedup,
    Energy,
    Measurement,
    Sample,
    Speedup,
    WrongAnswer,
)
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Counterexample, Evidence, Status, Verdict

FULL = Trial(
    Edit("x = 'ü\\n'\n", "title", "rules", "p" * 64, ("kept a docstring",)),
    Verdict(
        (
            Evidence("scope", Status.SURVIVED, "fine", 0.1, None, {"n": 1, "list": [1, None]}),
            Evidence(
                "fuzz",
                Status.REFUTED,
                "lone \udc80",
                0.2,
                Counterexample("f(1)", "1", "2", "value", "assert f(1) == 1"),
            ),
        )
    ),
    Measurement(
        "faster",
        "reason",
        Speedup(2.0, 1.5, float("inf"), 0.99, 10, "wall"),
        cases=(CaseSpeedup("c", 1.5, Speedup(2.0, 1.5, 2.5, 0.99, 10, "cpu"), slower=True),),
        samples=(Sample(1, 2, 3, 4, 5, "case:c", 6), Sample(2, 2, 3, 4, 5)),
        energy=Energy(1.0, 0.5, "s", "package", True, 1.9, 2.1),
        original_peak_bytes=5,
        wrong=WrongAnswer("c", 2, b"\x00\xff", b""),
        host={"cpu": "some"},
        seconds=1.0,
    ),
    Cost(1.5, 100, None),
    "accepted",
    "because",
)


def _trial(text: str, usd: float | None = 0.0) -> Trial:
    verdict = Verdict((Evidence("scope", Status.SURVIVED, ""),))
    return Trial(Edit(text), verdict, None, Cost(usd=usd), "unknown", "")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def run(tmp_path: Path) -> Ledger:
    """A new run."""
    target = Target(tmp_path, "a.py", "f", "a", ".", "x", 0, 1, 1, 1, "function", False, False)
    return new_run(target, base="b" * 40, options={"seed": 7, "tests": None})


def test_a_trial_is_kept_whole(run: Ledger) -> None:
    """Every field of every noun comes back as it was, in another process's reading too."""
    run.record_judged(FULL)
    run.record_measured(FULL)
    again = open_run(run.folder.name)
    assert again.measured(FULL.edit.id) == FULL
    assert again.trials() == [FULL]
    assert again.edit(FULL.edit.id) == FULL.edit
    assert from_plain(Trial, json.loads(json.dumps(to_plain(FULL)))) == FULL


def test_objects_in_a_gates_figures_are_refused(run: Ledger) -> None:
    """What cannot be read back is not written."""
    verdict = Verdict((Evidence("g", Status.SURVIVED, "", data={"x": object()}),))
    with pytest.raises(TypeError, match="not plain data"):
        run.record_judged(Trial(Edit("e"), verdict, None, Cost(), "unknown", ""))
    assert run.count() == 0


def test_facts_are_added_and_never_changed(run: Ledger) -> None:
    """A second record of the same edit and stage is ignored; the measured one is the latest."""
    first = _trial("a")
    run.record_judged(first)
    run.record_judged(Trial(first.edit, first.verdict, None, Cost(), "refuted", "again"))
    assert run.judged(first.edit.id) == first
    assert run.measured(first.edit.id) is None
    run.record_judged(_trial("b"))
    later = Trial(first.edit, first.verdict, FULL.measurement, Cost(), "accepted", "measured")
    run.record_measured(later)
    assert run.trials() == [later, _trial("b")]
    assert run.count() == 2


def test_answers_come_back_with_their_edits(run: Ledger) -> None:
    """A request answered with nothing is answered; an unknown one is None."""
    edit = Edit("a", "t", "rules", "parent")
    run.record_proposals("key", [Proposal(edit, "rule", "why")])
    run.record_proposals("empty", [])
    assert run.proposals("key") == [Proposal(edit, "rule", "why")]
    assert run.proposals("empty") == []
    assert run.proposals("other") is None
    assert run.proposal_of(edit.id) == Proposal(edit, "rule", "why")
    assert run.proposal_of("x") is None


def test_calls_are_charged_once(run: Ledger) -> None:
    """A call costs what was set aside until it has ended, then what it took; never both."""
    sent = Call("k", 1, "m", (Message("user", "ü"),), Usage(100, 900), 1.0)
    run.record_call(sent)
    run.record_call(sent)
    assert (run.tokens(), run.usd()) == (1000, 1.0)
    answered = replace(sent, state="answered", reply="r", usage=Usage(90, 10), usd=0.25)
    run.record_call(answered)
    run.record_call(replace(answered, reply="another"))
    assert (run.tokens(), run.usd()) == (100, 0.25)
    assert run.calls("k") == run.calls() == [answered]
    assert run.calls("other") == []
    refused = replace(sent, attempt=2, state="failed", fault="auth")
    lost = replace(sent, key="l", state="failed", fault="timeout")
    unpriced = replace(answered, key="u", usd=None)
    for call in (refused, lost, unpriced):
        run.record_call(call)
    assert (run.tokens(), run.usd()) == (100 + 0 + 1000 + 100, 0.25 + 0 + 1.0)
    run.record_judged(_trial("a", usd=0.5))
    run.record_measured(_trial("a", usd=0.75))
    assert run.usd() == 2.0


def test_run_is_private_and_listed(run: Ledger) -> None:
    """Only the user may read a run; it is listed with its target, options and state."""
    run.add(Edit("secret"))
    assert stat.S_IMODE(run.folder.stat().st_mode) == 0o700
    for file in run.folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    run.set_state("accepted")
    (info,) = list_runs()
    assert (info.id, info.path, info.qualname, info.state) == (
        run.folder.name,
        "a.py",
        "f",
        "accepted",
    )
    assert info.options == {"seed": 7, "tests": None}
    with pytest.raises(ValueError, match="is not one of"):
        run.set_state("done")


def test_one_process_at_a_time_works_on_a_run(run: Ledger) -> None:
    """A run that goes on can be read but not resumed; once let go, it can."""
    open_run(run.folder.name).close()
    with pytest.raises(UsageError, match="still going on"):
        open_run(run.folder.name, resume=True)
    run.close()
    open_run(run.folder.name, resume=True).close()


def test_unknown_runs_and_formats_are_refused(run: Ledger) -> None:
    """A name that is no run, a path in its place, and a newer format: each is said."""
    for name in ("none", "../runs/" + run.folder.name):
        with pytest.raises(UsageError, match="there is no run"):
            open_run(name)
    with sqlite3.connect(run.folder / "ledger.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE name = 'format'")
    with pytest.raises(UsageError, match="the format 99"):
        open_run(run.folder.name)
    assert list_runs() == []


def test_a_damaged_ledger_is_said_plainly(run: Ledger) -> None:
    """A file that is no database is the machine's fault, not a traceback."""
    run.close()
    for file in run.folder.glob("ledger.sqlite*"):
        file.write_bytes(b"x" * 4096)
    with pytest.raises(MachineError, match="cannot be used"):
        open_run(run.folder.name)


def test_a_full_disk_loses_nothing(run: Ledger) -> None:
    """The write that does not fit is refused in plain words; what was there stays readable."""
    run.record_judged(_trial("small"))
    connection = run._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(MachineError, match="full") as refusal:
        run.record_judged(_trial("large" * 100_000))
    assert "disk space" in refusal.value.todo
    assert run.trials() == [_trial("small")]
    connection.execute("PRAGMA max_page_count = 1000000")
    run.record_judged(_trial("large" * 100_000))
    assert run.count() == 2


_WRITER = """
import sys
from perfbot.optimizer.ledger import open_run
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Verdict
run = open_run(sys.argv[1], resume=True)
for number in range(100_000):
    run.record_judged(Trial(Edit(f"{number}"), Verdict(()), None, Cost(), "unknown", ""))
    print(number, flush=True)
"""


def test_kill_loses_no_recorded_trial(run: Ledger) -> None:
    """Every trial whose record call returned before `kill -9` is there afterwards, in order."""
    run.close()
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, run.folder.name],
        stdout=subprocess.PIPE,
        env={**os.environ},
    )
    assert writer.stdout is not None
    writer.stdout.readline()
    time.sleep(0.05)
    writer.send_signal(signal.SIGKILL)
    finished = 1 + len(writer.stdout.read().splitlines())
    writer.wait()
    again = open_run(run.folder.name, resume=True)
    texts = [trial.edit.file_source for trial in again.trials()]
    assert texts == [str(number) for number in range(len(texts))]
    assert len(texts) >= finished
