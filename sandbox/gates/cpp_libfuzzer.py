"""Gate `libfuzzer` (optional): libFuzzer searches for arguments on which the edit differs.

It follows which code both versions run and what they compare, so it finds the one value in billions
for which there is a branch. Both versions live in its process, so what it proposes is only data, on
which the ordinary comparison decides: it can refute, and that it finds nothing approves nothing.
What it reaches is input for the gates behind it, `coverage` among them, like any other.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.cpp.libfuzzer import (
    LARGEST_BYTES,
    Pair,
    require_installed,
    search,
)
from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.versions import compiled
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.exploration import arguments_of, inputs_of
from perfbot.sandbox.gates.fuzz import Refutation, has_strategy, shrunk, visit_proposed
from perfbot.sandbox.languages.cpp_program import is_program
from perfbot.sandbox.verdict import Evidence, Status

SEEDS = 60
"""Inputs of the corpus that a search begins with, beside the observed ones."""
SEED_BYTES = 4096
PROPOSALS = 30
"""After this many that do not hold the search is given up: the original itself goes astray."""


@dataclass(slots=True)
class Findings:
    """What the searches came to. `calls` is what the engine itself says."""

    refutation: Refutation | None = None
    proposals: int = 0
    calls: int = 0
    compared: int = 0
    """Inputs that between them reach all that the search did, on which the edit agrees."""
    ended: str = ""
    """Why the searching ended before its time."""


def check(candidate: Candidate) -> Evidence:
    """REFUTED by an input that libFuzzer proposes and the ordinary comparison confirms.

    Raises: MachineError where clang or its libFuzzer is not installed.
    """
    compiler = require_installed()
    reason = not_for(candidate)
    pair = None if reason else pair_of(candidate)
    if not isinstance(pair, Pair):
        why = reason or str(pair)
        data: dict[str, object] = {"applied": False, "reason": why}
        return Evidence("libfuzzer", Status.SURVIVED, f"not applied: {why}", data=data)
    findings = searched(candidate, pair)
    data = {
        "applied": True,
        "tool": compiler.version,
        "wall_s": candidate.baseline.settings.libfuzzer_s,
        "calls": findings.calls,
        "proposals": findings.proposals,
        "compared": findings.compared,
        "ended": findings.ended,
    }
    if findings.refutation is not None:
        found = shrunk(candidate, findings.refutation, secrets.randbits(32))
        shown = counterexample(candidate, found.expected, found.actual, found.detail)
        return Evidence("libfuzzer", Status.REFUTED, found.detail, counterexample=shown, data=data)
    return Evidence("libfuzzer", Status.SURVIVED, told(findings), data=data)


def told(findings: Findings) -> str:
    """One sentence on a search that refuted nothing."""
    text = f"no difference in {findings.calls} calls; {findings.compared} of them compared again"
    if findings.proposals:
        text += f"; {findings.proposals} proposed inputs agree or are outside the domain"
    return f"{text}; cut short: {findings.ended}" if findings.ended else text


def not_for(candidate: Candidate) -> str:
    """Why libFuzzer cannot search this target, or nothing."""
    baseline = candidate.baseline
    if is_program(baseline.target):
        return "each call of a program is a process of its own"
    if has_strategy(baseline):
        return "the workload's strategy says which inputs count"
    return "" if baseline.signature.parameters else "no parameters"


def pair_of(candidate: Candidate) -> Pair | str:
    """Both versions as clang instruments them, or why there are none."""
    baseline = candidate.baseline
    target = baseline.target
    libraries = []
    for source in (target.file_source, candidate.edit.file_source):
        (built,) = compiled(baseline.project, target, source, [Variant.SEARCHED])
        if built.library is None:
            return f"clang does not compile it: {built.reason}"
        libraries.append(built.library)
    return Pair(*libraries)


def searched(candidate: Candidate, pair: Pair) -> Findings:
    """Search, confirm or dismiss what is proposed, and go on for as long as there is time."""
    findings = Findings()
    seeds = seeds_of(candidate)
    deadline = time.monotonic() + candidate.baseline.settings.libfuzzer_s
    while (left := deadline - time.monotonic()) > 0:
        found = search(pair, seeds, left, 1 + secrets.randbits(31))
        findings.calls += found.calls
        if found.proposal is None:
            learn(candidate, found.corpus, findings)
            findings.ended = found.failure
            break
        findings.proposals += 1
        findings.refutation = confirmed(candidate, found.proposal)
        if findings.refutation is not None:
            break
        if findings.proposals >= PROPOSALS:
            findings.ended = f"{findings.proposals} proposals did not hold"
            break
    return findings


def learn(candidate: Candidate, corpus: Sequence[bytes], findings: Findings) -> None:
    """Compare what reaches code as any input; so the gates behind this one have it, too."""
    before = len(candidate.explored)
    for item in corpus:
        findings.refutation = confirmed(candidate, item)
        if findings.refutation is not None:
            return
    findings.compared = len(candidate.explored) - before


def seeds_of(candidate: Candidate) -> list[bytes]:
    """Inputs to begin with, small ones: those observed and some of the corpus."""
    baseline = candidate.baseline
    corpus = [item.inputs for item in baseline.corpus]
    every = max(len(corpus) // SEEDS, 1)
    given = [inputs_of(item) for item in baseline.observed()]
    return [item for item in (*given, *corpus[::every]) if len(item) <= SEED_BYTES]


def confirmed(candidate: Candidate, proposal: bytes) -> Refutation | None:
    """How the edit differs on proposed arguments, by the ordinary comparison, or None."""
    inputs = plain(proposal)
    return None if inputs is None else visit_proposed(candidate, inputs)


def plain(proposal: bytes) -> bytes | None:
    """The proposal as perfbot itself would encode it; None where it is no argument list, or longer
    than the engine makes them: the edit can write what it likes there."""
    if len(proposal) > LARGEST_BYTES:
        return None
    try:
        return inputs_of(arguments_of(proposal))
    except (WireError, TypeError, ValueError):
        return None
