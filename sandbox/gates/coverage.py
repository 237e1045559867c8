"""Gate `coverage`: every line and branch of the *edit* has been run by the inputs shown to it."""

from collections.abc import Sequence

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.coverage import Uncovered, uncovered, without_decided
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.exploration import arguments_of
from perfbot.sandbox.guards import never_met
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import ChildFailedError

OUTCOMES = ("raise", "return", "yield", "assert")
"""Statements that make an outcome of their own. Other lines that never run may be dead code,
which an edit does well to drop."""


def check(candidate: Candidate) -> Evidence:
    """UNKNOWN while a line or branch of the edit has not run, or one it drops never had.

    A gap in a line that the original has too, word for word and with the same gap, is the
    original's, and is listed only. An outcome of the original that the edit no longer has and that
    no input reaches is behaviour nobody compared.
    """
    baseline = candidate.baseline
    own = [item for _, item in baseline.replayed()] + baseline.corpus
    pool = own + candidate.explored
    try:
        gaps = uncovered(baseline, candidate.edit.file_source, timed(pool))
        old = original_gaps(baseline, timed(own), timed(pool))
    except ChildFailedError as error:
        return Evidence("coverage", Status.UNKNOWN, f"the edit could not be traced: {error}")
    inherited = {(item.text, item.what) for item in old}
    new = [item for item in gaps if (item.text, item.what) not in inherited]
    new, closed = without_decided(baseline, candidate.edit.file_source, new, usual(candidate, pool))
    data = {
        "uncovered": [describe(item) for item in gaps],
        "outside the domain": [describe(item) for item in closed],
        "inputs": len(pool),
    }
    if new:
        return Evidence(
            "coverage",
            Status.UNKNOWN,
            f"{describe(new[0])}; {len(new)} such places, which no input tests",
            data=data,
        )
    kept = {line.strip() for line in candidate.edit.file_source.splitlines()}
    dropped = [item for item in old if item.text.startswith(OUTCOMES) and item.text not in kept]
    if dropped:
        return Evidence(
            "coverage",
            Status.UNKNOWN,
            f"the edit drops what no input tests: {describe(dropped[0])} in the original",
            data={**data, "dropped": [describe(item) for item in dropped]},
        )
    detail = "every line and branch has run"
    if closed:
        detail += f", except for what no argument in the domain reaches: {describe(closed[0])}"
    return Evidence("coverage", Status.SURVIVED, detail, data=data)


def usual(candidate: Candidate, pool: Sequence[Expected]) -> dict[tuple[int, int], bool]:
    """The guards, by line and column, that no input with an answer meets; and their usual way."""
    if not candidate.unmet:
        return {}
    bind = candidate.baseline.signature.bind
    try:
        bound = [bind(arguments_of(item.inputs)) or {} for item in pool]
    except (WireError, ValueError):
        return {}  # a call that only the sandbox can read may meet any
    return {
        guard.place: way for guard, way in candidate.unmet.items() if never_met(guard, way, bound)
    }


def timed(pool: Sequence[Expected]) -> list[tuple[float, bytes]]:
    return [(item.seconds, item.inputs) for item in pool]


def original_gaps(
    baseline: Baseline, own: list[tuple[float, bytes]], pool: list[tuple[float, bytes]]
) -> list[Uncovered]:
    """What of the original its own inputs do not reach, nor those explored for this edit."""
    source = baseline.target.file_source
    if baseline.gaps is None:
        baseline.gaps = uncovered(baseline, source, own)
        baseline.worth_keeping = True
    if not baseline.gaps or len(pool) == len(own):
        return baseline.gaps
    return uncovered(baseline, source, pool)


def describe(gap: Uncovered) -> str:
    return f"line {gap.line} `{gap.text}`: {gap.what}"
