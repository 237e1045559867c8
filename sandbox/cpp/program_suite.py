"""A program's own tests: inputs beside which lies what it must print."""

import time
from dataclasses import replace

from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.versions import runner_in
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.outcome import Outcome
from perfbot.sandbox.project import Project
from perfbot.sandbox.suite import SuiteRun
from perfbot.sandbox.target import Target

TEST_CPU_S = 20.0


def run_program_suite(project: Project, target: Target, *, source: str | None = None) -> SuiteRun:
    """Run the program, or its version `source`, on every input that has an expected output.

    As judges of programming contests do, blanks at the ends of lines and of the output are passed
    over here; the other gates compare every byte with what the original prints.
    """
    started = time.monotonic()
    tests: dict[str, str] = {}
    text = target.file_source if source is None else source
    with runner_in(project, target, text, Variant.PLAIN) as runner:
        for name, given, wanted in project.answers:
            outcome = runner.call(encode([(given,), {}]), cpu_s=TEST_CPU_S)
            printed = printed_by(outcome)
            right = printed is not None and trimmed(printed) == trimmed(wanted)
            tests[name] = "passed" if right else "failed"
    status = int("failed" in tests.values())
    return SuiteRun(tests, True, status, (), 0, time.monotonic() - started, "")


def with_answers(project_run: SuiteRun, program_run: SuiteRun) -> SuiteRun:
    """The project's tests and those of its program as one run."""
    return replace(
        project_run,
        tests={**project_run.tests, **program_run.tests},
        exit_status=project_run.exit_status or program_run.exit_status,
        seconds=project_run.seconds + program_run.seconds,
    )


def printed_by(outcome: Outcome) -> str | None:
    """What a program printed, or None where it did not end, or printed what is no text."""
    try:
        parts = outcome.parts()
    except WireError:
        return None
    if outcome.status != "return" or type(parts) is not list:
        return None
    printed = parts[0][0] if type(parts[0]) is tuple and parts[0] else None
    return printed if isinstance(printed, str) else None


def trimmed(text: str) -> list[str]:
    """The lines without blanks at their ends, and without empty ones at the end."""
    return [line.rstrip() for line in text.rstrip().split("\n")]
