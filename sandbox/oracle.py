"""The Oracle: what the original does on an input. It lives in the parent alone."""

import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from perfbot.sandbox.comparison import CAPACITY, Equivalent, difference, unordered_parts
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.errors import BaselineError, PerfbotError
from perfbot.sandbox.outcome import Outcome, Runner, exception_name
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target

ORIGINAL_CPU_S = 2.0
"""An input on which the original needs more CPU time than this is discarded, and counted."""
ORDER_SEEDS = 6
"""Before an edit is refuted for an order alone, the original is asked under so many more seeds: an
order of two groups that depends on the hash seed looks fixed under all eight once in 128."""
MOST_ORDER_SEEDS = 20
"""Under so many where the original's order is known to depend on it: of thousands of inputs with
two groups, dozens look fixed under eight, and each would refute every edit of another order. Each
is a process that stays until the end; one input in two million looks fixed under all."""
ORDER_LEVELS = (1, 2, 3, 4, 6, 100)
"""So many outermost levels of containers are tried as what has no fixed order, the fewest first."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the original did on one input, under each hash seed; or why it cannot be compared."""

    inputs: bytes
    outcomes: tuple[Outcome, ...]
    """One per hash seed; equal ones unless the original's order depends on the seed."""
    discarded: str | None = None
    """timeout, unsendable, capacity or unstable: no edit is judged on such an input."""
    unordered: int = 0
    """The original's own order depends on the hash seed in so many outermost levels of containers:
    there only what they hold is compared."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """What the original's import did."""

    imports: tuple[str, ...]
    """Modules it loaded from outside its own package."""
    state: tuple[str, ...]
    """Names in the module that hold data."""
    seconds: float


