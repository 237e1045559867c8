"""Python as a language of targets; see `language.Language`."""

import ast
import sys
from collections.abc import Iterator, Sequence

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.drivers.callbacks import CALLBACKS
from perfbot.sandbox.drivers.steps import LAZY_WAYS, TASK_WAYS
from perfbot.sandbox.drivers.subclassed import SUBCLASS
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import Drained, Named
from perfbot.sandbox.fingerprint import python_key
from perfbot.sandbox.gates import (
    build,
    coverage,
    explore,
    fuzz,
    mutants,
    policy,
    repeat,
    replay,
    suite,
    symbolic,
)
from perfbot.sandbox.gates import scope as scope_gate
from perfbot.sandbox.guards import Guard, guards_in
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.generic import twins as generic_twins
from perfbot.sandbox.inputs.retyped import retyped as retyped_inputs
from perfbot.sandbox.inputs.scope import Scope, scope_of
from perfbot.sandbox.inputs.signature import (
    ORDINARY,
    Signature,
    literals_new_in,
    parsed,
    target_signature,
)
from perfbot.sandbox.interpreter import ask
from perfbot.sandbox.language import Gate
from perfbot.sandbox.line_profile import as_text, line_times
from perfbot.sandbox.oracle import Oracle
from perfbot.sandbox.outcome import Outcome
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.snippet import snippet as python_snippet
from perfbot.sandbox.stated_domain import stated_floors, with_enforced
from perfbot.sandbox.strength import Strength, oracle_strength
from perfbot.sandbox.suite import SuiteRun
from perfbot.sandbox.suite import run_suite as run_python_suite
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import Zygote

GENERATORS = ("generator", "async_generator")


def tools(project: Project, target: Target) -> tuple[str, ...]:
    """None: the interpreter is all."""
    return ()


def signature(project: Project, target: Target) -> Signature:
    """The target's own."""
    return target_signature(target)


def scope(project: Project, target: Target) -> Scope:
    """What the names mean in the target's file."""
    return scope_of(
        target.file_source,
        target.module,
        package=target.path.endswith("/__init__.py"),
        root=project.root,
        import_roots=project.import_roots,
        qualname=target.qualname,
    )


def new_literals(before: str, after: str) -> tuple[object, ...]:
    """See `inputs.signature.literals_new_in`."""
    return literals_new_in(before, after)


def more_characters() -> tuple[str, ...]:
    """None: lone surrogates are drawn like other characters."""
    return ()


def twins(baseline: Baseline) -> Iterator[Arguments]:
    """See `inputs.generic`."""
    return generic_twins(baseline.signature, baseline.observed(), baseline.target.file_source)


def retyped(baseline: Baseline, edit_source: str) -> Iterator[Arguments]:
    """See `inputs.retyped`."""
    original = baseline.target.file_source
    return retyped_inputs(baseline.signature, baseline.observed(), original, edit_source)


def stated(baseline: Baseline) -> tuple[dict[str, int], Signature]:
    """See `stated_domain`."""
    baseline.least_ints = stated_floors(baseline)
    return baseline.least_ints, with_enforced(baseline)


def code_key(project: Project, file_source: str) -> str:
    """See `fingerprint`."""
    same_python = ask(project.python).version[:2] == sys.version_info[:2]
    return python_key(file_source, same_python=same_python)


def guards(baseline: Baseline, edit_source: str) -> Sequence[Guard]:
    """See `guards`."""
    names = [item.name for item in baseline.signature.parameters if item.kind == ORDINARY]
    return guards_in(edit_source, baseline.target.qualname, names)


def ways(target: Target, outcome: Outcome) -> list[str]:
    """Twice; of a class through a subclass; with functions that note their calls; a lazy result in
    steps; a coroutine as tasks."""
    found = ["twice"]
    if target.kind in ("method", "classmethod"):
        found.append(SUBCLASS)
    parts = outcome.parts()
    result, args, kwargs = parts if parts is not None else (None, (), {})
    if any(is_callback(item) for item in (*args, *kwargs.values())):
        found.append(CALLBACKS)
    if isinstance(result, Drained) and result.kind in GENERATORS:
        sent_to = uses_what_is_sent(target.source)
        found += [way for way in LAZY_WAYS if way != "sent" or sent_to]
    elif isinstance(result, Drained):
        found.append("changed")
    if "pauses" in decode(outcome.effects):
        found += TASK_WAYS
    return found


