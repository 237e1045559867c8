"""C++ and C as languages of targets; see `language.Language`."""

from collections.abc import Iterator, Sequence
from typing import cast

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.cpp import store, suite, tokens
from perfbot.sandbox.cpp.aliased import aliased
from perfbot.sandbox.cpp.compilers import ask
from perfbot.sandbox.cpp.oracle import CppOracle
from perfbot.sandbox.cpp.program_snippet import program_snippet
from perfbot.sandbox.cpp.program_suite import run_program_suite, with_answers
from perfbot.sandbox.cpp.remarks import remarks
from perfbot.sandbox.cpp.signature import SCOPE, description_of, signature_of
from perfbot.sandbox.cpp.snippet import snippet as cpp_snippet
from perfbot.sandbox.cpp.snippet_c import snippet_c
from perfbot.sandbox.cpp.strength import oracle_strength
from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.versions import command_of, hints_of, opener
from perfbot.sandbox.cpp.wrapper import unit_for
from perfbot.sandbox.errors import BaselineError
from perfbot.sandbox.gates import (
    cpp_build,
    cpp_coverage,
    cpp_dedup,
    cpp_libfuzzer,
    cpp_policy,
    cpp_sanitize,
    cpp_scope,
    explore,
    fuzz,
    mutants,
    repeat,
    replay,
)
from perfbot.sandbox.gates import suite as suite_gate
from perfbot.sandbox.guards import Guard
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.scope import Scope
from perfbot.sandbox.inputs.signature import Signature
from perfbot.sandbox.language import Gate
from perfbot.sandbox.languages.cpp_program import is_program
from perfbot.sandbox.oracle import Oracle
from perfbot.sandbox.outcome import Outcome
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.strength import Strength
from perfbot.sandbox.suite import SuiteRun
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import ChildFailedError, Zygote


def tools(project: Project, target: Target) -> tuple[str, ...]:
    """The compiler and the flags."""
    command = command_of(project, target)
    told = (command.compiler, ask(command.compiler).version, *command.flags, *command.link)
    return (*told, target.kind) if is_program(target) else told


def signature(project: Project, target: Target) -> Signature:
    """What the compiler says of the parameters, written as annotations of Python.

    Raises: BaselineError where the original does not compile or load.
    """
    return signature_of(description(project, target))


def description(project: Project, target: Target) -> str:
    """What the original's library says of its parameters' types; asked once, then kept."""
    unit = unit_for(target, target.file_source, hints_of(project, target))
    command = command_of(project, target)
    key = store.key_of("description", unit.text, unit.wrapper, unit.path, command.compiler,
                       command.flags, store.tree_digest(project.root, target.path))  # fmt: skip
    kept = store.read("descriptions", key)
    if kept is not None:
        return kept.decode()
    with opener(project, target, Variant.PLAIN)() as zygote:
        worker = zygote.fork()
        try:
            failure = worker.load(target, target.file_source)["failure"]
            if failure is not None:
                raise BaselineError(f"{target.path} does not load: {failure}")
            text = worker.describe()
        except ChildFailedError as error:
            raise BaselineError(f"{target.path} does not load: {error}") from error
        finally:
            worker.kill()
    store.write("descriptions", key, text.encode())
    return text


def scope(project: Project, target: Target) -> Scope:
    """The few names that the annotations need."""
    return Scope(SCOPE)


NO_UTF_8 = (
    b"\x80", b"\xbf", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xfe", b"\xff",
    b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf0\x80\x80\x80",
    b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80",
)  # fmt: skip
"""Stray bytes and cut characters; then overlong forms, a surrogate, and what lies beyond the last
code point. Source: Unicode 15, table 3-7, whose rows each of these just misses."""


def new_literals(before: str, after: str) -> tuple[object, ...]:
    """See `tokens.literals_new_in`; the constants of the original itself for an empty `before`."""
    return tokens.literals_new_in(before, after)


def more_characters() -> tuple[str, ...]:
    """Bytes that are no UTF-8; see `NO_UTF_8`."""
    return tuple(item.decode("utf-8", "surrogateescape") for item in NO_UTF_8)


def twins(baseline: Baseline) -> Iterator[Arguments]:
    """Inputs in which two arguments are one object; see `aliased`."""
    described = description_of(description(baseline.project, baseline.target))
    return aliased(baseline, {item.name for item in described.parameters if item.may_change})


def retyped(baseline: Baseline, edit_source: str) -> Iterator[Arguments]:
    """None: every type is declared."""
    return iter(())


def stated(baseline: Baseline) -> tuple[dict[str, int], Signature]:
    """Nothing: types alone say what is allowed."""
    return {}, baseline.signature


