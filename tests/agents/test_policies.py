"""The policies beside `refine`: what they ask next, from the archive alone."""

import pytest

from perfbot.agents.policies.asking import Asking, barren
from perfbot.agents.policies.beam import Beam
from perfbot.agents.policies.best_of_n import BestOfN
from perfbot.agents.policies.moves import alike, moves
from perfbot.agents.policies.qd import QualityDiversity, bottleneck
from perfbot.agents.search import ArchiveView, Budget, ProposalSpec
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.measurement import CaseSpeedup, Measurement, Speedup
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict

SOURCE = "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x)\n    return out\n"
ORIGINAL = Edit(SOURCE).id
LIST = SOURCE.replace("out = []", "out = list()")
SETS = SOURCE.replace("out = []", "out = set(xs)")
BISECT = SOURCE.replace("out = []", "out = sorted(xs)")
NO_LIMIT = Budget()
BOTH = Asking(model="m")


def speedup(low: float) -> Speedup:
    return Speedup(low * 1.1, low, low * 1.2, 0.99, 9, "cpu")


def trial(text: str, low: float | None, cases: tuple[CaseSpeedup, ...] = ()) -> Trial:
    """An accepted edit with this lower bound; None for one that was refuted."""
    status = Status.REFUTED if low is None else Status.SURVIVED
    measured = None if low is None else Measurement("", "", speedup(low), cases=cases)
    verdict = Verdict((Evidence("suite", status, ""),))
    decision = "refuted" if low is None else "accepted"
    return Trial(Edit(text), verdict, measured, Cost(), decision, "")


def view(trials: list[Trial], *asked: tuple[ProposalSpec, list[Trial]]) -> ArchiveView:
    """An archive in which these requests had these answers."""
    answers = {spec.key: tuple(item.edit.id for item in found) for spec, found in asked}
    return ArchiveView(ORIGINAL, tuple(trials), {}, tuple(spec for spec, _ in asked), answers)


def test_moves_are_what_an_edit_gains_and_the_loops_it_drops() -> None:
    """Names called anew and loops fewer; the same text has none."""
    assert moves(SOURCE, SOURCE) == frozenset()
    assert moves(SOURCE, SETS) == {"set"}
    whole = moves(SOURCE, "def f(xs):\n    return [x for x in xs]\n")
    assert "comprehension" in whole
    assert "-for" in moves(SOURCE, "def f(xs):\n    return list(xs)\n")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [({"set"}, {"set"}, True), ({"set"}, {"sorted"}, False), ({"set", "len"}, {"set"}, True),
     ({"a", "b", "c"}, {"c", "d", "e"}, False), (set(), set(), True)],
)  # fmt: skip
def test_strategies_are_alike_from_half_on(one: set[str], other: set[str], same: bool) -> None:
    """Half of all the moves in common, or none at all."""
    assert alike(frozenset(one), frozenset(other)) is same


def test_rules_are_asked_once_and_a_model_again() -> None:
    """About one parent: the rules, then the model with one seed after the other, then nothing."""
    asked: list[tuple[ProposalSpec, list[Trial]]] = []
    for expected in (("rules", 0), ("llm", 0), ("llm", 1)):
        request = BOTH.next_about(view([], *asked), ORIGINAL)
        assert request is not None and (request.operator, request.seed) == expected
        asked.append((request, []))
    assert BOTH.next_about(view([], *asked), ORIGINAL) is None


def test_barren_counts_from_the_last_better_edit() -> None:
    """A request with a better edit starts the count anew; equal ones do not."""
    good, same = trial(SETS, 2.0), trial(LIST, 2.01)
    first, second = ProposalSpec("a"), ProposalSpec("b")
    assert barren(view([good], (first, []), (second, [good]))) == 0
    assert barren(view([good, same], (first, [good]), (second, [same]))) == 1


