"""The graph, over a toy problem whose best edit is known, with the real ledger beneath it.

An edit's text is three digits; raising one makes it faster, and a digit above 2 is refuted. Run
as a program, this file works on one run until it is done, to be killed by the tests.
"""

import json
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

import pytest

from perfbot.agents.checkpoints import CHECKPOINTS
from perfbot.agents.graph import Ended, run
from perfbot.agents.policies.refine import Refine
from perfbot.agents.proposal import Proposal
from perfbot.agents.search import Account, Budget, ProposalSpec
from perfbot.optimizer.ledger import Ledger, new_run, open_run
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import InterruptedRunError, MachineError
from perfbot.sandbox.measurement import Measurement, Speedup
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict

ORIGINAL = Edit("x = [0, 0, 0]\n", title="baseline", origin="baseline")
BEST = Edit("x = [2, 2, 2]\n")


class Toy:
    """The three injected callables; every call is noted in a log that survives a kill."""

    def __init__(self, archive: Ledger, log: Path, pause_s: float = 0.0) -> None:
        self.archive = archive
        self.log = log
        self.pause_s = pause_s

    def propose(self, request: ProposalSpec) -> list[Proposal]:
        digits = _digits(self.archive.edit(request.parent))
        self._note("propose", request.parent)
        return [self._raised(digits, place, request.parent) for place in range(3)]

    def judge(self, edit: Edit) -> Trial:
        self._note("judge", edit.id)
        bad = max(_digits(edit)) > 2
        finding = Evidence("toy", Status.REFUTED if bad else Status.SURVIVED, "a digit above 2")
        decision = "refuted" if bad else "unknown"
        return Trial(edit, Verdict((finding,)), None, Cost(), decision, "judged")

    def measure(self, trial: Trial) -> Trial:
        self._note("measure", trial.edit.id)
        factor = 1.0 + sum(_digits(trial.edit))
        speedup = Speedup(factor, factor * 0.99, factor * 1.01, 0.99, 100, "cpu")
        measured = Measurement("faster", "toy", speedup)
        return Trial(trial.edit, trial.verdict, measured, Cost(), "accepted", "faster")

    def _raised(self, digits: list[int], place: int, parent: str) -> Proposal:
        raised = [digit + (index == place) for index, digit in enumerate(digits)]
        edit = Edit(f"x = {raised}\n", title=f"raise {place}", origin="rules", parent=parent)
        return Proposal(edit, "raise", "higher is faster")

    def _note(self, what: str, edit_id: str) -> None:
        with self.log.open("a") as log:
            log.write(f"{what} {edit_id}\n")
        time.sleep(self.pause_s)


def _digits(edit: Edit) -> list[int]:
    digits: list[int] = json.loads(edit.file_source.removeprefix("x = "))
    return digits


def _target(root: Path) -> Target:
    source = ORIGINAL.file_source
    end = len(source)
    return Target(root, "x.py", "x", "x", ".", source, 0, end, 1, 1, "function", False, False)


def _search(ledger: Ledger, toy: Toy, **options: object) -> Ended:
    budget = options.pop("budget", Budget())
    assert isinstance(budget, Budget)
    settings = {"account": Account(ledger, budget), **options}
    calls = {"propose": toy.propose, "judge": toy.judge, "measure": toy.measure}
    return run(ledger.folder, ledger, ORIGINAL, Refine(), **{**calls, **settings})


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A new run in a state folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return new_run(_target(tmp_path), base=None, options={})


@pytest.fixture
def toy(ledger: Ledger, tmp_path: Path) -> Toy:
    """The toy problem over that run."""
    return Toy(ledger, tmp_path / "log")


def _calls(toy: Toy, what: str) -> list[str]:
    lines = [line.split() for line in toy.log.read_text().splitlines()] if toy.log.exists() else []
    return [edit_id for name, edit_id in lines if name == what]


def test_finds_the_best_edit_and_judges_each_once(ledger: Ledger, toy: Toy) -> None:
    """Rewrites are composed until nothing helps, though many roads lead to the same edit."""
    ended = _search(ledger, toy)
    assert ended.best == BEST.id
    assert not ended.budget_used_up
    for what in ("propose", "judge", "measure"):
        calls = _calls(toy, what)
        assert len(calls) == len(set(calls)) > 0
    refuted = {trial.edit.id for trial in ledger.trials() if trial.decision == "refuted"}
    assert refuted
    assert not refuted & set(_calls(toy, "measure"))


