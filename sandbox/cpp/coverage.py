"""Which lines and branches of a version's target, and of its new helpers, the inputs reach."""

from collections.abc import Sequence

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.coverage import Uncovered
from perfbot.sandbox.cpp.gcov import coverage_of, gcov_of
from perfbot.sandbox.cpp.read_checks import read_checks
from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.versions import builder, runner_in, sanitized_limit
from perfbot.sandbox.languages.cpp import functions
from perfbot.sandbox.languages.cpp_program import is_program
from perfbot.sandbox.target import Target
from perfbot.sandbox.worker import ChildFailedError

TOTAL_CPU_S = 8.0
"""So much CPU time may go into one version's counts: quick inputs come first."""


def uncovered(
    baseline: Baseline, source: str, inputs: Sequence[tuple[float, bytes]]
) -> list[Uncovered]:
    """What of `source` (a version of the target's file) the inputs do not reach.

    `inputs` are (seconds the original takes, encoded arguments). What a program does where it
    cannot read its input is left out: see `read_checks`. Raises: ChildFailedError.
    """
    project, target = baseline.project, baseline.target
    made = builder(project, target, Variant.COVERED)
    built = made.build(target, source)
    if built.gcno is None:
        raise ChildFailedError("error", f"it does not compile with gcov's counters: {built.reason}")
    with runner_in(project, target, source, Variant.COVERED) as runner:
        failure = runner.start()
        if failure is not None or runner.worker is None:
            raise ChildFailedError("error", f"it does not load: {failure}")
        worker = runner.worker
        start = worker.cpu_ns()
        for seconds, data in sorted(inputs):
            worker.request("call", inputs=data, cpu_s=sanitized_limit(seconds))
            if worker.cpu_ns() - start > TOTAL_CPU_S * 1e9:
                break
        counts = worker.request("covered")
    if type(counts) is not bytes:
        raise ChildFailedError("corrupt", "coverage that is not bytes")
    found = coverage_of(
        built.gcno, counts, source, spans_of(target, source), path=target.path,
        gcov=gcov_of(made.command.compiler),
    )  # fmt: skip
    closed = read_checks(source) if is_program(target) else set()
    return [Uncovered(gap.line, gap.text, gap.what) for gap in found if gap.line not in closed]


def spans_of(target: Target, source: str) -> list[tuple[int, int]]:
    """The line spans of the target and of the helpers that the original's file does not have; of a
    program those of all its functions."""
    if is_program(target):
        return [(item.start_line, item.end_line) for item in functions(source)]
    before = {item.qualname for item in functions(target.file_source)}
    plain = next(
        item.qualname
        for item in functions(target.file_source)
        if item.start_byte == target.start_byte
    )
    return [
        (item.start_line, item.end_line)
        for item in functions(source)
        if item.qualname == plain or item.qualname not in before
    ]