class Oracle:
    """Asks the original, under two hash seeds, once per input; remembers every answer."""

    def __init__(
        self,
        project: Project,
        target: Target,
        *,
        imports: Sequence[str] = (),
        hash_seeds: tuple[int, int] | None = None,
    ) -> None:
        self.project, self.target = project, target
        self.hash_seeds = hash_seeds or (secrets.randbelow(2**31) + 1, secrets.randbelow(2**31) + 1)
        self.imports = list(imports)
        self.known: dict[bytes, Expected] = {}
        self.varying: dict[bytes, int] = {}
        self.runners: list[Runner] = []
        self.more_runners: list[Runner] = []
        self.beside = ThreadPoolExecutor(1)

    def start(self) -> None:
        """Load the original. Raises: BaselineError if its module does not import."""
        if self.runners:
            return
        for seed in self.hash_seeds:
            runner = self.original_under(seed)
            self.runners.append(runner)
            failure = runner.start()
            if failure is not None:
                self.close()
                raise self.broken(failure)

    def broken(self, failure: str) -> PerfbotError:
        """What to tell the user of an original that cannot be loaded."""
        return BaselineError(
            f"{self.target.path} does not import: {failure}",
            "mend the import, or name the project's interpreter with --python PATH",
        )

    def original_under(self, hash_seed: int) -> Runner:
        return Runner(
            self.project, self.target, self.target.file_source, hash_seed=hash_seed,
            imports=self.imports,
        )  # fmt: skip

    def learn_module(self) -> "ModuleFacts":
        """What importing the original brought with it, and how long that took."""
        runner = self.runners[0]
        assert runner.worker is not None
        seconds = runner.worker.cpu_ns() / 1e9
        top = self.target.module.split(".")[0]
        outside = tuple(
            name for name in runner.imported if name.split(".")[0] != top and name != "__main__"
        )
        return ModuleFacts(outside, tuple(runner.data_names), seconds)

    def ask(
        self, inputs: bytes, *, cpu_s: float = ORIGINAL_CPU_S, wall_s: float | None = None
    ) -> Expected:
        """What the original does on `inputs`, in at most so many seconds under each hash seed."""
        known = self.known.get(inputs)
        if known is None:
            self.start()
            for runner in self.runners:
                runner.wall_s = wall_s
            try:
                known = self.known[inputs] = self.find_out(inputs, cpu_s)
            finally:
                for runner in self.runners:
                    runner.wall_s = None
        return known

    def find_out(self, inputs: bytes, cpu_s: float) -> Expected:
        # Side by side: each is a process of its own.
        other = self.beside.submit(timed_call, self.runners[1], inputs, cpu_s)
        found = [timed_call(self.runners[0], inputs, cpu_s), other.result()]
        outcomes = [outcome for outcome, _ in found]
        seconds = max(spent for _, spent in found)
        for outcome in outcomes:
            if not outcome.answered:
                reason = "timeout" if outcome.status == "timeout" else "unsendable"
                return Expected(inputs, (outcome,), reason, seconds=seconds)
            if exception_name(outcome) in CAPACITY:
                return Expected(inputs, (outcome,), "capacity", seconds=seconds)
        if difference(outcomes[0], outcomes[1]) is None:
            return Expected(inputs, (outcomes[0],), seconds=seconds)
        if levels := levels_apart(outcomes[0], outcomes[1]):
            return Expected(inputs, tuple(outcomes), unordered=levels, seconds=seconds)
        return Expected(inputs, tuple(outcomes), "unstable", seconds=seconds)

    def confirm(self, expected: Expected) -> Expected:
        """The same; or discarded, where a closer and dearer look shows that nobody can be judged
        by it. Generated inputs are looked at so before they join the corpus or refute an edit."""
        return expected

    def judge(
        self, expected: Expected, actual: Outcome, *, equivalent: Equivalent | None = None
    ) -> str | None:
        """How an edit's outcome differs from what the original does on that input, or None.

        Where only the order differs, it counts only if the original's does not depend on the hash
        seed, of which two by chance may agree.
        """
        found = judge(expected, actual, equivalent=equivalent)
        if found is None or not levels_apart(expected.outcomes[0], actual):
            return found
        levels = self.free_levels(expected)
        if levels == expected.unordered:
            return found
        return judge(replace(expected, unordered=levels), actual, equivalent=equivalent)

    def free_levels(self, expected: Expected) -> int:
        """How many levels have no fixed order in what the original answers under more seeds."""
        if expected.inputs in self.varying:
            return self.varying[expected.inputs]
        first, levels = expected.outcomes[0], expected.unordered
        for asked, other in enumerate(self.under_more_seeds(expected.inputs), start=1):
            levels = max(levels, levels_apart(first, other))
            shown = levels > expected.unordered
            if asked >= ORDER_SEEDS and (shown or not self.order_varies()):
                break
        if levels > expected.unordered:  # else more may be asked once the order is known to vary
            self.varying[expected.inputs] = levels
        return levels

    def order_varies(self) -> bool:
        """Whether the original's order was seen to depend on the hash seed, on any input."""
        return any(item.unordered for item in self.known.values()) or bool(self.varying)

    def under_more_seeds(self, inputs: bytes) -> Iterator[Outcome]:
        for at in range(MOST_ORDER_SEEDS):
            if at == len(self.more_runners):
                runner = self.original_under(secrets.randbelow(2**31) + 1)
                self.more_runners.append(runner)
                runner.start()
            yield self.more_runners[at].call(inputs, cpu_s=ORIGINAL_CPU_S)

    def runner(self) -> Runner:
        """The original under the first hash seed."""
        self.start()
        return self.runners[0]

    def close(self) -> None:
        for runner in [*self.runners, *self.more_runners]:
            runner.close()
        self.runners, self.more_runners = [], []


def timed_call(runner: Runner, inputs: bytes, cpu_s: float) -> tuple[Outcome, float]:
    """One outcome, and the seconds of CPU time it took; none where the process ended."""
    before = runner.worker.cpu_ns() if runner.worker else 0
    outcome = runner.call(inputs, cpu_s=cpu_s)
    after = runner.worker.cpu_ns() if runner.worker else before
    return outcome, (after - before) / 1e9


def judge(
    expected: Expected, actual: Outcome, *, equivalent: Equivalent | None = None
) -> str | None:
    """How an edit's outcome differs from what the original does on that input, or None."""
    return difference(
        expected.outcomes[0],
        actual,
        unordered=expected.unordered,
        equivalent=equivalent,
        inputs=expected.inputs,
    )


def levels_apart(one: Outcome, other: Outcome) -> int:
    """In how many outermost levels of containers only the order differs; 0: none, or more does."""
    if one.status != other.status or one.effects != other.effects or one.body == other.body:
        return 0
    try:
        first, second = one.parts(), other.parts()
        if first is None or second is None:
            return 0
        for levels in ORDER_LEVELS:
            if encode(unordered_parts(first, levels)) == encode(unordered_parts(second, levels)):
                return levels
    except (WireError, RecursionError, TypeError):
        return 0
    return 0
