"""The Oracle: what the original does on an input. It lives in the parent alone."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from perfbot.sandbox.comparison import CAPACITY, Equivalent, difference, unordered_parts
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.errors import BaselineError
from perfbot.sandbox.outcome import Outcome, Runner, exception_name
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target

ORIGINAL_CPU_S = 2.0
"""An input on which the original needs more CPU time than this is discarded, and counted."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the original did on one input, under each hash seed; or why it cannot be compared."""

    inputs: bytes
    outcomes: tuple[Outcome, ...]
    """One per hash seed; equal ones unless the original's order depends on the seed."""
    discarded: str | None = None
    """timeout, unsendable, capacity or unstable: no edit is judged on such an input."""
    unordered: bool = False
    """The original's own order depends on the hash seed, so only the unordered values count."""
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
        self.runners: list[Runner] = []

    def start(self) -> None:
        """Load the original. Raises: BaselineError if its module does not import."""
        if self.runners:
            return
        for seed in self.hash_seeds:
            runner = Runner(
                self.project, self.target, self.target.file_source, hash_seed=seed,
                imports=self.imports,
            )  # fmt: skip
            self.runners.append(runner)
            failure = runner.start()
            if failure is not None:
                self.close()
                raise BaselineError(
                    f"{self.target.path} does not import: {failure}",
                    "mend the import, or name the project's interpreter with --python PATH",
                )

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

    def ask(self, inputs: bytes, *, cpu_s: float = ORIGINAL_CPU_S) -> Expected:
        """What the original does on `inputs`."""
        known = self.known.get(inputs)
        if known is None:
            self.start()
            known = self.known[inputs] = self.find_out(inputs, cpu_s)
        return known

    def find_out(self, inputs: bytes, cpu_s: float) -> Expected:
        outcomes = []
        seconds = 0.0
        for runner in self.runners:
            before = runner.worker.cpu_ns() if runner.worker else 0
            outcome = runner.call(inputs, cpu_s=cpu_s)
            if runner.worker:
                seconds = max(seconds, (runner.worker.cpu_ns() - before) / 1e9)
            outcomes.append(outcome)
            if not outcome.answered:
                reason = "timeout" if outcome.status == "timeout" else "unsendable"
                return Expected(inputs, (outcome,), reason, seconds=seconds)
            if exception_name(outcome) in CAPACITY:
                return Expected(inputs, (outcome,), "capacity", seconds=seconds)
        if difference(outcomes[0], outcomes[1]) is None:
            return Expected(inputs, (outcomes[0],), seconds=seconds)
        if same_unordered(outcomes[0], outcomes[1]):
            return Expected(inputs, tuple(outcomes), unordered=True, seconds=seconds)
        return Expected(inputs, tuple(outcomes), "unstable", seconds=seconds)

    def runner(self) -> Runner:
        """The original under the first hash seed."""
        self.start()
        return self.runners[0]

    def close(self) -> None:
        for runner in self.runners:
            runner.close()
        self.runners = []


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


def same_unordered(one: Outcome, other: Outcome) -> bool:
    if one.status != other.status or one.effects != other.effects:
        return False
    try:
        parts = [item.parts() for item in (one, other)]
        if None in parts:
            return False
        first, second = (encode(unordered_parts(item)) for item in parts)
    except (WireError, RecursionError):
        return False
    return first == second
