"""Gate `suite`: the project's own tests, run on a private copy with the edit laid over it."""

from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.language import language_of
from perfbot.sandbox.suite import SuiteRun
from perfbot.sandbox.verdict import Evidence, Status

PATIENCE = 5.0
"""An edit's suite may take this many times the original's time, and a minute."""


def check(candidate: Candidate) -> Evidence:
    """REFUTED unless every test of the original's run ends as it did; UNKNOWN without tests."""
    baseline = candidate.baseline
    before = baseline.suite
    if not before.tests:
        return Evidence("suite", Status.UNKNOWN, "the project has no tests")
    after = language_of(baseline.target).run_suite(
        baseline.project,
        baseline.target,
        source=candidate.edit.file_source,
        wall_s=PATIENCE * before.seconds + 60,
    )
    found = worse(before, after)
    data = {"tests": len(after.tests), "passed": after.count("passed"), "seconds": after.seconds}
    if found is not None:
        return Evidence("suite", Status.REFUTED, found, data=data)
    return Evidence(
        "suite", Status.SURVIVED, f"{after.count('passed')} tests pass as before", data=data
    )


def worse(before: SuiteRun, after: SuiteRun) -> str | None:
    """How a run of the tests is worse than the baseline's, or None."""
    failed = [name for name, outcome in after.tests.items() if outcome == "failed"]
    if failed:
        return f"{len(failed)} tests fail: {', '.join(failed[:3])}"
    missing = [name for name in before.tests if name not in after.tests]
    if missing:
        return f"{len(missing)} of {len(before.tests)} tests did not run: {', '.join(missing[:3])}"
    skipped = [
        name
        for name, outcome in after.tests.items()
        if outcome == "skipped" and before.tests.get(name) == "passed"
    ]
    if skipped:
        return f"{len(skipped)} tests are skipped that ran before: {', '.join(skipped[:3])}"
    if not after.ended or after.exit_status != before.exit_status:
        return f"the test run broke off (status {after.exit_status})"
    return None
