"""Where the time of a version of a Python target goes, line by line, told to a model."""

from dataclasses import dataclass

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.coverage import traced_spans
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.outcome import Runner
from perfbot.sandbox.worker import ChildFailedError

SLOWDOWN = 40
"""Tracing each line makes a call about this many times slower."""
CALL_CPU_S = 3.0
MOST_CALLS = 5
LARGEST = 2**63
"""No line runs so often, or takes so many nanoseconds."""
LEAST_SHARE = 0.01
"""Lines below this are left out."""


@dataclass(frozen=True, slots=True)
class LineTime:
    """A line, how often it ran, and its share of the CPU time of the version's own lines."""

    line: int
    text: str
    count: int
    share: float


def line_times(baseline: Baseline, source: str) -> list[LineTime]:
    """The lines of the target and of new helpers in `source`, on the slowest recorded calls that
    can be traced; none where a version does not answer."""
    inputs = traceable(baseline)
    runner = Runner(
        baseline.project, baseline.target, source, hash_seed=baseline.oracle.hash_seeds[0],
        imports=baseline.imports, state=baseline.state,
    )  # fmt: skip
    with runner:
        if runner.start() is not None or runner.worker is None:
            return []
        try:
            runner.worker.request("profile")
            for item in inputs:
                runner.worker.request("call", inputs=item.inputs, cpu_s=2 * CALL_CPU_S)
            report = runner.worker.request("covered")
        except ChildFailedError:
            return []
    return in_lines(report, source, traced_spans(baseline, source))


def traceable(baseline: Baseline) -> list[Expected]:
    """The slowest recorded calls that tracing does not make too slow, else the quickest one."""
    known = sorted((item for _, item in baseline.replayed()), key=lambda item: item.seconds)
    quick = [item for item in known if item.seconds * SLOWDOWN < CALL_CPU_S]
    return quick[-MOST_CALLS:] or known[:1]


def in_lines(report: object, source: str, spans: list[tuple[int, int]]) -> list[LineTime]:
    """A driver's report, of which nothing is believed but its numbers: an edit may have made it."""
    if not isinstance(report, list):
        return []
    texts = source.splitlines()
    rows = [
        row
        for row in report
        if type(row) is list and list(map(type, row)) == [int, int, int]
        and 0 <= min(row) <= max(row) < LARGEST
        and any(first <= row[0] <= last for first, last in spans) and row[0] <= len(texts)
    ]  # fmt: skip
    total = sum(spent for _, _, spent in rows)
    return [
        LineTime(line, texts[line - 1], count, spent / total)
        for line, count, spent in rows
        if total and spent >= LEAST_SHARE * total
    ]


def as_text(found: list[LineTime]) -> str:
    """A line of text for each, as a profiler prints it."""
    return "\n".join(f"{item.share:4.0%} {item.count:>9,}x  {item.text}" for item in found)
