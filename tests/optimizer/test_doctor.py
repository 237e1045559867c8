"""`perfbot doctor` and `perfbot doctor --attack`: what they print, and the code they end with."""

from collections.abc import Iterator

import pytest

from perfbot.optimizer import doctor
from perfbot.sandbox.attacks import everything
from perfbot.sandbox.attacks.abuse import Abuse
from perfbot.sandbox.attacks.attempt import Attempt, Outcome, Result
from perfbot.sandbox.attacks.everything import Kind, summary
from perfbot.sandbox.errors import MachineError, UsageError
from perfbot.sandbox.isolate import choice
from perfbot.sandbox.isolate.process import Limits


@pytest.fixture(autouse=True)
def usual_sandbox() -> Iterator[None]:
    """Which sandbox is used is as before afterwards."""
    yield
    choice.choose(choice.AUTO)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """One row of each table, so that a run takes a second."""
    for table in ("ESCAPES", "ALLOWED", "ABUSES"):
        monkeypatch.setattr(everything, table, getattr(everything, table)[:1])


def test_the_machine_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    """Each thing perfbot needs has a line, and nothing is missing where these tests run."""
    assert doctor.check_machine() == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1].rstrip(":") for line in lines] == list(doctor.CHECKS)
    assert all(line.startswith("ok ") for line in lines)


def test_what_is_missing_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without git the exit code is that of a machine that lacks something."""
    monkeypatch.setenv("PATH", "")
    assert doctor.check_machine() == MachineError.exit_code
    assert "missing  git: git is not installed" in capsys.readouterr().out


def test_a_sandbox_that_holds(few: None, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each attempt with what refused it, a summary that names the backend, and 0."""
    assert doctor.attack_sandbox("auto") == 0
    ordinary, escape, abuse, counts = capsys.readouterr().out.splitlines()
    assert ordinary.startswith("works    read /usr: ")
    assert escape.startswith("held     read a file of the host by its path: ")
    assert abuse.startswith("held     endless loop: timeout after ")
    assert counts.startswith(
        "1 of 1 escape attempts held (1 get through outside), 1 of 1 abuses ended, "
        "1 of 1 ordinary doings work; backend "
    )


@pytest.mark.parametrize(
    ("code", "word"), [("pass", "ESCAPED"), ("no_such_name", "UNCLEAR"), ("os._exit(0)", "UNCLEAR")]
)
def test_an_attempt_that_is_not_held(
    few: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: str,
    word: str,
) -> None:
    """One that gets through, or does not tell, is in capitals and ends the command with 1."""
    monkeypatch.setattr(everything, "ESCAPES", (Attempt("a hole", code),))
    assert doctor.attack_sandbox("auto") == 1
    out = capsys.readouterr().out
    assert f"{word:9}a hole: " in out
    assert "0 of 1 escape attempts held" in out


def test_an_abuse_that_does_not_end(
    few: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An abuse that outlasts what its row allows ends the command with 1."""
    abuse = Abuse("a sleeper", "time.sleep(60)", limits=Limits(wall_s=0.3))
    monkeypatch.setattr(everything, "ABUSES", (abuse,))
    assert doctor.attack_sandbox("auto") == 1
    assert "ESCAPED  a sleeper: it ended by timeout, not by exited" in capsys.readouterr().out


def test_ordinary_work_that_is_refused(
    few: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sandbox in which nothing works holds everything; that must not read as success."""
    monkeypatch.setattr(everything, "ALLOWED", (Attempt("walk", "open('/no/such/file')"),))
    assert doctor.attack_sandbox("auto") == 1
    assert "BROKEN   walk: " in capsys.readouterr().out


def test_known_gaps_are_counted_apart() -> None:
    """A known gap is neither held nor a failure."""
    found = [
        (Kind.ESCAPE, Result("a", Outcome.HELD, "", works_outside=True)),
        (Kind.ESCAPE, Result("b", Outcome.GAP, "", works_outside=None)),
        (Kind.ESCAPE, Result("c", Outcome.ESCAPED, "", works_outside=False)),
        (Kind.ABUSE, Result("d", Outcome.GAP, "")),
    ]
    said = summary(found)
    assert "1 of 3 escape attempts held (1 known gaps, 1 get through outside)" in said
    assert "0 of 1 abuses ended (1 known gaps)" in said


def test_without_a_sandbox_nothing_is_attacked(capsys: pytest.CaptureFixture[str]) -> None:
    """Attacks are never run unheld, and an unknown sandbox is wrong use."""
    with pytest.raises(MachineError, match="no sandbox to attack"):
        doctor.attack_sandbox("none")
    with pytest.raises(UsageError, match="moat"):
        doctor.attack_sandbox("moat")
    assert capsys.readouterr().out == ""
