"""Gate `coverage`, for C++ and C: every line and branch of the edit has run, as gcov counts."""

from collections.abc import Sequence

from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.coverage import Uncovered
from perfbot.sandbox.cpp.allocations import null_checks
from perfbot.sandbox.cpp.coverage import spans_of, uncovered
from perfbot.sandbox.gates.coverage import Reading, judged
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.verdict import Evidence


def check(candidate: Candidate) -> Evidence:
    """See `gates.coverage.judged`."""
    return judged(candidate, Reading(uncovered, without_null_checks))


def without_null_checks(
    candidate: Candidate, gaps: Sequence[Uncovered], pool: Sequence[Expected]
) -> tuple[list[Uncovered], list[Uncovered]]:
    """The gaps apart from those that only open where memory runs out."""
    source = candidate.edit.file_source
    closed_lines = null_checks(source, spans_of(candidate.baseline.target, source))
    closed = [gap for gap in gaps if gap.line in closed_lines]
    return [gap for gap in gaps if gap.line not in closed_lines], closed
