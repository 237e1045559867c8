"""The refine policy and the budget it works under."""

import pytest

from perfbot.agents.policies.refine import Refine
from perfbot.agents.search import ArchiveView, Budget, ProposalSpec, Spent, best_trial, parse_budget
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.measurement import Measurement, Speedup
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict

ORIGINAL = Edit("original").id
NO_LIMIT = Budget()


def _trial(text: str, low: float | None, status: Status = Status.SURVIVED) -> Trial:
    """A trial whose speedup is at least `low`; None for one that was never measured."""
    measured = None
    if low is not None:
        measured = Measurement("", "", Speedup(low * 1.1, low, low * 1.2, 0.99, 9, "cpu"))
    accepted = status is Status.SURVIVED and low is not None and low > 1
    decision = "accepted" if accepted else "not_faster" if measured else "refuted"
    verdict = Verdict((Evidence("suite", status, ""),))
    return Trial(Edit(text), verdict, measured, Cost(), decision, "")


def _asked(view: ArchiveView, policy: Refine | None = None) -> list[str]:
    return [request.parent for request in (policy or Refine()).ask(view, NO_LIMIT)]


def test_first_round_builds_on_the_original() -> None:
    """An empty archive is asked for edits of the original."""
    assert Refine(operator="llm", model="m", seed=3).ask(
        ArchiveView(ORIGINAL, (), {}), NO_LIMIT
    ) == [ProposalSpec(ORIGINAL, "llm", "m", 3)]


def test_next_round_builds_on_the_best_survivor() -> None:
    """The parent is the accepted edit with the highest lower bound, not a refuted one."""
    trials = (_trial("a", 1.2), _trial("b", 3.0), _trial("c", None, Status.REFUTED))
    view = ArchiveView(ORIGINAL, trials, {ORIGINAL: tuple(item.edit.id for item in trials)})
    assert _asked(view) == [trials[1].edit.id]


def test_falls_back_to_the_next_best() -> None:
    """When the best one led nowhere, the second best is built on, before those without gain."""
    trials = (_trial("a", 0.9), _trial("b", 3.0), _trial("c", 2.0))
    ids = [item.edit.id for item in trials]
    children = {ORIGINAL: tuple(ids), ids[1]: ()}
    assert _asked(ArchiveView(ORIGINAL, trials, children)) == [ids[2]]
    children[ids[2]] = ()
    assert _asked(ArchiveView(ORIGINAL, trials, children)) == []
    assert _asked(ArchiveView(ORIGINAL, trials, children), Refine(patience=3)) == [ids[0]]


def test_a_refuted_edit_is_never_built_on() -> None:
    """With nothing but refuted edits the search ends."""
    bad = _trial("a", None, Status.REFUTED)
    assert _asked(ArchiveView(ORIGINAL, (bad,), {ORIGINAL: (bad.edit.id,)})) == []


def test_a_better_child_renews_the_patience() -> None:
    """Rounds without gain count from the last gain only."""
    first, second = _trial("a", 2.0), _trial("b", 2.5)
    children = {ORIGINAL: (first.edit.id,), "x": (), first.edit.id: (second.edit.id,), "y": ()}
    view = ArchiveView(ORIGINAL, (first, second), children)
    assert _asked(view) == [second.edit.id]


def test_a_used_up_budget_asks_nothing() -> None:
    """With no candidate left there is no request."""
    assert Refine().ask(ArchiveView(ORIGINAL, (), {}), Budget(candidates=0)) == []


def test_best_is_not_replaced_by_noise() -> None:
    """A longer edit that is 1 % faster does not displace the shorter one; one 5 % faster does."""
    first, same, better = _trial("a", 2.0), _trial("ab", 2.02), _trial("abc", 2.1)
    assert best_trial([first, same]) == first
    assert best_trial([first, same, better]) == better
    assert best_trial([_trial("r", None, Status.REFUTED), _trial("n", 0.8)]) is None


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("20c,2.50usd,10m", Budget(20, 2.5, 600.0)),
        ("90s", Budget(seconds=90.0)),
        (" 1.5H , 3C", Budget(3, None, 5400.0)),
    ],
)
def test_budget_is_read(text: str, budget: Budget) -> None:
    """Amounts come in any order, and what is not named has no limit."""
    assert parse_budget(text) == budget


@pytest.mark.parametrize(
    "text", ["", "20", "0c", "1.5c", "-3c", "5c,6c", "1m,30s", "nanusd", "5c;1m"]
)
def test_a_bad_budget_is_refused_with_an_example(text: str) -> None:
    """The message says how a budget is written."""
    with pytest.raises(UsageError, match=r"20c,2\.50usd,200ktok,10m"):
        parse_budget(text)


@pytest.mark.parametrize(
    ("budget", "spent"),
    [
        (Budget(candidates=3), Spent(candidates=3)),
        (Budget(usd=1.0), Spent(usd=1.2)),
        (Budget(seconds=5.0), Spent(seconds=5.0)),
    ],
)
def test_each_limit_ends_the_budget(budget: Budget, spent: Spent) -> None:
    """Any one limit is enough, and none is reached before it."""
    assert budget.used_up(spent)
    assert budget.used_up(Spent()) is None
