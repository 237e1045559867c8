"""Gate `coverage`: every line and branch of the *edit* has been run by the inputs shown to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.coverage import Uncovered, uncovered, without_decided
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.exploration import arguments_of
from perfbot.sandbox.guards import never_met
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import ChildFailedError

OUTCOMES = ("raise", "return", "yield", "assert", "throw")
"""Statements that make an outcome of their own. Other lines that never run may be dead code,
which an edit does well to drop."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a language finds gaps, and which of them no argument can close."""

    uncovered: Callable[[Baseline, str, Sequence[tuple[float, bytes]]], list[Uncovered]]
    without_closed: Callable[
        [Candidate, Sequence[Uncovered], Sequence[Expected]],
        tuple[list[Uncovered], list[Uncovered]],
    ]
    """(candidate, gaps, inputs) -> the gaps that stay, and those that nothing can close."""


def check(candidate: Candidate) -> Evidence:
    """`judged` for Python."""
    return judged(candidate, Reading(uncovered, without_python_guards))


def without_python_guards(
    candidate: Candidate, gaps: Sequence[Uncovered], pool: Sequence[Expected]
) -> tuple[list[Uncovered], list[Uncovered]]:
    """See `without_decided`."""
    return without_decided(
        candidate.baseline, candidate.edit.file_source, gaps, usual(candidate, pool)
    )


def judged(candidate: Candidate, reading: Reading) -> Evidence:
    """UNKNOWN while a line or branch of the edit has not run, or one it drops never had.

    A gap in a line that the original has too, word for word and with the same gap, is the
    original's, and is listed only. An outcome of the original that the edit no longer has and that
    no input reaches is behaviour nobody compared.
    """
    baseline = candidate.baseline
    own = [item for _, item in baseline.replayed()] + baseline.corpus
    pool = own + candidate.explored
    try:
        gaps = reading.uncovered(baseline, candidate.edit.file_source, timed(pool))
        old = original_gaps(baseline, timed(own), timed(pool), reading)
    except ChildFailedError as error:
        return Evidence("coverage", Status.UNKNOWN, f"the edit could not be traced: {error}")
    inherited = {(item.text, item.what) for item in old}
    new = [item for item in gaps if (item.text, item.what) not in inherited]
    new, closed = reading.without_closed(candidate, new, pool)
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
    baseline: Baseline,
    own: list[tuple[float, bytes]],
    pool: list[tuple[float, bytes]],
    reading: Reading,
) -> list[Uncovered]:
    """What of the original its own inputs do not reach, nor those explored for this edit."""
    source = baseline.target.file_source
    if baseline.gaps is None:
        baseline.gaps = reading.uncovered(baseline, source, own)
        baseline.worth_keeping = True
    if not baseline.gaps or len(pool) == len(own):
        return baseline.gaps
    return reading.uncovered(baseline, source, pool)


def describe(gap: Uncovered) -> str:
    return f"line {gap.line} `{gap.text}`: {gap.what}"