def test_parallel_attempts_find_the_same(ledger: Ledger, toy: Toy) -> None:
    """More than one attempt at a time changes nothing but the order."""
    assert _search(ledger, toy, max_concurrency=3).best == BEST.id


def test_candidate_budget_is_never_exceeded(ledger: Ledger, toy: Toy) -> None:
    """Two candidates of a fan-out of three are judged, then the run ends and says why."""
    ended = _search(ledger, toy, budget=Budget(candidates=2))
    assert ended.budget_used_up
    assert "2 candidates" in ended.reason
    assert len(_calls(toy, "judge")) == 2
    assert ended.best in _calls(toy, "measure")


def test_a_run_that_ended_goes_on_with_a_larger_budget(ledger: Ledger, toy: Toy) -> None:
    """The candidates already judged are not judged again."""
    _search(ledger, toy, budget=Budget(candidates=4))
    ended = _search(ledger, toy)
    assert ended.best == BEST.id
    judged = _calls(toy, "judge")
    assert len(judged) == len(set(judged))


def test_no_time_judges_nothing(ledger: Ledger, toy: Toy) -> None:
    """A time budget that is over before the first round ends the run with nothing."""
    ended = _search(ledger, toy, budget=Budget(seconds=1e-9))
    assert (ended.best, ended.budget_used_up) == (None, True)
    assert _calls(toy, "judge") == []


def test_a_failing_attempt_cancels_no_sibling(ledger: Ledger, toy: Toy) -> None:
    """The failure reaches the caller as it was raised, after the siblings were recorded."""
    broken = Edit("x = [1, 0, 0]\n").id

    def judge(edit: Edit) -> Trial:
        if edit.id == broken:
            raise MachineError("the sandbox broke")
        return toy.judge(edit)

    with pytest.raises(MachineError, match="the sandbox broke"):
        _search(ledger, toy, judge=judge)
    assert len(_calls(toy, "judge")) == 2
    assert ledger.count() == 2
    assert _search(ledger, toy).best == BEST.id
    assert len(_calls(toy, "judge")) == len(set(_calls(toy, "judge")))


def test_a_failing_proposer_is_asked_again_on_resume(ledger: Ledger, toy: Toy) -> None:
    """A request that failed is not taken for one that found nothing."""

    def propose(request: ProposalSpec) -> list[Proposal]:
        raise MachineError("no proposer")

    with pytest.raises(MachineError, match="no proposer"):
        _search(ledger, toy, propose=propose)
    assert _search(ledger, toy).best == BEST.id


def test_a_judge_that_changes_the_edit_is_refused(ledger: Ledger, toy: Toy) -> None:
    """A trial of other bytes than were asked about would otherwise be asked for ever."""
    with pytest.raises(ValueError, match="asked about the edit"):
        _search(ledger, toy, judge=lambda edit: toy.judge(Edit(edit.file_source + " ")))


def test_a_survivor_that_cannot_be_measured_is_tried_once(ledger: Ledger, toy: Toy) -> None:
    """A `measure` that comes back without figures is not asked again in the next round."""
    asked = []

    def measure(trial: Trial) -> Trial:
        asked.append(trial.edit.id)
        return trial

    assert _search(ledger, toy, measure=measure).best is None
    assert len(asked) == len(set(asked)) > 3


def test_checkpoints_are_private_and_hold_no_source(ledger: Ledger, toy: Toy) -> None:
    """The checkpoint file is its owner's alone, and edits are in it by hash only."""
    _search(ledger, toy)
    path = ledger.folder / CHECKPOINTS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT checkpoint, metadata FROM checkpoints").fetchall()
        rows += connection.execute("SELECT value, '' FROM writes").fetchall()
    stored = b"".join(
        bytes(part, "utf8") if isinstance(part, str) else part for part in sum(rows, ())
    )
    assert BEST.id.encode() in stored
    assert b"x = [" not in stored


