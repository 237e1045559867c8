"""Gate `fuzz`: generated inputs, against the original; what refutes is shrunk by Hypothesis."""

import secrets
from dataclasses import dataclass

from perfbot.sandbox.baseline import Baseline, generated, own_literals
from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.exploration import BEYOND, INSIDE, draw, smallest
from perfbot.sandbox.inputs.signature import literals_new_in
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.outcome import Outcome
from perfbot.sandbox.verdict import Evidence, Status

FRESH_SHARE = 2
"""Half as many inputs as the corpus has are drawn anew for each edit, with a secret seed, so that
nothing can be fitted to the corpus; and as many again around the edit's own new literals."""


LARGEST = 4_000
"""The largest container drawn because of a new int."""


@dataclass(frozen=True, slots=True)
class Refutation:
    """An input on which the edit differs, and how."""

    expected: Expected
    actual: Outcome
    detail: str
    breaking: int = INSIDE


def check(candidate: Candidate) -> Evidence:
    """REFUTED by the first generated input on which the edit differs."""
    baseline = candidate.baseline
    seed = secrets.randbits(32)
    found = replay_corpus(candidate) or draw_more(candidate, seed)
    data: dict[str, object] = {
        "corpus": len(baseline.corpus),
        "fresh": len(candidate.explored),
        "discarded": dict(baseline.discarded),
        "seed": seed,
    }
    if found is not None:
        found = shrunk(candidate, found, seed)
        return Evidence(
            "fuzz",
            Status.REFUTED,
            found.detail,
            counterexample=counterexample(candidate, found.expected, found.actual, found.detail),
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


def replay_corpus(candidate: Candidate) -> Refutation | None:
    """The first input of the kept corpus on which the edit differs, under either hash seed."""
    for seed in range(len(candidate.runners)):
        for expected in candidate.baseline.corpus:
            found = candidate.try_input(expected, seed=seed)
            if found is not None:
                return Refutation(expected, found[1], found[0])
    return None


def draw_more(candidate: Candidate, seed: int) -> Refutation | None:
    """Inputs drawn for this edit alone: with a secret seed, and around its new literals."""
    baseline = candidate.baseline
    examples = max(baseline.settings.examples // FRESH_SHARE, 1)
    if has_strategy(baseline):
        assert baseline.workload is not None
        drawn = (visit(candidate, inputs) for inputs in baseline.workload.draw(examples, seed))
        return next((found for found in drawn if found is not None), None)
    for number, (literals, breaking, size) in enumerate(sweeps(candidate)):
        count = examples // 5 if breaking == BEYOND else examples
        source = baseline.source(size, literals)
        for inputs in draw(source, count, seed + number, breaking=breaking):
            found = visit(candidate, inputs, breaking)
            if found is not None:
                return found
    return None


def sweeps(candidate: Candidate) -> list[tuple[tuple[object, ...], int, int]]:
    """(literals, inside or beyond, largest container) of each lot of inputs to draw.

    A new int may be a size from which the edit takes another way: inputs up to twice as large
    follow, whatever the original's edge, as few of them are enough.
    """
    baseline = candidate.baseline
    own, new = own_literals(baseline.target), new_literals(candidate)
    size = baseline.size_limit
    found = [(own, INSIDE, size), (own, BEYOND, size)]
    if new:
        found += [(new, INSIDE, size), (new, BEYOND, size)]
    sizes = [item for item in new if isinstance(item, int) and size < 2 * item <= LARGEST]
    if sizes:
        found.append((new, INSIDE, 2 * max(sizes)))
    return found


def new_literals(candidate: Candidate) -> tuple[object, ...]:
    return literals_new_in(candidate.baseline.target.file_source, candidate.edit.file_source)


def has_strategy(baseline: Baseline) -> bool:
    return baseline.workload is not None and "strategy" in baseline.workload.has


def visit(candidate: Candidate, inputs: bytes, breaking: int = INSIDE) -> Refutation | None:
    """Judge the edit on one generated input, unless the original cannot be compared there."""
    baseline = candidate.baseline
    if baseline.beyond_edge(inputs):
        return None
    expected = generated(baseline, inputs, beyond=breaking == BEYOND)
    if expected.discarded is not None:
        return None
    candidate.explored.append(expected)
    found = candidate.try_input(expected)
    return None if found is None else Refutation(expected, found[1], found[0], breaking)


def shrunk(candidate: Candidate, found: Refutation, seed: int) -> Refutation:
    """The smallest refuting input that Hypothesis finds, or the one at hand."""
    baseline = candidate.baseline
    if has_strategy(baseline):
        return found
    refuting: dict[bytes, Refutation] = {}

    def refutes(inputs: bytes) -> bool:
        again = visit(candidate, inputs, found.breaking)
        if again is not None:
            refuting[inputs] = again
        return again is not None

    literals = (*own_literals(baseline.target), *new_literals(candidate))
    source = baseline.source(baseline.size_limit, literals)
    best = smallest(source, refutes, seed=seed, breaking=found.breaking)
    if best is None or len(best) > len(found.expected.inputs):
        return found
    return refuting[best]
