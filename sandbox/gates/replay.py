"""Gate `replay`: the workload's cases, captured calls and doctests, against the original.

Before them come the inputs that refuted earlier edits of the same function.
"""

from collections.abc import Iterator

from perfbot.sandbox import counterexamples
from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.corpus import generated, limits_kept
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.verdict import Evidence, Status


def check(candidate: Candidate) -> Evidence:
    """REFUTED by the first named input on which the edit differs, under either hash seed."""
    baseline = candidate.baseline
    cases = sorted(baseline.replayed(), key=lambda pair: pair[1].seconds)
    cases[:0] = [("an earlier counterexample", item) for item in earlier(baseline)]
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
    data = {"inputs": len(cases)}
    return Evidence("replay", Status.SURVIVED, f"{len(cases)} recorded inputs agree", data=data)


def earlier(baseline: Baseline) -> Iterator[Expected]:
    """Inputs that refuted other edits, where they are in the domain and can be compared."""
    for inputs in counterexamples.known(baseline.target):
        if not baseline.beyond_edge(inputs):
            with limits_kept(baseline):
                expected = generated(baseline, inputs, beyond=True)
            if expected.discarded is None:
                yield expected