def test_tracing_is_off_whatever_the_environment_says(
    ledger: Ledger, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No node of the graph runs under a tracer that would send the run away."""
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", "http://127.0.0.1:9")
    from langsmith.utils import get_env_var, tracing_is_enabled

    get_env_var.cache_clear()
    assert tracing_is_enabled()  # or this test shows nothing
    seen = []

    def judge(edit: Edit) -> Trial:
        seen.append(tracing_is_enabled())
        return toy.judge(edit)

    _search(ledger, toy, judge=judge)
    get_env_var.cache_clear()
    assert seen
    assert not any(seen)


def _start(run_id: str, log: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, __file__, run_id, str(log)], stderr=subprocess.PIPE)


def _wait_for_lines(log: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None and len(log.read_text().splitlines()) < count:
        time.sleep(0.002)


def test_kill_at_any_point_repeats_and_loses_nothing(ledger: Ledger, toy: Toy) -> None:
    """Killed again and again, the run ends as an undisturbed one; no recorded trial is redone."""
    ledger.close()
    toy.log.write_text("")
    chance = random.Random(7)
    kills = 0
    while True:
        with_trials = open_run(ledger.folder.name)
        judged = {trial.edit.id for trial in with_trials.trials()}
        measured = {item for item in judged if with_trials.measured(item)}
        with_trials.close()
        before = len(toy.log.read_text().splitlines())
        process = _start(ledger.folder.name, toy.log)
        if kills < 4:
            _wait_for_lines(toy.log, before + chance.randint(1, 5), process)
            time.sleep(chance.uniform(0, 0.03))
            process.kill()
            kills += 1
        _, said = process.communicate()
        lines = [line.split() for line in toy.log.read_text().splitlines()[before:]]
        assert not judged & {edit_id for what, edit_id in lines if what == "judge"}
        assert not measured & {edit_id for what, edit_id in lines if what == "measure"}
        if process.returncode != -signal.SIGKILL:
            break
    assert process.returncode == 0, said.decode()
    after = open_run(ledger.folder.name)
    assert after.info().state == "accepted"  # as `_main` says where the best edit is BEST
    assert len({trial.edit.id for trial in after.trials()}) == after.count() > 6


def test_an_interrupt_at_the_end_of_a_step_loses_no_measurement(
    ledger: Ledger, toy: Toy, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Ctrl-C while an edit is judged: it is judged to its end, no other begins, and all go on."""
    judge = toy.judge
    heard = threading.Event()
    main = threading.main_thread().ident
    assert main is not None

    def hear(number: int, frame: FrameType | None) -> None:
        heard.set()
        raise KeyboardInterrupt

    def interrupted(edit: Edit) -> Trial:
        heard.clear()
        while not heard.is_set():  # one that comes just before the main thread waits wakes nobody
            signal.pthread_kill(main, signal.SIGINT)
            heard.wait(1)
        return judge(edit)

    previous = signal.signal(signal.SIGINT, hear)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, previous))
    for expected in (1, 2):
        with monkeypatch.context() as patched:
            patched.setattr(toy, "judge", interrupted)
            with pytest.raises(InterruptedRunError, match="perfbot resume"):
                _search(ledger, toy, budget=Budget(candidates=3))
        assert ledger.count() == expected
    ended = _search(ledger, toy, budget=Budget(candidates=3))
    assert ended.best is not None
    assert len(_calls(toy, "measure")) == 3
    assert len(_calls(toy, "judge")) == 3


def test_interrupt_is_resumable(ledger: Ledger, toy: Toy) -> None:
    """Ctrl-C ends the run with a sentence on how to go on, and going on finds the best."""
    ledger.close()
    toy.log.write_text("")
    process = _start(ledger.folder.name, toy.log)
    _wait_for_lines(toy.log, 3, process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said.decode()
    assert f"perfbot resume {ledger.folder.name}" in said.decode()
    process = _start(ledger.folder.name, toy.log)
    assert process.wait(timeout=60) == 0
    assert open_run(ledger.folder.name).info().state == "accepted"


def _main(run_id: str, log: str) -> None:
    from perfbot.sandbox.errors import PerfbotError

    ledger = open_run(run_id, resume=True)
    try:
        ended = _search(ledger, Toy(ledger, Path(log), pause_s=0.02))
    except PerfbotError as error:
        print(error, file=sys.stderr)
        os._exit(error.exit_code)
    ledger.set_state("accepted" if ended.best == BEST.id else "nothing")


if __name__ == "__main__":
    _main(*sys.argv[1:])
