"""The protocol on a machine of known speed, where the right answer is known; then on real ones."""

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from perfbot.sandbox.calibrate import (
    BATCH_BYTES,
    BATCH_NS,
    CASE_BATCH_NS,
    CASE_PAIRS,
    calibrate,
    case_phase,
    inputs_last,
)
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.energy import Reading
from perfbot.sandbox.errors import BaselineError
from perfbot.sandbox.measure import SLOWER_NS, aa_decisions, is_slower, measure
from perfbot.sandbox.measurement import Measurement, Sample, Speedup
from perfbot.sandbox.project import Project
from perfbot.sandbox.rounds import choose_clock
from perfbot.sandbox.target import Target
from perfbot.sandbox.timing import BASELINE, EDIT, BatchTime, OpenPair, TimingCase, pair_opener
from perfbot.sandbox.worker import ChildFailedError

Cost = Callable[[bytes, bool], float]
"""(input, whether this process saw it before) -> nanoseconds."""


def answer(data: bytes) -> bytes:
    """What both versions answer to an input, unless a test says otherwise."""
    return b"answer to " + data


@dataclass
class Machine:
    """Processes of known cost per call, with the noise of real ones, on a clock of their own."""

    costs: tuple[Cost, Cost]
    noise: float = 0.01
    bias: float = 0.005
    answers: tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]] = (answer, answer)
    waiting_ns: tuple[float, float] = (0.0, 0.0)
    """Wall time per call that is not CPU time."""
    thread_counts: tuple[int, int] = (1, 1)
    fails: int | None = None
    """The side whose process dies in its third batch, once calibration is over."""
    draw: random.Random = field(default_factory=lambda: random.Random(0))
    opened: list["Processes"] = field(default_factory=list)

    def open(self, hash_seed: int, core: int) -> "Processes":
        """A round's two processes, with a bias that is theirs."""
        pair = Processes(self, hash_seed, core)
        self.opened.append(pair)
        return pair


class Processes:
    """Two processes of a Machine: a TimedPair."""

    def __init__(self, machine: Machine, hash_seed: int, core: int) -> None:
        self.machine, self.hash_seed, self.core = machine, hash_seed, core
        self.factors = [2.718281828 ** machine.draw.gauss(0, machine.bias) for _ in range(2)]
        self.seen: list[set[bytes]] = [set(), set()]
        self.batches: list[tuple[int, tuple[bytes, ...], bool]] = []
        self.prepared: list[list[bytes]] = [[], []]
        self.pristine = [False, False]
        self.closed = False

    def prepare(
        self, side: int, inputs: Sequence[bytes], *, pristine: bool = False, repeat: int = 1
    ) -> None:
        """Take the inputs of the next batch."""
        self.prepared[side] = list(inputs) * repeat
        self.pristine[side] = pristine

    def run(self, side: int) -> BatchTime:
        """Let the clock advance by the cost of each call, and by 40 us for the messages."""
        machine = self.machine
        self.batches.append((side, tuple(self.prepared[side]), self.pristine[side]))
        if machine.fails == side and len(machine.opened) > 1 and len(self.batches) > 4:
            raise ChildFailedError("died", "the process ended without an answer")
        seen = set() if self.pristine[side] else self.seen[side]
        total = 0.0
        for data in self.prepared[side]:
            total += machine.costs[side](data, data in seen)
            seen.add(data)
        total *= self.factors[side] * 2.718281828 ** machine.draw.gauss(0, machine.noise)
        waited = machine.waiting_ns[side] * len(self.prepared[side])
        return BatchTime(round(total) + 40_000, round(total + waited) + 70_000)

    def outputs(self, side: int) -> list[bytes]:
        """The answers of the batch just run."""
        return [self.machine.answers[side](data) for data in self.prepared[side]]

    def peak_bytes(self, side: int) -> int:
        """Any figure will do."""
        return 1000 + side

    def threads(self, side: int) -> int:
        """As the machine says."""
        return self.machine.thread_counts[side]

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def case(name: str, variants: int) -> TimingCase:
    """A case with so many variants."""
    inputs = tuple(f"{name}/{number}".encode() for number in range(variants))
    return TimingCase(name, inputs, tuple(answer(data) for data in inputs))


def steady(nanoseconds: float) -> Cost:
    """Every call costs the same."""
    return lambda _data, _seen: nanoseconds


def memo(nanoseconds: float) -> Cost:
    """A call on an input seen before costs next to nothing."""
    return lambda _data, seen: 100.0 if seen else nanoseconds


@pytest.fixture(autouse=True)
def own_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests wait for nobody's measurement."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def judge(machine: Machine, *cases: TimingCase, **options: object) -> Measurement:
    """Measure on the machine, by default one case with variants enough."""
    return measure(machine.open, cases or (case("only", 200),), seed=3, **options)  # type: ignore[arg-type]


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

    def run(self, side: int) -> BatchTime:
        """Now a batch of nothing is slow, now one of calls is not."""
        taken = super().run(side)
        late = 0 if self.prepared[side] else 20_000_000
        return BatchTime(taken.cpu_ns, taken.wall_ns + late)


def test_a_busy_machine_makes_no_endless_batch() -> None:
    """Where a batch seems shorter than nothing, its CPU time still says what a call takes."""
    machine = Machine((steady(20_000), steady(20_000)))
    cases = [case("only", 9)]
    plan = calibrate(lambda seed, core: BusyProcesses(machine, seed, core), cases, seed=1)
    assert plan.call_ns[0] > 15_000
    assert case_phase(plan, cases, 0).sweeps <= 2 * CASE_BATCH_NS / 20_000


