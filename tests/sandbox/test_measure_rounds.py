"""The rounds, batches and clocks of a measurement, on a machine of known speed."""

import pytest

from perfbot.sandbox.calibrate import (
    BATCH_BYTES,
    BATCH_NS,
    CASE_BATCH_NS,
    calibrate,
    case_phase,
    inputs_last,
)
from perfbot.sandbox.measurement import Sample
from perfbot.sandbox.rounds import choose_clock
from perfbot.sandbox.timing import BASELINE, EDIT, BatchTime, TimingCase
from tests.machine import Machine, Processes, case, judge, steady

pytestmark = pytest.mark.usefixtures("own_lock")


def test_no_process_sees_a_first_call_input_twice() -> None:
    """In the screening and first phases each process gets every input at most once."""
    machine = Machine((steady(300_000), steady(300_000)))
    judge(machine)
    assert len(machine.opened) >= 3
    for pair in machine.opened[1:]:
        for side in (BASELINE, EDIT):
            given = [data for which, inputs, _ in pair.batches if which == side for data in inputs]
            assert len(given) == len(set(given)) > 0


def test_fresh_forks_are_used_when_variants_run_out() -> None:
    """With few variants the confirmation's first calls run in fresh forks, without repetition."""
    machine = Machine((steady(300_000), steady(150_000)))
    judge(machine, case("only", 4))
    forks = [
        inputs for pair in machine.opened[1:] for _, inputs, pristine in pair.batches if pristine
    ]
    assert forks
    assert all(len(inputs) == len(set(inputs)) for inputs in forks)


def test_shorter_rounds_come_before_fresh_forks() -> None:
    """28 variants are too few for 13 batches of 3 calls, and enough for 7: no fork is needed."""
    machine = Machine((steady(700_000), steady(70_000)))
    found = judge(machine, case("only", 28))
    assert found.fresh_inputs and found.speedup is not None
    assert found.speedup.estimate == pytest.approx(10, rel=0.1)
    pairs = [pair.batches for pair in machine.opened[1:]]
    assert not any(pristine for batches in pairs for _, _, pristine in batches)


