"""Gate `coverage`: every line and branch of the *edit* has been run by the inputs shown to it."""

from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.coverage import Uncovered, uncovered
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import ChildFailedError


def check(candidate: Candidate) -> Evidence:
    """UNKNOWN while a line or branch of the edit has not run, with the line.

    A gap in a line that the original has too, word for word and with the same gap, is the
    original's, and is listed only.
    """
    baseline = candidate.baseline
    pool = [item for _, item in baseline.replayed()] + baseline.corpus + candidate.explored
    inputs = [(item.seconds, item.inputs) for item in pool]
    try:
        gaps = uncovered(baseline, candidate.edit.file_source, inputs)
        old = uncovered(baseline, baseline.target.file_source, inputs) if gaps else []
    except ChildFailedError as error:
        return Evidence("coverage", Status.UNKNOWN, f"the edit could not be traced: {error}")
    inherited = {(item.text, item.what) for item in old}
    new = [item for item in gaps if (item.text, item.what) not in inherited]
    data = {"uncovered": [describe(item) for item in gaps], "inputs": len(inputs)}
    if new:
        return Evidence(
            "coverage",
            Status.UNKNOWN,
            f"{describe(new[0])}; {len(new)} such places, which no input tests",
            data=data,
        )
    return Evidence("coverage", Status.SURVIVED, "every line and branch has run", data=data)


def describe(gap: Uncovered) -> str:
    return f"line {gap.line} `{gap.text}`: {gap.what}"
