"""Gate `replay`: the workload's cases, captured calls and doctests, against the original."""

from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.verdict import Evidence, Status


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
    data = {"inputs": len(cases)}
    return Evidence("replay", Status.SURVIVED, f"{len(cases)} recorded inputs agree", data=data)