def code_key(project: Project, file_source: str) -> str:
    """See `cpp.tokens.normalised`: layout and comments do not count."""
    return repr(tokens.normalised(file_source))


def guards(baseline: Baseline, edit_source: str) -> Sequence[Guard]:
    """None: conditions of C++ are met by inputs around their literals, or not."""
    return ()


def ways(target: Target, outcome: Outcome) -> list[str]:
    """Twice: a second equal call, whose result may not be the first's storage.

    A program's second call is another process.
    """
    return [] if is_program(target) else ["twice"]


def open_oracle(
    project: Project, target: Target, hash_seeds: tuple[int, int] | None = None
) -> Oracle:
    """Two plain builds, each with fresh memory filled in its own way, and a sanitized one."""
    return CppOracle(project, target, hash_seeds=hash_seeds)


def open_zygote(
    project: Project,
    target: Target,
    *,
    hash_seed: int,
    imports: Sequence[str] = (),
    cpu: int | None = None,
) -> Zygote:
    """The driver's program in a sandbox, which loads plain builds."""
    open_it = opener(project, target, Variant.PLAIN, hash_seed=hash_seed, cpu=cpu)
    return cast(Zygote, open_it())


def shared_imports(file_source: str) -> tuple[str, ...]:
    """None: a library brings what it needs."""
    return ()


def run_suite(
    project: Project,
    target: Target,
    *,
    source: str | None = None,
    capture: bool = False,
    wall_s: float,
) -> SuiteRun:
    """See `cpp.suite`. Calls that the tests make are not recorded: inputs come from elsewhere."""
    found = suite.run_suite(project, target, source=source, build=project.build, wall_s=wall_s)
    if is_program(target) and project.answers:
        return with_answers(found, run_program_suite(project, target, source=source))
    return found


def documented_calls(project: Project, target: Target) -> Sequence[bytes]:
    """None: comments of C++ hold no calls that can be run."""
    return ()


def strength(baseline: Baseline) -> Strength:
    """See `cpp.strength`."""
    return oracle_strength(baseline)


def where_time_goes(baseline: Baseline, version: Target) -> tuple[str, str]:
    """The loops that the compiler could not vectorise, and why."""
    return "What the compiler says", "\n".join(remarks(baseline.project, version))


def snippet(project: Project, target: Target, edit_source: str, inputs: bytes, way: str) -> str:
    """A program of C++ that shows the difference; of a program the commands that show it."""
    if is_program(target):
        return program_snippet(target, edit_source, inputs)
    described = description_of(description(project, target))
    if target.language == "c" and not project.adapter:
        return snippet_c(target, edit_source, inputs, way, described=described)
    return cpp_snippet(
        target, edit_source, inputs, way, described=described, adapter=project.adapter
    )


def gates(settings: Settings) -> tuple[Gate, ...]:
    """The gates in their order: what needs only the plain build first."""
    if settings.libfuzzer_s <= 0:
        return GATES
    # What it finds is there for the gates behind `fuzz`: an input that reaches a branch, say.
    after = GATES.index(fuzz.check) + 1
    return (*GATES[:after], cpp_libfuzzer.check, *GATES[after:])


def check_scope(candidate: Candidate) -> Evidence:
    """Gate `scope`: nothing but the target changed."""
    return cpp_scope.check(candidate.baseline.target, candidate.edit)


def check_policy(candidate: Candidate) -> Evidence:
    """Gate `policy`: the edit holds nothing that no honest speedup needs."""
    allow = candidate.baseline.settings.allow
    return cpp_policy.check(candidate.baseline.target, candidate.edit, allow=allow)


def check_dedup(candidate: Candidate) -> Evidence:
    """Gate `dedup`: the edit is other code than the original, layout and comments apart."""
    return cpp_dedup.check(candidate.baseline.target, candidate.edit)


def check_suite(candidate: Candidate) -> Evidence:
    """Gate `suite`: the project's tests; those of a program without any are the inputs given."""
    baseline = candidate.baseline
    given = len(baseline.replayed())
    if not is_program(baseline.target) or baseline.suite.tests or not given:
        return suite_gate.check(candidate)
    detail = f"no expected outputs: the {given} inputs given are the tests, as gate replay ran them"
    return Evidence("suite", Status.SURVIVED, detail)


GATES: tuple[Gate, ...] = (
    check_scope,
    check_policy,
    check_dedup,
    cpp_build.check,
    replay.check,
    check_suite,
    fuzz.check,
    repeat.check,
    cpp_sanitize.check,
    cpp_coverage.check,
    mutants.check,
    explore.check,
)
