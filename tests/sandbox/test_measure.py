"""What the protocol decides on a machine of known speed, where the right answer is known."""

import random
import time
from collections.abc import Callable

import pytest

from perfbot.sandbox import contest, rounds
from perfbot.sandbox.energy import Reading
from perfbot.sandbox.errors import BaselineError
from perfbot.sandbox.measure import aa_decisions, measure
from perfbot.sandbox.timing import BASELINE, EDIT
from perfbot.sandbox.worker import ChildFailedError
from tests.machine import Machine, answer, case, judge, memo, steady

pytestmark = pytest.mark.usefixtures("own_lock")


def test_equal_versions_are_never_called_faster() -> None:
    """Over 60 comparisons of equal versions with biased processes, none is accepted."""
    machine = Machine((steady(300_000), steady(300_000)), noise=0.015, bias=0.007)
    found = list(aa_decisions(machine.open, [case("only", 200)], 60, seed=1))
    assert [item.decision for item in found].count("faster") == 0
    assert [item.decision for item in found].count("not_faster") >= 50


def test_planted_gains_of_ten_percent_are_found() -> None:
    """A 10 % gain is accepted in at least 38 of 40 runs, and the interval holds the truth."""
    covered = accepted = 0
    for seed in range(40):
        machine = Machine((steady(330_000), steady(300_000)), draw=random.Random(seed))
        found = measure(machine.open, [case("only", 200)], seed=seed)
        accepted += found.decision == "faster"
        if found.decision == "faster" and found.speedup is not None:
            covered += found.speedup.low <= 1.1 <= found.speedup.high
    assert accepted >= 38
    assert covered >= accepted - 2


def test_only_the_confirmation_is_published() -> None:
    """The published estimate rests on confirmation rounds alone; all samples are kept."""
    found = judge(Machine((steady(600_000), steady(300_000))))
    assert found.decision == "faster"
    assert found.first is not None
    assert found.repeat is not None
    assert found.speedup in (found.first, found.repeat)
    assert found.speedup.estimate == min(found.first.estimate, found.repeat.estimate)
    phases = [sample.phase for sample in found.samples]
    assert phases.count("first") == found.first.pairs
    assert phases.count("repeat") == found.repeat.pairs
    assert phases.count("screen") > 0


@pytest.mark.parametrize(("variants", "fresh"), [(3, False), (200, True)])
def test_memo_across_calls_gains_nothing(variants: int, fresh: bool) -> None:
    """A table of earlier answers is not accepted, whether or not the variants last."""
    machine = Machine((steady(300_000), memo(300_000)))
    found = judge(machine, case("only", variants))
    assert found.decision == "not_faster"
    assert found.fresh_inputs is fresh


def test_real_gain_is_accepted_when_variants_run_out() -> None:
    """With a single input, fresh forks show the true gain and the report says that they did."""
    found = judge(Machine((steady(300_000), steady(150_000))), case("only", 1))
    assert found.decision == "faster"
    assert not found.fresh_inputs
    assert found.first is not None
    assert found.first.estimate == pytest.approx(2, rel=0.1)


def test_gain_on_first_calls_alone_is_no_gain() -> None:
    """An edit that is twice as fast on new inputs, but loses the original's own cache, fails."""
    found = judge(Machine((memo(300_000), steady(150_000))))
    assert found.decision == "not_faster"


@pytest.mark.parametrize("wrong", [lambda _data: b"another answer", lambda _data: b""])
def test_wrong_answer_while_timed_refutes(wrong: Callable[[bytes], bytes]) -> None:
    """A timed call whose outcome differs refutes the edit, with the call."""
    machine = Machine((steady(300_000), steady(3_000)), answers=(answer, wrong))
    found = judge(machine)
    assert found.decision == "refuted"
    assert found.wrong is not None
    assert (found.wrong.case, found.wrong.actual) == ("only", wrong(b""))
    assert found.speedup is None


def test_rare_wrong_answer_is_found() -> None:
    """An edit wrong on 1 of 200 variants is refuted, as each batch is compared."""
    bad = b"only/117"
    machine = Machine(
        (steady(300_000), steady(150_000)),
        answers=(answer, lambda data: b"wrong" if data == bad else answer(data)),
    )
    found = judge(machine)
    assert found.decision == "refuted"
    assert found.wrong is not None
    assert found.wrong.variant == 117


