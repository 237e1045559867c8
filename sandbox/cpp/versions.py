"""Versions of a target's file, compiled: which library each variant is, and who runs it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import cast

from perfbot.sandbox.cpp import libfuzzer
from perfbot.sandbox.cpp.command import command_for
from perfbot.sandbox.cpp.compilers import ask, find_compiler
from perfbot.sandbox.cpp.toolchain import Built
from perfbot.sandbox.cpp.units import Command, Variant
from perfbot.sandbox.cpp.wrapper import Hints
from perfbot.sandbox.cpp.zygote import REPORT, Builder, CppZygote
from perfbot.sandbox.host import available_cores
from perfbot.sandbox.languages.cpp_program import is_program
from perfbot.sandbox.outcome import Outcome, Runner
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target
from perfbot.sandbox.worker import ChildFailedError, Zygote

SLOWER = 20.0
"""A sanitized call may take this many times a plain one's time, and `SLOWER_S` more.
AddressSanitizer alone costs a factor of two (Serebryany et al. 2012, USENIX ATC), and the
project's -O2 is lost too."""
SLOWER_S = 1.0
LEAK_CPU_S = 20.0
"""For one look through all memory."""


def command_of(project: Project, target: Target) -> Command:
    """How the project compiles the target's file. Raises: BaselineError, MachineError."""
    return command_for(project, target.path, build=project.build)


def hints_of(project: Project, target: Target) -> Hints:
    """What the workload and the target say of the wrapper."""
    return Hints(adapter=project.adapter or None, program=is_program(target))


def variant_command(project: Project, target: Target, variant: Variant) -> Command:
    """The project's command; with GCC for what counts lines, as clang's counts are not gcov's, and
    with clang for what libFuzzer follows.

    Raises: BaselineError, MachineError as `command_of`; MachineError where that is missing.
    """
    command = command_of(project, target)
    if variant is Variant.SEARCHED:
        path = libfuzzer.require_installed().path
        return replace(command, compiler=path.replace("g++", "g") if command.is_c else path)
    if variant is not Variant.COVERED or not ask(command.compiler).is_clang:
        return command
    compiler = find_compiler("gcc" if command.is_c else "g++")
    flags = tuple(flag for flag in command.flags if not flag.startswith("-stdlib="))
    return replace(command, compiler=compiler.path, flags=flags)


def builder(project: Project, target: Target, variant: Variant) -> Builder:
    """What compiles versions of the target's file in that variant."""
    command = variant_command(project, target, variant)
    return Builder(project, command, variant, hints_of(project, target))


def compiled(
    project: Project, target: Target, source: str, variants: Sequence[Variant]
) -> list[Built]:
    """`source` as the target's file in each variant, side by side; each is compiled once.

    Raises: BaselineError, MachineError as `command_for` and `compile_unit`.
    """
    builders = [builder(project, target, variant) for variant in variants]
    if len(builders) == 1:
        return [builders[0].build(target, source)]
    with ThreadPoolExecutor(max_workers=len(available_cores())) as pool:
        started = [pool.submit(item.build, target, source) for item in builders]
        return [item.result() for item in started]


def opener(
    project: Project,
    target: Target,
    variant: Variant,
    *,
    hash_seed: int = 0,
    cpu: int | None = None,
) -> Callable[[], CppZygote]:
    """What opens a sandbox whose workers load versions in that variant."""
    command, hints = variant_command(project, target, variant), hints_of(project, target)
    return partial(
        CppZygote, project, command, variant=variant, hints=hints, hash_seed=hash_seed, cpu=cpu
    )


def runner_in(project: Project, target: Target, source: str, variant: Variant) -> Runner:
    """A Runner of one version in one variant."""
    open_it = cast("Callable[[], Zygote]", opener(project, target, variant))
    return Runner(project, target, source, hash_seed=0, new_zygote=open_it)


def sanitized_limit(seconds: float) -> float:
    """CPU seconds for a sanitized call that takes a plain build so many."""
    return SLOWER * seconds + SLOWER_S


def report_of(outcome: Outcome) -> str | None:
    """What a sanitizer says of a call that it ended; None for an answer, or no answer in time."""
    if outcome.answered or outcome.status in ("unsendable", "timeout"):
        return None
    return outcome.body.decode(errors="replace")


def leaks(runner: Runner) -> str | None:
    """What LeakSanitizer says of the calls that a sanitized runner has made so far, or None."""
    if runner.worker is None:
        return None
    try:
        runner.worker.request("leaks", cpu_s=LEAK_CPU_S)
    except ChildFailedError as error:
        runner.drop()
        return error.detail if error.kind == REPORT else None
    return None
