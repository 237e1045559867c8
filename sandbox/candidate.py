"""A Candidate: one edit on trial, its processes, and the inputs it was shown."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.guards import Guard
from perfbot.sandbox.language import language_of
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.outcome import Outcome, Runner
from perfbot.sandbox.verdict import Counterexample

SLACK = 10.0
"""An edit may need this many times the original's CPU time on an input, and `SLACK_S` more,
before it is refuted for running out of time: slower inputs are `measure`'s matter."""
SLACK_S = 1.0


@dataclass(slots=True)
class Candidate:
    """One edit under trial: a runner per hash seed, and what was learnt on the way."""

    baseline: Baseline
    edit: Edit
    runners: list[Runner] = field(default_factory=list)
    explored: list[Expected] = field(default_factory=list)
    """Comparable inputs generated for this edit alone."""
    unmet: dict[Guard, bool] = field(default_factory=dict)
    """Guards of the edit that only fire where the original has no answer, as far as inputs made
    for them tell; and which way they go otherwise."""
    refuting: bytes | None = None
    """The input of the counterexample that was shown, if a single call of it refutes."""
    shown: tuple[bytes, str] | None = None
    """The input of any counterexample that was shown, and the way in which it was looked at."""

    def start(self) -> str | None:
        """Load the edit under every hash seed of the oracle; what went wrong, or None."""
        # Side by side: each starts a sandbox and an interpreter of its own.
        with ThreadPoolExecutor() as pool:
            failures = list(pool.map(self.start_one, self.baseline.oracle.hash_seeds))
        return next((failure for failure in failures if failure is not None), None)

    def start_one(self, hash_seed: int) -> str | None:
        baseline = self.baseline
        language = language_of(baseline.target)
        imports = (*baseline.imports, *language.shared_imports(self.edit.file_source))
        runner = Runner(
            baseline.project,
            baseline.target,
            self.edit.file_source,
            hash_seed=hash_seed,
            imports=imports,
            state=baseline.state,
        )
        self.runners.append(runner)
        return runner.start()

    def try_input(
        self, expected: Expected, *, seed: int = 0, actual: Outcome | None = None
    ) -> tuple[str, Outcome] | None:
        """How the edit differs on one input under one of the hash seeds, or None.

        `actual` is what it did, where it was asked before.
        """
        if actual is None:
            (actual,) = self.ask([expected], self.runners[seed])
        workload = self.baseline.workload
        equivalent = None
        if workload is not None and "equivalent" in workload.has:
            equivalent = workload.equivalent
        found = self.baseline.oracle.judge(expected, actual, equivalent=equivalent)
        return None if found is None else (found, actual)

    def ask(self, inputs: Sequence[Expected], runner: Runner) -> list[Outcome]:
        """What the edit does on each of the inputs, to the first to which it has no answer."""
        found: list[Outcome] = []
        for expected in inputs:
            limit = SLACK * expected.seconds + SLACK_S
            found.append(runner.call(expected.inputs, cpu_s=limit))
            if not found[-1].answered:
                break
        return found

    def close(self) -> None:
        for runner in self.runners:
            runner.close()
        self.runners = []


def counterexample(
    candidate: Candidate, expected: Expected, actual: Outcome, found: str, way: str = "once"
) -> Counterexample:
    """What a person is shown of an input on which the edit differs, looked at in that `way`."""
    from perfbot.sandbox.explanation import call_text, outcome_text

    candidate.refuting = expected.inputs if way == "once" else None
    candidate.shown = expected.inputs, way
    project, target = candidate.baseline.project, candidate.baseline.target
    edit = candidate.edit.file_source
    return Counterexample(
        call=call_text(target, expected.inputs),
        expected=outcome_text(expected.outcomes[0]),
        actual=outcome_text(actual),
        difference=found,
        snippet=language_of(target).snippet(project, target, edit, expected.inputs, way),
    )