def test_a_workload_may_say_what_agrees() -> None:
    """With a looser comparison the same edit passes."""
    machine = Machine(
        (steady(300_000), steady(150_000)), answers=(answer, lambda data: answer(data) + b" ")
    )
    assert judge(machine).decision == "refuted"
    loose = judge(machine, agree=lambda _input, expected, actual: expected == actual.strip())
    assert loose.decision == "faster"


def test_answers_of_the_original_that_change_decide_nothing() -> None:
    """An original that contradicts its own recorded outcome is never a basis for acceptance."""
    machine = Machine((steady(300_000), steady(3_000)), answers=(lambda _data: b"new", answer))
    found = judge(machine)
    assert found.decision == "inconclusive"
    assert "the original" in found.reason


@pytest.mark.parametrize(("side", "decision"), [(EDIT, "refuted"), (BASELINE, "inconclusive")])
def test_death_while_timed(side: int, decision: str) -> None:
    """An edit whose process dies is refuted; if the original's dies, nothing is decided."""
    machine = Machine((steady(2_500_000), steady(100_000)), fails=side)
    found = judge(machine)
    assert found.decision == decision
    assert "died" in found.reason
    assert all(pair.closed for pair in machine.opened)


def test_original_that_cannot_be_timed_is_the_projects_fault() -> None:
    """When the original dies in calibration, the message says so and what to do."""

    def dies(_data: bytes, _seen: bool) -> float:
        raise ChildFailedError("died", "the process ended without an answer")

    with pytest.raises(BaselineError, match="the original could not be timed: died"):
        judge(Machine((dies, steady(1_000))))


def test_winner_of_many_needs_more_evidence() -> None:
    """The more candidates were tried, the more pairs the confirmation takes."""
    pairs = []
    for tried in (1, 10_000):
        machine = Machine((steady(600_000), steady(300_000)))
        found = measure(machine.open, [case("only", 200)], seed=5, candidates_tried=tried)
        assert found.decision == "faster"
        assert found.speedup is not None
        pairs.append(found.speedup.pairs)
    # 4 pairs a round is the least; the last of them may already suffice for one candidate.
    assert pairs[0] <= pairs[1]
    wide = measure(
        Machine((steady(330_000), steady(300_000)), noise=0.05).open,
        [case("only", 200)],
        seed=5,
        candidates_tried=10_000,
    )
    narrow = measure(
        Machine((steady(330_000), steady(300_000)), noise=0.05).open, [case("only", 200)], seed=5
    )
    assert len(wide.samples) > len(narrow.samples)


def test_spent_budget_is_inconclusive() -> None:
    """Without time, one pair is taken, nothing is claimed, and no bound is invented."""
    found = judge(Machine((steady(300_000), steady(150_000))), budget_s=0.0)
    assert found.decision == "inconclusive"
    assert found.speedup is None
    assert len(found.samples) == 1


class Seconds:
    """A clock on which a second passes with each look, from now on."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def monotonic(self) -> float:
        """One second later than before."""
        self.now += 1
        return self.now


@pytest.mark.parametrize(("edit_ns", "decision"), [(150_000, "faster"), (291_000, "inconclusive")])
def test_what_promises_a_gain_may_take_longer(
    edit_ns: int, decision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a slow machine a budget ends early: what looks like a gain goes on, the rest does not."""
    clock = Seconds()
    monkeypatch.setattr(contest, "time", clock)
    monkeypatch.setattr(rounds, "time", clock)
    found = judge(Machine((steady(300_000), steady(edit_ns))), budget_s=20.0)
    assert found.decision == decision, found.reason


class Joules:
    """A meter that shows 20 W while something computes, on the clock of the machine."""

    min_window_s = 0.1

    def start(self) -> None:
        """Open a window."""

    def stop(self, cpu_ns: int) -> Reading:
        """Joules of the window."""
        return Reading(cpu_ns / 1e9 * 20, "joules", "package", measured=True)


def test_energy_is_labelled() -> None:
    """Without a meter the energy is an estimate; with one it is measured, with bounds."""
    machine = Machine((steady(600_000), steady(300_000)))
    estimated = judge(machine).energy
    metered = judge(machine, meter=Joules()).energy
    assert estimated is not None
    assert metered is not None
    assert (metered.measured, metered.source) == (True, "joules")
    assert metered.original_j / metered.edit_j == pytest.approx(2, rel=0.1)
    assert metered.low is not None
    assert metered.high is not None
    assert metered.low <= 2.1
    assert metered.high >= 1.9
