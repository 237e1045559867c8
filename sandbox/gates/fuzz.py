"""Gate `fuzz`: generated inputs, against the original; what refutes is shrunk by Hypothesis."""

import secrets

from perfbot.sandbox.baseline import FUZZ_CPU_S, Baseline, beyond_edge
from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.exploration import explore
from perfbot.sandbox.inputs.signature import literals_new_in
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.outcome import Outcome
from perfbot.sandbox.verdict import Evidence, Status

FRESH_SHARE = 3
"""A third as many inputs as the corpus holds are drawn anew for each edit, with a secret seed, so
that nothing can be fitted to the corpus; and as many again around the edit's new literals."""


def check(candidate: Candidate) -> Evidence:
    """REFUTED by the first generated input on which the edit differs."""
    baseline = candidate.baseline
    refuting = replay_corpus(candidate)
    seed = secrets.randbits(32)
    if refuting is None:
        refuting = draw_more(candidate, seed)
    data = {
        "corpus": len(baseline.corpus),
        "fresh": len(candidate.explored),
        "discarded": dict(baseline.discarded),
        "seed": seed,
    }
    if refuting is not None:
        expected, actual, detail = shrunk(candidate, refuting, seed)
        return Evidence(
            "fuzz",
            Status.REFUTED,
            detail,
            counterexample=counterexample(candidate, expected, actual, detail),
            data=data,
        )
    compared = len(baseline.corpus) + len(candidate.explored)
    if not compared and not baseline.replayed():
        return Evidence("fuzz", Status.UNKNOWN, "no input could be generated", data=data)
    unordered = sum(item.unordered for item in baseline.corpus)
    data["unordered"] = unordered
    note = f"; {unordered} compared without order, as the original's depends on the hash seed"
    detail = f"{compared} generated inputs agree{note if unordered else ''}"
    return Evidence("fuzz", Status.SURVIVED, detail, data=data)


Refuting = tuple[Expected, Outcome, str]


def replay_corpus(candidate: Candidate) -> Refuting | None:
    """The first input of the kept corpus on which the edit differs, under either hash seed."""
    for seed in range(len(candidate.runners)):
        for expected in candidate.baseline.corpus:
            found = candidate.try_input(expected, seed=seed)
            if found is not None:
                return expected, found[1], found[0]
    return None


def draw_more(candidate: Candidate, seed: int) -> Refuting | None:
    """Inputs drawn for this edit alone: with a secret seed, and around its new literals."""
    baseline = candidate.baseline
    literals = literals_new_in(baseline.target.file_source, candidate.edit.file_source)
    examples = max(baseline.settings.examples // FRESH_SHARE, 1)
    if baseline.workload is not None and "strategy" in baseline.workload.has:
        for inputs in baseline.workload.draw(examples, seed):
            found = visit(candidate, inputs)
            if found is not None:
                return found
        return None
    for extra in ((), literals) if literals else ((),):
        found = search(candidate, seed, examples, extra, baseline.size_limit)
        if found is not None:
            return found
    return None


def shrunk(candidate: Candidate, refuting: Refuting, seed: int) -> Refuting:
    """The smallest refuting input that Hypothesis finds, or the one at hand."""
    baseline = candidate.baseline
    if baseline.workload is not None and "strategy" in baseline.workload.has:
        return refuting
    literals = literals_new_in(baseline.target.file_source, candidate.edit.file_source)
    found = search(candidate, seed, baseline.settings.examples, literals, baseline.size_limit)
    if found is not None and len(found[0].inputs) <= len(refuting[0].inputs):
        return found
    return refuting


def search(
    candidate: Candidate, seed: int, examples: int, literals: tuple[object, ...], size: int
) -> Refuting | None:
    baseline = candidate.baseline
    found: dict[bytes, Refuting] = {}

    def refutes(inputs: bytes) -> bool:
        refuting = visit(candidate, inputs)
        if refuting is not None:
            found[inputs] = refuting
        return refuting is not None

    smallest = explore(
        baseline.signature, baseline.observed(), refutes,
        file_source=baseline.target.file_source, examples=examples, seed=seed, max_size=size,
        max_int=baseline.int_limit, literals=literals,
    )  # fmt: skip
    return None if smallest is None else found[smallest]


def visit(candidate: Candidate, inputs: bytes) -> Refuting | None:
    """Judge the edit on one generated input, unless the original cannot be compared there."""
    baseline: Baseline = candidate.baseline
    if beyond_edge(baseline, inputs):
        return None
    expected = baseline.oracle.ask(inputs, cpu_s=FUZZ_CPU_S)
    if expected.discarded is not None:
        return None
    candidate.explored.append(expected)
    try:
        found = candidate.try_input(expected)
    except WireError as error:
        return expected, expected.outcomes[0], f"an answer that cannot be read: {error}"
    return None if found is None else (expected, found[1], found[0])