def test_rounds_are_fresh_and_balanced() -> None:
    """Each round has a hash seed of its own, both sides get equal inputs, and sides alternate."""
    machine = Machine((steady(300_000), steady(300_000)))
    judge(machine)
    rounds = machine.opened[1:]
    assert len({pair.hash_seed for pair in rounds}) == len(rounds)
    assert all(pair.closed for pair in machine.opened)
    for pair in rounds:
        sides = [side for side, _, _ in pair.batches]
        first = sides[0]
        expected = [(first + (i + 1) // 2) % 2 for i in range(len(sides))]
        assert sides == expected
        by_side = [[inputs for side, inputs, _ in pair.batches if side == want] for want in (0, 1)]
        assert by_side[0] == by_side[1]


@pytest.mark.parametrize("call_ns", [700, 5_000, 300_000, 2_500_000])
def test_batches_are_long_enough(call_ns: float) -> None:
    """Calibration makes a batch at least 2 ms long, and a call above that a batch by itself."""
    plan = calibrate(Machine((steady(call_ns), steady(call_ns))).open, [case("only", 9)], seed=1)
    assert plan.sweeps * call_ns >= 0.9 * BATCH_NS
    assert plan.sweeps * call_ns <= 1.2 * max(BATCH_NS, call_ns)


class BusyProcesses(Processes):
    """Processes on a machine so busy that the messages around a batch may take 20 ms of wall."""

    def run(self, side: int, usual_s: float = 0.0) -> BatchTime:
        """Now a batch of nothing is slow, now one of calls is not."""
        taken = super().run(side, usual_s)
        late = 0 if self.prepared[side] else 20_000_000
        return BatchTime(taken.cpu_ns, taken.wall_ns + late)


def test_a_busy_machine_makes_no_endless_batch() -> None:
    """Where a batch seems shorter than nothing, its CPU time still says what a call takes."""
    machine = Machine((steady(20_000), steady(20_000)))
    cases = [case("only", 9)]
    plan = calibrate(lambda seed, core: BusyProcesses(machine, seed, core), cases, seed=1)
    assert plan.call_ns[0] > 15_000
    assert case_phase(plan, cases, 0).sweeps <= 2 * CASE_BATCH_NS / 20_000


class InterruptedProcesses(Processes):
    """Processes that share their core and caches: every third batch takes 25 ms more, also by the
    CPU's clock, and one of nothing takes longer than one of a few quick calls."""

    def run(self, side: int, usual_s: float = 0.0) -> BatchTime:
        """Now this one, now that one is interrupted."""
        taken = super().run(side, usual_s)
        late = 25_000_000 if len(self.batches) % 3 == 2 else 0
        late += 0 if self.prepared[side] else 60_000
        return BatchTime(taken.cpu_ns + late, taken.wall_ns + late)


@pytest.mark.parametrize("call_ns", [80, 400, 20_000, 1_000_000])
def test_a_batch_that_waited_says_nothing_of_its_calls(call_ns: float) -> None:
    """Else calls of 80 ns seem to take milliseconds, or nothing at all, and fill endless batches.

    A few quick calls that took long were interrupted; the same calls, undisturbed, seem to take
    less than the messages around them. Neither is what a call takes.
    """
    machine = Machine((steady(call_ns), steady(call_ns)))
    cases = [case("only", 9)]
    plan = calibrate(lambda seed, core: InterruptedProcesses(machine, seed, core), cases, seed=1)
    assert 0.5 * call_ns < plan.call_ns[0] < 1.5 * call_ns
    assert case_phase(plan, cases, 0).sweeps <= max(4096, 2 * CASE_BATCH_NS / call_ns)


def test_a_slow_call_is_timed_once() -> None:
    """A call of a second is not made four times to know that it takes one."""
    machine = Machine((steady(1e9), steady(1e9)))
    plan = calibrate(machine.open, [case("only", 9)], seed=1)
    assert plan.call_ns[0] == pytest.approx(1e9, rel=0.1)
    assert sum(1 for _, inputs, _ in machine.opened[0].batches if inputs) == 2


def test_a_batch_holds_no_more_than_so_many_bytes() -> None:
    """Calls of nanoseconds on inputs of megabytes come in batches that fit into memory."""
    large = TimingCase("large", (bytes(1 << 20), bytes([1]) * (1 << 20)), (b"", b""))
    machine = Machine((steady(300), steady(300)), answers=(lambda _: b"", lambda _: b""))
    plan = calibrate(machine.open, [large], seed=1)
    assert plan.sweeps == case_phase(plan, [large], 0).sweeps == BATCH_BYTES >> 20


def test_each_batch_is_said_to_take_what_its_own_calls_take() -> None:
    """Else an edit that goes first on a slow case is ended by what a quick one before it took."""

    def cost(data: bytes, _seen: bool) -> float:
        return 900_000_000.0 if data.startswith(b"slow") else 20_000.0

    machine = Machine((cost, lambda data, seen: cost(data, seen) / 2))
    found = judge(machine, case("quick", 200), case("slow", 200))
    assert found.decision == "faster" and len(found.cases) == 2
    leaders = 0
    for pair in machine.opened[1:]:
        for (side, inputs, _), usual_s in zip(pair.batches, pair.usual_s, strict=True):
            assert usual_s * 1e9 > 0.9 * sum(cost(data, False) for data in inputs)
            leaders += side == EDIT and inputs[0].startswith(b"slow")
    assert leaders


def test_cheap_cases_may_run_out_of_variants() -> None:
    """One empty-list case beside a dear one does not force fresh forks; a dear one does."""
    cases = [case("empty", 1), case("large", 500)]
    costs = [lambda data, _seen: 400.0 if data.startswith(b"empty") else 900_000.0] * 2
    plan = calibrate(Machine((costs[0], costs[1])).open, cases, seed=1)
    assert inputs_last(plan, cases, 0.02, plan.pairs)
    assert not inputs_last(plan, [case("empty", 500), case("large", 1)], 0.02, plan.pairs)


def test_work_off_the_processors_clock_is_timed_by_the_wall() -> None:
    """An edit that halves its CPU time by waiting as long elsewhere is not faster."""
    machine = Machine((steady(300_000), steady(150_000)), waiting_ns=(0.0, 150_000.0))
    found = judge(machine)
    assert found.decision == "not_faster"
    assert found.speedup is not None
    assert found.speedup.clock == "wall"
    assert judge(Machine((steady(300_000), steady(150_000)))).decision == "faster"


def test_threads_are_timed_by_the_wall() -> None:
    """A version with threads gets the wall clock, one without keeps the CPU clock."""
    pairs = [Sample(0, 2_000_000, 1_000_000, 2_030_000, 1_030_000)] * 6
    assert choose_clock(pairs, (1, 1)) == "cpu"
    assert choose_clock(pairs, (1, 4)) == "wall"
    parallel = [Sample(0, 2_000_000, 2_000_000, 2_030_000, 530_000)] * 6
    assert choose_clock(parallel, (1, 1)) == "wall"


def test_interrupted_batches_do_not_change_the_clock() -> None:
    """When most batches were interrupted, the undisturbed third still shows what computes."""
    calm = Sample(0, 2_000_000, 1_000_000, 2_030_000, 1_030_000)
    busy = Sample(0, 2_000_000, 1_000_000, 9_000_000, 8_000_000)
    assert choose_clock([busy, busy, calm, busy, calm, busy], (1, 1)) == "cpu"
    assert choose_clock([busy] * 6, (1, 1)) == "wall"
