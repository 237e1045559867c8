"""A person in the graph: the toy problem of `test_graph`, the real ledger, the real reader."""

import io
import time
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.agents.dedup import Twins
from perfbot.agents.graph import Ended, run
from perfbot.agents.policies.guided import Guided
from perfbot.agents.policies.refine import Refine
from perfbot.agents.search import Account, Budget, SearchPolicy
from perfbot.agents.steering import CHOSEN, about_edit, about_round, was_rejected
from perfbot.optimizer.interactive import Steering, answer_in, said, wishes
from perfbot.optimizer.ledger import Ledger, new_run
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import InterruptedRunError, UsageError
from tests.agents.test_graph import BEST, ORIGINAL, Toy, _calls, _target

FIRST = Edit("x = [1, 0, 0]\n")


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """The toy problem over a new run in a state folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Toy(new_run(_target(tmp_path), base=None, options={}), tmp_path / "log")


def _steered(
    toy: Toy,
    monkeypatch: pytest.MonkeyPatch,
    answers: str,
    *,
    policy: SearchPolicy | None = None,
    gives_hints: bool = False,
) -> Ended:
    """The search with these lines on standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(answers))
    ledger = toy.archive
    return run(
        ledger.folder, ledger, ORIGINAL, policy or Refine(), propose=toy.propose,
        judge=toy.judge, measure=toy.measure, account=Account(ledger, Budget()),
        person=Steering(ledger, _target(ledger.folder), gives_hints),
    )  # fmt: skip


def _words(ledger: Ledger) -> list[str]:
    return [item.word for item in said(ledger)]


