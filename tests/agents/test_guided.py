"""Where a model proposes: rules first, then the best edit again, until it gains nothing."""

from perfbot.agents.policies.guided import Guided
from perfbot.agents.search import ArchiveView, Budget, ProposalSpec
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.measurement import Measurement, Speedup
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict

ORIGINAL = Edit("original").id
MODEL = Guided("m")
BOTH = Guided("m", rules=True)


def _trial(text: str, low: float | None) -> Trial:
    """An accepted trial with this lower bound, or a refuted one."""
    status = Status.REFUTED if low is None else Status.SURVIVED
    measured = None if low is None else Measurement("", "", Speedup(low, low, low, 0.99, 9, "cpu"))
    verdict = Verdict((Evidence("suite", status, ""),))
    decision = "refuted" if low is None else "accepted"
    return Trial(Edit(text), verdict, measured, Cost(), decision, "")


def _view(*rounds: tuple[ProposalSpec, list[Trial]]) -> ArchiveView:
    """An archive after these requests and what came of each."""
    children: dict[str, tuple[str, ...]] = {}
    answers = {}
    for spec, trials in rounds:
        answers[spec.key] = tuple(trial.edit.id for trial in trials)
        children[spec.parent] = children.get(spec.parent, ()) + answers[spec.key]
    trials = tuple(trial for _, found in rounds for trial in found)
    return ArchiveView(ORIGINAL, trials, children, tuple(spec for spec, _ in rounds), answers)


def _llm(seed: int, parent: str = ORIGINAL) -> ProposalSpec:
    return ProposalSpec(parent, "llm", "m", seed)


def test_the_model_is_asked_about_the_original_first() -> None:
    """And about the same original again when nothing came of it: it is told what was refused."""
    assert MODEL.ask(_view(), Budget()) == [_llm(0)]
    refused = _view((_llm(0), [_trial("a", None)]))
    assert MODEL.ask(refused, Budget()) == [_llm(1)]


def test_the_best_edit_is_built_on() -> None:
    """Not the last one: the one with the highest lower bound."""
    best, other = _trial("best", 3.0), _trial("other", 1.5)
    view = _view((_llm(0), [best, other]))
    assert MODEL.ask(view, Budget()) == [_llm(1, best.edit.id)]


def test_rounds_without_gain_end_the_search() -> None:
    """Two in a row, a round without any edit among them; a gain starts the count anew."""
    barren = [(_llm(0), [_trial("a", None)]), (_llm(1), [])]
    assert MODEL.ask(_view(*barren), Budget()) == []
    gained = _view(barren[0], (_llm(1), [_trial("b", 2.0)]), (_llm(2), [_trial("c", 2.01)]))
    assert len(MODEL.ask(gained, Budget())) == 1


def test_rules_are_asked_first_and_as_long_as_they_help() -> None:
    """The model then builds on their best; its gains are measured against that."""
    assert BOTH.ask(_view(), Budget()) == [ProposalSpec(ORIGINAL)]
    found = _trial("found by rules", 2.0)
    first = (ProposalSpec(ORIGINAL), [found])
    assert BOTH.ask(_view(first), Budget()) == [ProposalSpec(found.edit.id)]
    barren = (ProposalSpec(found.edit.id), [_trial("r", None)])
    again = _view(first, barren)
    assert BOTH.ask(again, Budget()) == [_llm(0, found.edit.id)]
    worse = _view(first, barren, (_llm(0, found.edit.id), [_trial("x", 1.5)]), (_llm(1), []))
    assert BOTH.ask(worse, Budget()) == []


def test_rules_are_tried_on_what_the_model_found() -> None:
    """Where they had run out of parents, its edit is a new one."""
    mine = _trial("by the model", 4.0)
    view = _view((ProposalSpec(ORIGINAL), []), (_llm(0), [mine]))
    assert BOTH.ask(view, Budget()) == [ProposalSpec(mine.edit.id)]


def test_nothing_is_asked_without_budget() -> None:
    """Whatever the archive says."""
    assert MODEL.ask(_view(), Budget(tokens=0)) == []
    assert BOTH.ask(_view(), Budget(candidates=0)) == []