def test_best_of_n_asks_everything_at_once_and_then_ends() -> None:
    """The rules and n requests to the model, about the original; a second round has none."""
    policy = BestOfN(BOTH, 3)
    requests = policy.ask(view([]), NO_LIMIT)
    assert [item.parent for item in requests] == [ORIGINAL] * 4
    assert len({item.key for item in requests}) == 4
    assert policy.ask(view([], (requests[0], [])), NO_LIMIT) == []


def test_beam_keeps_one_edit_of_each_strategy() -> None:
    """Of two edits that use a set, the faster one; the one that sorts beside it."""
    same = SETS.replace("set(xs)", "set(xs)  # again")
    trials = [trial(SETS, 3.0), trial(same, 2.9), trial(BISECT, 1.5), trial(LIST, None)]
    first = ProposalSpec(ORIGINAL)
    beam = Beam(Asking(), SOURCE, width=3)
    requests = beam.ask(view(trials, (first, trials)), NO_LIMIT)
    assert [item.parent for item in requests] == [trials[0].edit.id, trials[2].edit.id]


def test_beam_asks_the_model_once_the_rules_are_through() -> None:
    """While a parent has not been put to the rules, no reply is paid for."""
    best = trial(SETS, 3.0)
    first = ProposalSpec(ORIGINAL)
    beam = Beam(BOTH, SOURCE)
    requests = beam.ask(view([best], (first, [best])), NO_LIMIT)
    assert requests == [ProposalSpec(best.edit.id)]
    asked = ((first, [best]), (requests[0], []))
    later = beam.ask(view([best], *asked), NO_LIMIT)
    assert [item.operator for item in later] == ["llm", "llm"]
    assert [item.parent for item in later] == [best.edit.id, ORIGINAL]


@pytest.mark.parametrize("name", ["beam", "qd"])
def test_a_search_that_finds_nothing_ends(name: str) -> None:
    """With no answer ever, the requests end by themselves."""
    policy = Beam(BOTH, SOURCE) if name == "beam" else QualityDiversity(BOTH, SOURCE)
    asked: list[tuple[ProposalSpec, list[Trial]]] = []
    for _ in range(50):
        requests = policy.ask(view([], *asked), NO_LIMIT)
        if not requests:
            break
        asked += [(request, []) for request in requests]
    assert 0 < len(asked) <= 3
    assert policy.ask(view([]), Budget(candidates=0)) == []


def test_a_cell_holds_the_fastest_of_its_strategy_and_bottleneck() -> None:
    """The same strategy with another case left as the slowest is another cell."""
    slow_first = (CaseSpeedup("a", 900.0, speedup(1.0)), CaseSpeedup("b", 10.0, speedup(1.0)))
    slow_last = (CaseSpeedup("a", 900.0, speedup(90.0)), CaseSpeedup("b", 500.0, speedup(1.0)))
    first, second = trial(SETS, 2.0, slow_first), trial(SETS + "\n", 3.0, slow_last)
    better = trial(SETS + "\n\n", 2.5, slow_first)
    assert (bottleneck(first), bottleneck(second), bottleneck(trial("x", 2.0))) == ("a", "b", "")
    policy = QualityDiversity(BOTH, SOURCE)
    kept = policy.elites(view([first, second, better, trial(BISECT, 1.2)]))
    assert sorted(kept.values(), key=lambda item: item.edit.id) == sorted(
        [second, better, trial(BISECT, 1.2)], key=lambda item: item.edit.id
    )


def test_qd_asks_about_the_elite_that_was_asked_about_least() -> None:
    """A slower strategy that nobody asked about comes before a faster one that was."""
    fast, other = trial(SETS, 3.0), trial(BISECT, 1.2)
    asked = [(ProposalSpec(ORIGINAL), [fast, other]), (ProposalSpec(fast.edit.id), [])]
    policy = QualityDiversity(Asking(), SOURCE, at_once=1)
    assert policy.ask(view([fast, other], *asked), NO_LIMIT) == [ProposalSpec(other.edit.id)]
