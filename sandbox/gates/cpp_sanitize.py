"""Gate `sanitize`, for C++ and C: what a right answer hides.

All inputs go through a build of the edit with AddressSanitizer and UndefinedBehaviorSanitizer;
those on which the same build of the original complains were discarded before. Two threads that call
at the same time, on arguments of their own, go through a build with ThreadSanitizer.
"""

from collections.abc import Sequence
from typing import cast

from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.cpp.oracle import CppOracle
from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.versions import (
    compiled,
    leaks,
    opener,
    report_of,
    runner_in,
    sanitized_limit,
)
from perfbot.sandbox.cpp.zygote import CppZygote
from perfbot.sandbox.gates.repeat import spread
from perfbot.sandbox.languages.cpp_program import is_program
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.outcome import Outcome, Runner, no_answer
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import ChildFailedError

VARIANTS = (Variant.SANITIZED, Variant.THREADS, Variant.COVERED)
"""Compiled side by side, the one for gate `coverage` too."""
OF_PROGRAMS = (Variant.SANITIZED, Variant.COVERED)
"""A program has its process for itself, and leaves nothing behind: no races, no leaks."""
PROGRAM_INPUTS = 250
"""About so many inputs, evenly spaced: each is a process, whose start costs a sanitizer 15 ms."""
PROGRAM_CPU_S, SANITIZED = 10.0, 8.0
"""CPU seconds for them, at so many times what the plain build takes."""
SLICE = 200
THREAD_INPUTS = 4
CALLERS = 4
THREAD_CPU_S = 20.0


def check(candidate: Candidate) -> Evidence:
    """REFUTED by the first report that the original's own build does not give."""
    baseline = candidate.baseline
    source = candidate.edit.file_source
    alone = is_program(baseline.target)
    for built in compiled(
        baseline.project, baseline.target, source, OF_PROGRAMS if alone else VARIANTS
    ):
        if built.library is None:
            return Evidence("sanitize", Status.UNKNOWN, f"cannot be sanitized: {built.reason}")
    pool = [item for _, item in baseline.replayed()] + baseline.corpus + candidate.explored
    pool = sorted(pool, key=lambda item: item.seconds)
    if alone:
        pool = affordable(pool[:: max(1, len(pool) // PROGRAM_INPUTS)])
    data: dict[str, object] = {"inputs": len(pool)}
    runner = runner_in(baseline.project, baseline.target, source, Variant.SANITIZED)
    with runner:
        failure = runner.start()
        if failure is not None:
            return Evidence("sanitize", Status.REFUTED, f"the edit does not load: {failure}")
        found = complained(candidate, runner, pool)
        if found is None and not alone:
            found = leaked(candidate, runner, pool)
    if found is None and not alone:
        found = raced(candidate, pool, data)
    if found is not None:
        return found
    detail = f"no sanitizer complains on {len(pool)} inputs"
    return Evidence("sanitize", Status.SURVIVED, detail, data=data)


def affordable(pool: Sequence[Expected]) -> list[Expected]:
    """The quickest of `pool` (sorted) that a sanitized program answers in `PROGRAM_CPU_S`, and
    the slowest input of all."""
    spent, found = 0.0, []
    for item in pool[:-1]:
        spent += SANITIZED * item.seconds
        if spent > PROGRAM_CPU_S:
            break
        found.append(item)
    return [*found, *pool[-1:]]


def complained(candidate: Candidate, runner: Runner, pool: Sequence[Expected]) -> Evidence | None:
    """The first input on which a sanitizer ends the edit, and not the original."""
    oracle = cast(CppOracle, candidate.baseline.oracle)
    for expected in pool:
        if expected.inputs in oracle.unsaid:
            continue
        actual = runner.call(expected.inputs, cpu_s=sanitized_limit(expected.seconds))
        report = report_of(actual)
        if report is not None and oracle.confirm(expected).discarded is None:
            return refuted(candidate, expected, actual, summary(report))
    return None


def leaked(candidate: Candidate, runner: Runner, pool: Sequence[Expected]) -> Evidence | None:
    """The first input that shows a leak of the edit, if the calls made so far leave any."""
    if leaks(runner) is None:
        return None
    oracle = cast(CppOracle, candidate.baseline.oracle)
    for expected in sorted(pool, key=lambda item: len(item.inputs)):
        if expected.inputs in oracle.unsaid:
            continue
        actual = runner.call(expected.inputs, cpu_s=sanitized_limit(expected.seconds))
        report = leaks(runner)
        if report is not None and not oracle.leaks(expected):
            return refuted(candidate, expected, actual, summary(report))
    return None


def raced(
    candidate: Candidate, pool: Sequence[Expected], data: dict[str, object]
) -> Evidence | None:
    """The first input on which two concurrent callers of the edit race, and of the original not."""
    baseline = candidate.baseline
    sample = spread(sorted(pool, key=lambda item: len(item.inputs)))[:: 12 // THREAD_INPUTS]
    with opener(baseline.project, baseline.target, Variant.THREADS)() as zygote:
        for expected in sample:
            edit = race(zygote, baseline.target, candidate.edit.file_source, expected)
            if edit is None or edit.status == "timeout":
                continue
            if race(zygote, baseline.target, baseline.target.file_source, expected) is not None:
                continue  # the original races as well
            return refuted(candidate, expected, edit, summary(edit.body.decode(errors="replace")))
    data["concurrent"] = len(sample)
    return None


def race(zygote: CppZygote, target: Target, source: str, expected: Expected) -> Outcome | None:
    """How concurrent callers of a version end where they do not just end, or None."""
    worker = zygote.fork()
    try:
        reply = worker.load(target, source)
        if reply["failure"] is not None:
            raise ChildFailedError("error", str(reply["failure"]))
        inputs = [expected.inputs] * CALLERS
        worker.request("concurrently", inputs=inputs, cpu_s=THREAD_CPU_S)
    except ChildFailedError as error:
        return no_answer(error)
    finally:
        worker.kill()
    return None


def refuted(candidate: Candidate, expected: Expected, actual: Outcome, text: str) -> Evidence:
    shown = counterexample(candidate, expected, actual, text)
    return Evidence("sanitize", Status.REFUTED, text, counterexample=shown)


def summary(report: str) -> str:
    """The line of a report that says what was found."""
    marks = ("SUMMARY: ", "runtime error: ", "ERROR: ", "WARNING: ")
    for mark in marks:
        for line in report.splitlines():
            if mark in line:
                return line.strip()[:SLICE]
    return " ".join(report.split())[:SLICE]
