"""Gate `replay`: the workload's cases, captured calls and doctests, against the original."""

from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.outcome import Outcome, Runner
from perfbot.sandbox.verdict import Evidence, Status

TWICE = 10
"""On so many of the smallest inputs the call is made twice, and both results looked at together."""


def check(candidate: Candidate) -> Evidence:
    """REFUTED by the first named input on which the edit differs, under either hash seed."""
    cases = sorted(candidate.baseline.replayed(), key=lambda pair: pair[1].seconds)
    for seed in range(len(candidate.runners)):
        for name, expected in cases:
            found = candidate.try_input(expected, seed=seed)
            if found is not None:
                detail, actual = found
                return Evidence(
                    "replay",
                    Status.REFUTED,
                    f"{name}: {detail}",
                    counterexample=counterexample(candidate, expected, actual, detail),
                )
    again = repeated_differently(candidate)
    if again is not None:
        return again
    data = {"inputs": len(cases)}
    return Evidence("replay", Status.SURVIVED, f"{len(cases)} recorded inputs agree", data=data)


def repeated_differently(candidate: Candidate) -> Evidence | None:
    """Whether two calls in a row share or change something that the original's do not."""
    baseline = candidate.baseline
    pool = [item for _, item in baseline.replayed()] + baseline.corpus
    pool = [item for item in pool if not item.unordered and item.outcomes[0].status == "return"]
    original = baseline.oracle.runner()
    for expected in sorted(pool, key=lambda item: item.seconds)[:TWICE]:
        before = call_twice(original, expected.inputs)
        after = call_twice(candidate.runners[0], expected.inputs)
        if before.answered and (before.status, before.body) != (after.status, after.body):
            detail = "a second equal call gives another result, or shares its result with the first"
            return Evidence(
                "replay",
                Status.REFUTED,
                detail,
                counterexample=counterexample(candidate, expected, after, detail),
            )
    return None


def call_twice(runner: Runner, inputs: bytes) -> Outcome:
    return runner.call(inputs, cpu_s=5.0, twice=True)
