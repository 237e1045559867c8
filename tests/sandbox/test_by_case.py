"""Cases that became slower are found, and none is called so by chance."""

import random
from functools import partial

import pytest

from perfbot.sandbox.by_case import SLOWER_NS, Loss
from perfbot.sandbox.calibrate import CASE_PAIRS
from perfbot.sandbox.measure import measure
from perfbot.sandbox.measurement import Speedup
from perfbot.sandbox.timing import EDIT, BatchTime
from tests.machine import Cost, Machine, Processes, case, judge

pytestmark = pytest.mark.usefixtures("own_lock")


def trade(large: float, small: float) -> Cost:
    """Cost by case: inputs named large or small."""
    return lambda data, _seen: large if data.startswith(b"large") else small


def test_case_that_became_slower_refuses_the_edit() -> None:
    """Twice the speed on the large case does not excuse a small case at a third of its speed."""
    cases = (case("small", 200), case("large", 200))
    machine = Machine((trade(900_000, 10_000), trade(450_000, 30_000)))
    found = judge(machine, *cases)
    assert found.decision == "not_faster"
    assert "small is slower" in found.reason
    allowed = judge(machine, *cases, allow_slower_cases=True)
    assert allowed.decision == "faster"
    assert [item.slower for item in allowed.cases] == [True, False]


class Unlucky(Processes):
    """Processes of which the edit's is slow where it calls the small case alone."""

    def run(self, side: int, usual_s: float = 0.0) -> BatchTime:
        """Half as long again, in the rounds that the small case has to itself."""
        found = super().run(side, usual_s)
        factor = 1.5 if _is_edit_on_small(self.batches[-1]) else 1.0
        return BatchTime(round(factor * found.cpu_ns), round(factor * found.wall_ns))


@pytest.mark.parametrize(("unlucky", "decision"), [(2, "faster"), (100, "not_faster")])
def test_a_case_that_seems_slower_is_timed_again(unlucky: int, decision: str) -> None:
    """Two unlucky processes refuse nothing; what is slower in all of them does."""
    machine = Machine((trade(900_000, 10_000), trade(450_000, 10_000)))
    rounds: list[Processes] = []

    def opened(hash_seed: int, core: int) -> Processes:
        slow = sum(any(map(_is_edit_on_small, pair.batches)) for pair in rounds) < unlucky
        kind = Unlucky if slow else Processes
        rounds.append(kind(machine, hash_seed, core))
        return rounds[-1]

    found = measure(opened, (case("small", 200), case("large", 200)), seed=3)
    assert found.decision == decision, found.reason


class Disturbed(Processes):
    """Processes beside others: two batches of six take 0.2 or 5 ms more, also by the CPU clock."""

    def run(self, side: int, usual_s: float = 0.0) -> BatchTime:
        """Now and then something else runs first."""
        found = super().run(side, usual_s)
        late = self.machine.draw.choice([0, 0, 0, 0, 200_000, 5_000_000])
        return BatchTime(found.cpu_ns + late, found.wall_ns + late)


@pytest.mark.parametrize(("small_ns", "decision"), [(1_600, "not_faster"), (400, "faster")])
def test_noise_excuses_no_case(small_ns: float, decision: str) -> None:
    """A case at a quarter of its speed is found on a disturbed machine; an equal one passes."""
    cases = (case("small", 200), case("large", 400))
    for seed in range(8):
        costs = trade(900_000, 400), trade(450_000, small_ns)
        machine = Machine(costs, draw=random.Random(seed))
        opened = partial(Disturbed, machine)
        found = measure(opened, cases, seed=seed)
        assert found.decision == decision, found.reason


def _is_edit_on_small(batch: tuple[int, tuple[bytes, ...], bool]) -> bool:
    """Whether it is a batch of the edit that calls the small case and nothing else."""
    side, inputs, _pristine = batch
    return side == EDIT and bool(inputs) and all(data.startswith(b"small") for data in inputs)


def test_each_case_is_listed_with_its_own_speedup() -> None:
    """A case lost by less than a microsecond passes, and each case shows its own figure."""
    cases = (case("small", 200), case("large", 200))
    machine = Machine((trade(900_000, 1_000), trade(300_000, 1_500)))
    found = judge(machine, *cases)
    assert found.decision == "faster"
    small, large = found.cases
    assert (small.case, small.slower, small.speedup.pairs) == ("small", False, 2 * CASE_PAIRS)
    assert small.speedup.estimate == pytest.approx(0.67, rel=0.1)
    assert large.speedup.estimate == pytest.approx(3, rel=0.1)
    assert found.speedup is not None
    assert found.speedup.estimate == pytest.approx(901 / 301.5, rel=0.05)


@pytest.mark.parametrize(
    ("estimate", "high", "lost_ns", "gained_ns", "sure"),
    [
        (0.5, 0.6, 100_000, 0, True),
        (0.5, 1.1, 100_000, 0, False),  # not sure
        (0.97, 0.99, 100_000, 0, False),  # too small a share
        (0.5, 0.6, SLOWER_NS / 2, 0, False),  # too few nanoseconds
        (0.5, 0.6, 100_000, 90_000_000, True),
        (0.5, 0.6, 100_000, 110_000_000, False),  # a thousand of them cost less than is gained
    ],
)
def test_slower_means_sure_and_enough(
    estimate: float, high: float, lost_ns: float, gained_ns: float, sure: bool
) -> None:
    """A case is slower when the bound, the share and the nanoseconds all say so."""
    loss = Loss(Speedup(estimate, 0.1, high, 0.99, 12, "cpu"), lost_ns)
    assert loss.is_sure(gained_ns) is sure
    assert loss.is_open(gained_ns, looks=2) is (high > 1)