def test_an_accepted_edit_ends_the_search(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The edit that a person chose wins, though the search would have gone on to better ones."""
    ended = _steered(toy, monkeypatch, "skip\naccept\n")
    chosen = said(toy.archive)[-1].edit
    assert (ended.best, ended.reason, ended.rounds) == (chosen, CHOSEN, 1)
    assert ended.best != BEST.id
    assert not ended.budget_used_up


def test_a_rejected_edit_is_neither_chosen_nor_built_on(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its trial is a refutation with the person's reason, and no request names it as a parent."""
    ended = _steered(toy, monkeypatch, "reject no lists, please\n" * 3)
    assert ended.best is None
    trials = toy.archive.trials()
    assert all(was_rejected(trial) for trial in trials)
    assert {trial.reason for trial in trials} == {"rejected by a person: no lists, please"}
    assert _calls(toy, "propose") == [ORIGINAL.id]
    assert all(trial.measurement is not None for trial in trials)  # the evidence is kept


def test_the_best_is_rejected_and_the_next_best_wins(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three equal edits two are rejected: the search builds on the third alone."""
    with pytest.raises(InterruptedRunError):
        _steered(toy, monkeypatch, "reject no\nreject no\nskip\n")
    third = said(toy.archive)[2].edit
    assert _calls(toy, "propose") == [ORIGINAL.id, third]


def test_an_open_question_is_asked_again_and_an_answered_one_is_not(
    toy: Toy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The input ends after one answer; the resumed run asks from the second on, repeats nothing."""
    with pytest.raises(InterruptedRunError):
        _steered(toy, monkeypatch, "reject no\n")
    first = capsys.readouterr().err
    assert first.count("accept | reject") == 2
    with pytest.raises(InterruptedRunError):
        _steered(toy, monkeypatch, "")
    assert capsys.readouterr().err.count("accept | reject") == 1
    ended = _steered(toy, monkeypatch, "skip\naccept\n")
    assert _words(toy.archive) == ["reject", "skip", "accept"]
    assert len({item.key for item in said(toy.archive)}) == 3
    assert ended.best == said(toy.archive)[2].edit
    for what in ("propose", "judge", "measure"):
        calls = _calls(toy, what)
        assert len(calls) == len(set(calls))


def test_an_answer_on_record_counts_though_nothing_was_done_about_it(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the record and the graph's step: the resumed run takes the answer as given."""
    with pytest.raises(InterruptedRunError):
        _steered(toy, monkeypatch, "")
    monkeypatch.setattr("sys.stdin", io.StringIO("accept\n"))
    accepted = [trial.edit.id for trial in toy.archive.trials()]
    open_question = about_edit(sorted(accepted, reverse=True)[0])
    Steering(toy.archive, _target(toy.archive.folder), False).answer(open_question)
    ended = _steered(toy, monkeypatch, "")
    assert (ended.best, ended.reason) == (open_question.edit, CHOSEN)


def test_a_hint_gets_one_more_request_to_the_model(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The policy has enough after barren rounds; a hint brings a request that it would not make,
    once, and the hint is among the wishes that prompts carry."""
    answers = "reject no\n" * 3 + "hint raise the\tthird\nskip\n"
    ended = _steered(toy, monkeypatch, answers, policy=Guided("m"), gives_hints=True)
    assert _calls(toy, "propose") == [ORIGINAL.id] * 3  # Guided's two, and the one for the hint
    assert ended.best is None
    assert wishes(toy.archive)[-1] == "raise the third"
    assert "is not wanted: no" in wishes(toy.archive)[0]


def test_time_spent_on_answers_is_not_the_budgets(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person who takes an hour leaves the run's wall time as it was."""
    real, waited_s = time.monotonic, 0.0

    class Slow(io.StringIO):
        def readline(self, size: int | None = -1, /) -> str:
            nonlocal waited_s
            waited_s += 3600
            return super().readline(-1 if size is None else size)

    monkeypatch.setattr("time.monotonic", lambda: real() + waited_s)
    monkeypatch.setattr("sys.stdin", Slow("skip\n" * 30))
    ledger = toy.archive
    ended = run(
        ledger.folder, ledger, ORIGINAL, Refine(), propose=toy.propose, judge=toy.judge,
        measure=toy.measure, account=Account(ledger, Budget(seconds=600)),
        person=Steering(ledger, _target(ledger.folder), False),
    )  # fmt: skip
    assert waited_s > 3600
    assert (ended.best, ended.budget_used_up) == (BEST.id, False)


@pytest.mark.parametrize(
    ("line", "word", "text"),
    [
        ("accept", "accept", ""),
        ("  A \n", "accept", ""),
        ("reject  it leaks\n", "reject", "it leaks"),
        ("r x", "reject", "x"),
        ("HINT use bisect", "hint", "use bisect"),
        ("skip", "skip", ""),
    ],
)
def test_lines_that_are_answers(line: str, word: str, text: str) -> None:
    """Words in any case, or their first letters, with their text."""
    found = answer_in(line, about_edit("e"), gives_hints=True)
    assert found is not None
    assert (found.word, found.text) == (word, text)


def test_quit_is_no_answer() -> None:
    """`quit` leaves the question open."""
    assert answer_in("q", about_edit("e"), gives_hints=True) is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("yes", "'yes' is no answer"),
        ("reject", "say why"),
        ("hint   ", "say what to try"),
        ("accept all of them", "takes no text"),
        ("hint " + "x" * 2001, "at most 2000"),
        ("help", "this edit is verified afresh"),
        ("\x1b[2J", "is no answer"),
    ],
)
def test_lines_that_are_none(line: str, told: str) -> None:
    """Each is refused with what is wrong with it, without the line's control characters."""
    with pytest.raises(Exception, match=told) as caught:
        answer_in(line, about_edit("e"), gives_hints=True)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("line", ["accept", "reject no"])
def test_a_round_without_an_edit_takes_no_verdict(line: str) -> None:
    """Where there is no edit, there is none to accept or reject."""
    with pytest.raises(Exception, match="there is no edit"):
        answer_in(line, about_round(1), gives_hints=True)


def test_a_hint_to_the_rules_is_said_to_be_of_no_use(
    toy: Toy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not recorded, and the next line is the answer."""
    _steered(toy, monkeypatch, "\nhint use a set\naccept\n")
    assert "the rules alone propose" in capsys.readouterr().err
    assert _words(toy.archive) == ["accept"]


def test_a_wrong_line_from_a_pipe_ends_the_run_and_shifts_no_answer(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is there to mend it, and the line after it was meant for another question."""
    with pytest.raises(UsageError, match="'yes' is no answer"):
        _steered(toy, monkeypatch, "yes\naccept\n")
    assert said(toy.archive) == []
    assert _steered(toy, monkeypatch, "accept\n").reason == CHOSEN


def test_what_a_person_refused_may_be_written_otherwise(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same code under better names is judged as any edit: it is no twin of the refused one."""
    with pytest.raises(InterruptedRunError):
        _steered(toy, monkeypatch, "reject name it better\n")
    by_id = {trial.edit.id: trial for trial in toy.archive.trials()}
    for edit_id, trial in by_id.items():
        other = replace(trial.edit, file_source=trial.edit.file_source.replace("x", "y"))
        twins = Twins(toy.archive, lambda source: source.replace("y", "x"))
        found = twins.judged_before(other)
        refused = edit_id == said(toy.archive)[0].edit
        assert (found is None) is refused


def test_a_run_with_an_open_question_goes_on_unattended(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resumed without a person, it asks nothing more and finds the best; what was rejected stays
    rejected."""
    with pytest.raises(InterruptedRunError):
        _steered(toy, monkeypatch, "reject no\n")
    ledger = toy.archive
    ended = run(
        ledger.folder, ledger, ORIGINAL, Refine(), propose=toy.propose, judge=toy.judge,
        measure=toy.measure, account=Account(ledger, Budget()),
    )  # fmt: skip
    assert ended.best == BEST.id
    refused = said(ledger)[0].edit
    assert refused not in _calls(toy, "propose")