def is_callback(value: object) -> bool:
    """Whether an argument is a function, or a list that begins with one."""
    if isinstance(value, list) and value:
        value = value[0]
    return isinstance(value, Named) and value.kind in ("function", "builtin")


def uses_what_is_sent(source: str) -> bool:
    """Whether a `yield` in it is more than a statement: plain ones take what is sent to no use."""
    nodes = list(ast.walk(parsed(source)))
    plain = {node.value for node in nodes if isinstance(node, ast.Expr)}
    return any(isinstance(node, ast.Yield) and node not in plain for node in nodes)


def open_oracle(
    project: Project, target: Target, hash_seeds: tuple[int, int] | None = None
) -> Oracle:
    """Two interpreters, each with a hash seed of its own."""
    return Oracle(project, target, hash_seeds=hash_seeds)


def open_zygote(
    project: Project,
    target: Target,
    *,
    hash_seed: int,
    imports: Sequence[str] = (),
    cpu: int | None = None,
) -> Zygote:
    """An interpreter that has imported what every version shares."""
    return Zygote(project, hash_seed=hash_seed, imports=imports, cpu=cpu)


def shared_imports(file_source: str) -> tuple[str, ...]:
    """The standard modules that a file imports at its top: loaded before any version is timed."""
    names: list[str] = []
    for node in ast.parse(file_source).body:
        if isinstance(node, ast.Import):
            names += [item.name for item in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.append(node.module)
    return tuple(name for name in names if name.split(".")[0] in sys.stdlib_module_names)


def run_suite(
    project: Project,
    target: Target,
    *,
    source: str | None = None,
    capture: bool = False,
    wall_s: float,
) -> SuiteRun:
    """See `suite`."""
    return run_python_suite(project, target, source=source, capture=capture, wall_s=wall_s)


def documented_calls(project: Project, target: Target) -> Sequence[bytes]:
    """Those of the target's doctests."""
    if ">>>" not in target.source:
        return ()
    return run_python_suite(project, target, capture=True, doctests=True).calls


def strength(baseline: Baseline) -> Strength:
    """See `strength`."""
    return oracle_strength(baseline)


def where_time_goes(baseline: Baseline, version: Target) -> tuple[str, str]:
    """The share and the count of each line, on the slowest recorded calls."""
    title = "Where its time goes (share, how often a line ran)"
    return title, as_text(line_times(baseline, version.file_source))


def snippet(project: Project, target: Target, edit_source: str, inputs: bytes, way: str) -> str:
    """A script that shows the difference in a plain interpreter."""
    return python_snippet(target, edit_source, inputs, way)


def gates(settings: Settings) -> tuple[Gate, ...]:
    """The gates in their order; the optional one where it was asked for."""
    return (*GATES, symbolic.check) if settings.symbolic_s > 0 else GATES


def check_scope(candidate: Candidate) -> Evidence:
    """Gate `scope`: nothing but the target changed."""
    return scope_gate.check(candidate.baseline.target, candidate.edit)


def check_policy(candidate: Candidate) -> Evidence:
    """Gate `policy`: the edit holds nothing that no honest speedup needs."""
    allow = candidate.baseline.settings.allow
    return policy.check(candidate.baseline.target, candidate.edit, allow=allow)


def check_dedup(candidate: Candidate) -> Evidence:
    """Gate `dedup`: the edit is other code than the original, however it is written."""
    before, after = candidate.baseline.target.file_source, candidate.edit.file_source
    project = candidate.baseline.project
    if code_key(project, before) == code_key(project, after):
        return Evidence("dedup", Status.UNKNOWN, "the same code as the original, written otherwise")
    return Evidence("dedup", Status.SURVIVED, "other code than the original")


GATES: tuple[Gate, ...] = (
    check_scope,
    check_policy,
    check_dedup,
    build.check,
    replay.check,
    suite.check,
    fuzz.check,
    repeat.check,
    coverage.check,
    mutants.check,
    explore.check,
)
