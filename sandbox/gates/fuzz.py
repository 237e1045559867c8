"""Gate `fuzz`: generated inputs, against the original; what refutes is shrunk by Hypothesis."""

import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.corpus import generated, own_literals
from perfbot.sandbox.exploration import BEYOND, INSIDE, draw, encoded, smallest
from perfbot.sandbox.guards import inputs_that_meet, usual_way
from perfbot.sandbox.inputs.alike import grown
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.collisions import colliding
from perfbot.sandbox.inputs.domain import domain
from perfbot.sandbox.inputs.pseudoprimes import with_pseudoprimes
from perfbot.sandbox.inputs.texts_in_turn import with_alike_texts
from perfbot.sandbox.language import language_of
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.outcome import Outcome
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import ChildFailedError

FRESH_SHARE = 2
"""Half as many inputs as the corpus has are drawn anew for each edit, with a secret seed, so that
nothing can be fitted to the corpus; and as many again around the edit's own new literals."""


LEAST_SIZE, LARGEST = 6, 2_000
"""Sizes that a new int may stand for."""
AT_ONCE = 16
"""So many inputs are tried under both hash seeds side by side before the answers are judged."""
GROWN = 60
"""Inputs grown past each of them."""


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
        "domain": domain(baseline.signature, baseline.observed(), baseline.least_ints),
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
    unordered = sum(item.unordered > 0 for item in baseline.corpus)
    data["unordered"] = unordered
    note = f"; {unordered} compared without order, as the original's depends on the hash seed"
    detail = f"{compared} generated inputs agree{note if unordered else ''}"
    return Evidence("fuzz", Status.SURVIVED, detail, data=data)


def replay_corpus(candidate: Candidate) -> Refutation | None:
    """The first input of the kept corpus on which the edit differs, under either hash seed."""
    corpus = candidate.baseline.corpus
    with ThreadPoolExecutor(len(candidate.runners)) as pool:
        for at in range(0, len(corpus), AT_ONCE):
            part = corpus[at : at + AT_ONCE]
            # Each runner is a process of its own; what they answered is judged here, one by one.
            answers = pool.map(partial(candidate.ask, part), candidate.runners)
            for seed, outcomes in enumerate(answers):
                for number, expected in enumerate(part):
                    actual = outcomes[number] if number < len(outcomes) else None
                    found = candidate.try_input(expected, seed=seed, actual=actual)
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
    for inputs, breaking in drawn_anew(candidate, examples, seed):
        found = visit(candidate, inputs, breaking)
        if found is not None:
            return found
    return meet_guards(candidate)


def meet_guards(candidate: Candidate) -> Refutation | None:
    """Inputs that turn the edit's own guards; those that only crashes meet are noted as `unmet`."""
    baseline = candidate.baseline
    signature = baseline.signature
    bound = [it for item in baseline.observed() if (it := signature.bind(item)) is not None]
    for guard in language_of(baseline.target).guards(baseline, candidate.edit.file_source):
        usual = usual_way(guard, bound)
        if usual is None:
            continue
        unanswered = []
        for met in inputs_that_meet(guard, usual, signature, bound):
            inputs = next(encoded([met.arguments]), None)
            if inputs is None or baseline.beyond_edge(inputs):
                continue
            expected = generated(baseline, inputs, beyond=True)
            unanswered.append(
                expected.discarded == "outside the domain"
                or (expected.discarded in ("timeout", "capacity") and met.small)
            )
            if expected.discarded is None and not guard.of_type:
                found = visit(candidate, inputs, BEYOND)
                if found is not None:
                    return found
        if unanswered and all(unanswered):
            candidate.unmet[guard] = usual
    return None


def drawn_anew(candidate: Candidate, examples: int, seed: int) -> Iterator[tuple[bytes, int]]:
    """(inputs, inside or beyond): like the corpus, then around the edit's own new literals, then
    what its text calls for."""
    baseline = candidate.baseline
    size = baseline.size_limit
    own, new = own_literals(baseline.target), new_literals(candidate)
    for literals in (own, new) if new else (own,):
        source = baseline.source(size, literals)
        for breaking, count in ((INSIDE, examples), (BEYOND, examples // 2)):
            seed += 1
            for inputs in draw(source, count, seed, breaking=breaking):
                yield inputs, breaking
    for inputs in encoded(called_for(candidate, new, seed)):
        yield inputs, BEYOND


def called_for(candidate: Candidate, new: Sequence[object], seed: int) -> Iterator[Arguments]:
    """Inputs on which an edit errs that does what this one's text shows, and hardly on others.

    A new int may be a size from which the edit takes another way, so observed inputs are also
    grown past it. `new` are the edit's own literals. What it may have left out (a check, a base)
    is not in its text, so a hash and powers are looked at wherever there are some.
    """
    baseline = candidate.baseline
    signature, observed = baseline.signature, baseline.observed()
    language, edited = language_of(baseline.target), candidate.edit.file_source
    yield from language.retyped(baseline, edited)
    yield from with_pseudoprimes(signature, observed, edited)
    every = (*new, *language.new_literals("", edited))
    yield from with_alike_texts(signature, observed, partial(colliding, every))
    for number in (item for item in new if isinstance(item, int)):
        if LEAST_SIZE <= number <= LARGEST:
            yield from grown(signature, observed, number + 1, GROWN, seed + number)


def new_literals(candidate: Candidate) -> tuple[object, ...]:
    target = candidate.baseline.target
    return language_of(target).new_literals(target.file_source, candidate.edit.file_source)


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
    if found is None or baseline.oracle.confirm(expected).discarded is not None:
        return None
    return Refutation(expected, found[1], found[0], breaking)


def visit_proposed(candidate: Candidate, inputs: bytes) -> Refutation | None:
    """As `visit` beyond the domain, of what a search proposed: where the original is slow on it,
    that must not narrow what later edits are judged on."""
    baseline = candidate.baseline
    reach = baseline.reach
    try:
        return visit(candidate, inputs, BEYOND)
    finally:
        baseline.reach = reach


def shrunk(candidate: Candidate, found: Refutation, seed: int) -> Refutation:
    """The smallest refuting input that Hypothesis finds, or the one at hand."""
    baseline = candidate.baseline
    if has_strategy(baseline):
        return found
    refuting: dict[bytes, Refutation] = {}

    def refutes(inputs: bytes) -> bool:
        try:
            again = visit(candidate, inputs, found.breaking)
        except ChildFailedError:  # the sandbox failed, which shows nothing of this input
            return False
        if again is not None:
            refuting[inputs] = again
        return again is not None

    literals = (*own_literals(baseline.target), *new_literals(candidate))
    source = baseline.source(baseline.size_limit, literals)
    best = smallest(source, refutes, seed=seed, breaking=found.breaking)
    if best is None or len(best) > len(found.expected.inputs):
        return found
    return refuting[best]
