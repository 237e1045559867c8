"""How a run judges its edits: the same code once, whoever proposes it and however it is written."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.agents.dedup import as_its_twin
from perfbot.agents.search import Account, Budget
from perfbot.optimizer.config import Options
from perfbot.optimizer.ledger import Ledger, new_run
from perfbot.optimizer.session import Session
from perfbot.optimizer.trials import judging_in
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict
from perfbot.sandbox.verify import judge
from tests.opened import opened_project

ORIGINAL = '''\
def clamped(n: int, most: int) -> int:
    """n, but at most `most`."""
    found = n
    if found > most:
        found = most
    return found
'''
SUITE = "from clamp import clamped\n\ndef test_clamped():\n    assert clamped(5, 3) == 3\n"
WRONG = ORIGINAL.replace("return found", "return abs(found)")
GOOD = ORIGINAL.replace("    found = n\n    if found > most:\n        found = most\n", "").replace(
    "return found", "return most if n > most else n"
)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One small project, opened once for all tests of this file."""
    folder = tmp_path_factory.mktemp("clamp")
    with opened_project(folder, "clamped", clamp_py=ORIGINAL, test_clamp_py=SUITE) as found:
        yield found


@pytest.fixture
def ledger(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A new run's record."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    found = new_run(session.target, base=None, options={})
    yield found
    found.close()


def judged(session: Session, ledger: Ledger, *sources: str) -> list[Trial]:
    """Each edit as one run judges it, with what it has recorded of those before."""
    alone = Options(remember=False)  # what other tests' runs refuted is not known here
    judge_edit = judging_in(session, Account(ledger, Budget()), alone, lambda _text: None)
    for source in sources:
        edit = Edit(source, title=f"edit {len(ledger.trials()) + 1}")
        ledger.add(edit)
        ledger.record_judged(judge_edit(edit))
    return ledger.trials()


def gates(trial: Trial) -> list[str]:
    return [item.gate for item in trial.verdict.evidence]


def test_the_same_wrong_code_is_judged_once(session: Session, ledger: Ledger) -> None:
    """The second is refuted by reference to the first, with its counterexample; so is the third,
    by reference to the first, not to the second."""
    first, second, third = judged(
        session, ledger, WRONG, WRONG.replace("found", "clipped"), WRONG.replace("abs(", "abs( ")
    )
    assert first.decision == "refuted" and gates(first)[-1] in ("replay", "fuzz")
    for twin in (second, third):
        assert (twin.decision, gates(twin)) == ("refuted", ["scope", "policy", "dedup"])
        assert twin.reason.startswith(f"the same code as the edit {first.edit.id[:12]} (edit 1)")
        (*_, shown) = twin.verdict.evidence
        assert shown.counterexample == first.verdict.evidence[-1].counterexample is not None
        assert shown.data["twin"] == first.edit.id


def test_a_resumed_run_knows_what_was_judged(session: Session, ledger: Ledger) -> None:
    """All that is needed is in the ledger."""
    judged(session, ledger, WRONG)
    *_, again = judged(session, ledger, WRONG.replace("found", "clipped"))
    assert gates(again)[-1] == "dedup"


def test_no_acceptance_is_inherited(session: Session, ledger: Ledger) -> None:
    """The twin of an edit that survived is refused as no faster than that one, and is not timed."""
    first, twin = judged(session, ledger, GOOD, GOOD.replace("else n", "else (n)"))
    assert first.decision == "survived", first.reason
    assert (twin.decision, twin.verdict.status) == ("not_faster", Status.UNKNOWN)
    assert "waits for the clock" in twin.reason


def test_other_code_that_answers_alike_is_judged_itself(session: Session, ledger: Ledger) -> None:
    """Its mistake is the first one's and is shown on it: equal answers alone are no ground."""
    *_, second = judged(session, ledger, WRONG, WRONG.replace("abs(found)", "abs(+found)"))
    assert (second.decision, gates(second)[-1]) == ("refuted", "replay")
    assert second.reason.startswith("an earlier counterexample")


def test_each_edits_own_text_is_looked_at(session: Session, ledger: Ledger) -> None:
    """Scope and policy read what the code key leaves out: they judge every text."""
    *_, second = judged(session, ledger, GOOD, GOOD.replace("clamped(n", "clamped(m"))
    assert gates(second) == ["scope"]


@pytest.mark.parametrize("gate", ["scope", "policy", "suite", "coverage"])
def test_what_may_be_about_the_text_is_not_inherited(
    session: Session, ledger: Ledger, gate: str
) -> None:
    """A comment out of place, a line that a test of style refuses: the same code without it is
    judged, and may be right."""
    edit = Edit(GOOD.replace("return", "return  "), title="edit 1")
    found = Evidence(gate, Status.REFUTED, "the text is not as it should be")
    ledger.add(edit)
    ledger.record_judged(Trial(edit, Verdict((found,)), None, Cost(), "refuted", found.detail))
    *_, again = judged(session, ledger, GOOD)
    assert again.decision == "survived", again.reason


def test_a_broken_sandbox_is_nobodys_verdict(session: Session, ledger: Ledger) -> None:
    """An edit whose trial only says that the sandbox failed has no twin: the next is judged."""
    edit = Edit(WRONG, title="edit 1")
    failed = Evidence("fuzz", Status.UNKNOWN, "the sandbox failed", data={"sandbox_failed": True})
    ledger.add(edit)
    ledger.record_judged(Trial(edit, Verdict((failed,)), None, Cost(), "unknown", failed.detail))
    *_, again = judged(session, ledger, WRONG.replace("found", "clipped"))
    assert (again.decision, gates(again)[-1] == "dedup") == ("refuted", False)


@pytest.mark.parametrize("decision", ["survived", "accepted", "not_faster", "unknown", "refuted"])
def test_a_twins_evidence_never_lets_an_edit_pass(decision: str) -> None:
    """Whatever became of the first, the second's evidence refuses it."""
    status = {"refuted": Status.REFUTED, "unknown": Status.UNKNOWN}.get(decision, Status.SURVIVED)
    found = Evidence("fuzz", status, "what the gate says")
    trial = Trial(Edit(GOOD), Verdict((found,)), None, Cost(), decision, found.detail)
    expected = Status.REFUTED if decision == "refuted" else Status.UNKNOWN
    assert as_its_twin(trial).status is expected


def test_what_is_known_from_before_can_only_refuse(session: Session) -> None:
    """A gate that is added as `earlier` approves nothing: the least of the two findings counts."""

    def approving(_candidate: object) -> Evidence:
        return Evidence("dedup", Status.SURVIVED, "I have seen it, and it is fine")

    trial = judge(session.baseline, Edit(WRONG), earlier=approving)
    assert trial.decision == "refuted"
    same = judge(session.baseline, replace(Edit(ORIGINAL), title="x"), earlier=approving)
    assert (same.decision, gates(same)[-1]) == ("not_faster", "dedup")