def test_a_batch_holds_no_more_than_so_many_bytes() -> None:
    """Calls of nanoseconds on inputs of megabytes come in batches that fit into memory."""
    large = TimingCase("large", (bytes(1 << 20), bytes([1]) * (1 << 20)), (b"", b""))
    machine = Machine((steady(300), steady(300)), answers=(lambda _: b"", lambda _: b""))
    plan = calibrate(machine.open, [large], seed=1)
    assert plan.sweeps == case_phase(plan, [large], 0).sweeps == BATCH_BYTES >> 20


def test_cheap_cases_may_run_out_of_variants() -> None:
    """One empty-list case beside a dear one does not force fresh forks; a dear one does."""
    cases = [case("empty", 1), case("large", 500)]
    costs = [lambda data, _seen: 400.0 if data.startswith(b"empty") else 900_000.0] * 2
    plan = calibrate(Machine((costs[0], costs[1])).open, cases, seed=1)
    assert inputs_last(plan, cases, 0.02)
    assert not inputs_last(plan, [case("empty", 500), case("large", 1)], 0.02)


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
    ("estimate", "high", "call_ns", "gained_ns", "slower"),
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
    estimate: float, high: float, call_ns: float, gained_ns: float, slower: bool
) -> None:
    """A case is slower when the bound, the share and the nanoseconds all say so."""
    speedup = Speedup(estimate, 0.1, high, 0.99, 12, "cpu")
    assert is_slower(speedup, call_ns, gained_ns) is slower


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


# From here on: real processes in the sandbox.

SOURCE = """
def fn(data, rounds):
    total = 0
    for _ in range(rounds):
        for item in data:
            total += item * 3 % 7
    for _ in range({extra}):
        for item in data:
            total += item * 0
    return total
"""


def real_pair(root: Path, original: str, edit: str) -> tuple[OpenPair, TimingCase]:
    """An opener of real pairs, and one case of 40 variants with the original's own outcomes."""
    (root / "module.py").write_text(original)
    target = Target(
        root=root,
        path="module.py",
        qualname="fn",
        module="module",
        import_root=".",
        file_source=original,
        start_byte=1,
        end_byte=len(original),
        start_line=2,
        end_line=original.count("\n"),
        kind="function",
        is_async=False,
        is_generator=False,
    )
    project = Project(root=root, python=Path(sys.executable))
    open_pair = pair_opener(project, target, (original, edit), imports=[])
    draw = random.Random(2)
    inputs = tuple(encode((([draw.randrange(1000) for _ in range(500)], 3), {})) for _ in range(40))
    pair = open_pair(7, 0)
    try:
        pair.prepare(BASELINE, inputs)
        pair.run(BASELINE)
        expected = tuple(pair.outputs(BASELINE))
    finally:
        pair.close()
    return open_pair, TimingCase("numbers", inputs, expected)


def judge_real(root: Path, original: str, edit: str) -> Measurement:
    """Measure two real versions of a function."""
    open_pair, numbers = real_pair(root, original, edit)
    return measure(open_pair, [numbers], seed=11)


def test_real_gain_is_accepted(tmp_path: Path) -> None:
    """A function relieved of nine tenths of its work is called faster, with its figures."""
    found = judge_real(tmp_path, SOURCE.format(extra=30), SOURCE.format(extra=0))
    assert found.decision == "faster", found.reason
    assert found.speedup is not None
    assert found.speedup.low > 2
    assert found.edit_peak_bytes is not None
    assert found.edit_peak_bytes > 1_000_000
    assert (found.original_threads, found.edit_threads) == (1, 1)
    assert found.original_cpu_ns is not None
    assert found.edit_cpu_ns is not None
    assert found.original_cpu_ns > found.edit_cpu_ns > 0


@pytest.mark.parametrize("extra", [10, 13])
def test_real_equal_or_slower_version_is_not_accepted(tmp_path: Path, extra: int) -> None:
    """The unchanged function, and one with a heavier loop, are not called faster."""
    found = judge_real(tmp_path, SOURCE.format(extra=10), SOURCE.format(extra=extra))
    assert found.decision in {"not_faster", "inconclusive"}


def test_real_memo_is_not_accepted(tmp_path: Path) -> None:
    """A table of answers kept in the module gains nothing on inputs not seen before."""
    original = SOURCE.format(extra=10)
    edit = "_seen = {}\n" + original.replace(
        "    total = 0\n",
        "    if tuple(data) in _seen:\n        return _seen[tuple(data)]\n    total = 0\n",
    ).replace("return total", "_seen[tuple(data)] = total\n    return total")
    found = judge_real(tmp_path, original, edit)
    assert found.decision in {"not_faster", "inconclusive"}


def test_real_wrong_and_dying_versions_are_refuted(tmp_path: Path) -> None:
    """A version that answers wrongly and one that ends its process are refuted while timed."""
    original = SOURCE.format(extra=10)
    wrong = judge_real(tmp_path, original, original.replace("% 7", "% 8"))
    assert (wrong.decision, wrong.wrong is not None) == ("refuted", True)
    dying = judge_real(
        tmp_path, original, original.replace("    total = 0\n", "    import os; os._exit(0)\n")
    )
    assert dying.decision == "refuted"
