"""Gate `symbolic` (optional): CrossHair searches for arguments on which the edit differs.

It can refute and never approve. The search runs in a sandbox of its own, beside both versions, so
the edit may forge whatever it says: arguments that it proposes are only data, on which the ordinary
comparison of the other processes decides. Where it finds nothing, or does not apply, the edit goes
on as if the gate were not there, and the evidence says so.
"""

import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.exploration import inputs_of
from perfbot.sandbox.gates.fuzz import Refutation, has_strategy, shrunk, visit_proposed
from perfbot.sandbox.gates.symbolic_tools import (
    TOOLS_AT,
    provides,
    require_installed,
    tool_mounts,
    version,
)
from perfbot.sandbox.gates.symbolic_types import Tree, aliases_of, conforms, tree_of
from perfbot.sandbox.inputs.signature import KEYWORDS, POSITIONAL_ONLY, VARIADIC
from perfbot.sandbox.interpreter import ask
from perfbot.sandbox.language import language_of
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import PROJECT_AT, ChildFailedError, Worker, Zygote, forked

LOAD_CPU_S, LOAD_WALL_S = 10.0, 60.0
"""What importing both versions may take."""
OVERTIME_S = 3.0
"""CrossHair looks at the clock between steps; a process still busy this much later is ended."""
WALL_FACTOR = 3.0
"""The wall time of a search is this many times its CPU time, and `OVERTIME_S`: edits may sleep."""
LEAST_S = 0.05
PROPOSALS = 50
"""After this many proposals that do not hold, a search is given up: it models something wrongly."""
LARGEST_ITEMS = 10_000
MOST_PATHS = 10**9


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that the search varies."""

    name: str
    by_position: bool
    tree: Tree


@dataclass(slots=True)
class Findings:
    """What the searches came to. Paths and exhaustion are what the search itself says."""

    refutation: Refutation | None = None
    proposals: int = 0
    paths: int = 0
    exhausted: bool = False
    ended: list[str] = field(default_factory=list)
    """Why a search ended before its time."""


def check(candidate: Candidate) -> Evidence:
    """REFUTED by an input that CrossHair proposes and the ordinary comparison confirms.

    Raises: MachineError where CrossHair is not installed.
    """
    require_installed()
    try:
        parameters = searchable(candidate.baseline)
    except NotApplicableError as reason:
        return not_applied(str(reason))
    findings = explore(candidate, parameters)
    data: dict[str, object] = {
        "applied": findings.paths > 0,
        "tool": f"crosshair {version()}",
        "cpu_s": candidate.baseline.settings.symbolic_s,
        "paths": findings.paths,
        "exhausted": findings.exhausted,
        "proposals": findings.proposals,
        "ended": findings.ended,
    }
    if findings.refutation is not None:
        found = shrunk(candidate, findings.refutation, secrets.randbits(32))
        shown = counterexample(candidate, found.expected, found.actual, found.detail)
        return Evidence("symbolic", Status.REFUTED, found.detail, counterexample=shown, data=data)
    return Evidence("symbolic", Status.SURVIVED, told(findings), data=data)


def told(findings: Findings) -> str:
    """One sentence on a search that refuted nothing."""
    if findings.ended and not findings.paths:
        return f"not applied: {findings.ended[0]}"
    every = ", all there are" if findings.exhausted else ""
    text = f"no difference found on {findings.paths} paths{every}"
    if findings.proposals:
        text += f"; {findings.proposals} proposed inputs agree or are outside the domain"
    return f"{text}; cut short: {findings.ended[0]}" if findings.ended else text


class NotApplicableError(Exception):
    """Why CrossHair cannot search this target."""


def not_applied(reason: str) -> Evidence:
    data = {"applied": False, "reason": reason}
    return Evidence("symbolic", Status.SURVIVED, f"not applied: {reason}", data=data)


def searchable(baseline: Baseline) -> tuple[Parameter, ...]:
    """The parameters to vary. Raises: NotApplicableError where CrossHair cannot search."""
    target = baseline.target
    if target.kind not in ("function", "staticmethod") or target.is_async or target.is_generator:
        kind = "generator" if target.is_generator else target.kind
        raise NotApplicableError(f"{'async ' * target.is_async}{kind}, not a plain function")
    if has_strategy(baseline):
        raise NotApplicableError("the workload's strategy says which inputs count")
    theirs = ask(baseline.project.python).version[:2]
    if theirs != sys.version_info[:2]:
        here, there = (".".join(map(str, v)) for v in (sys.version_info[:2], theirs))
        raise NotApplicableError(
            f"CrossHair is installed for Python {here}, the project has {there}"
        )
    if provides(target.module):
        raise NotApplicableError(f"CrossHair itself uses {target.module.split('.')[0]}")
    found = list(varied(baseline))
    if not found:
        raise NotApplicableError("no parameters")
    return tuple(found)


def varied(baseline: Baseline) -> Iterator[Parameter]:
    """The parameters whose types CrossHair knows; optional ones of other types stay left out."""
    signature, aliases = baseline.signature, aliases_of(baseline.target.file_source)
    bound = [it for item in baseline.observed() if (it := signature.bind(item)) is not None]
    in_order = True
    for parameter in signature.parameters:
        name = parameter.name
        seen = [values[name] for values in bound if name in values]
        tree = tree_of(parameter.annotation, seen, aliases)
        if tree is not None and parameter.kind not in (VARIADIC, KEYWORDS):
            by_position = parameter.kind == POSITIONAL_ONLY
            if in_order or not by_position:
                yield Parameter(name, by_position, tree)
        elif parameter.required:
            what = parameter.annotation or "not annotated, and what was passed"
            raise NotApplicableError(f"no values of {name} ({what}) can be searched through")
        else:
            in_order = False


def explore(candidate: Candidate, parameters: tuple[Parameter, ...]) -> Findings:
    """Search with the original run first, then with the edit first: each has other paths."""
    baseline, findings = candidate.baseline, Findings()
    original, edit = baseline.target.file_source, candidate.edit.file_source
    names = (
        "crosshair.core_and_libs",
        *baseline.imports,
        *language_of(baseline.target).shared_imports(edit),
    )
    try:
        with Zygote(
            baseline.project,
            imports=names,
            driver="perfbot_driver.symbolic",
            tools=tool_mounts(),
            tools_at=[TOOLS_AT],
        ) as zygote:
            for sources in ([original, edit], [edit, original]):
                with forked(zygote.channel) as worker:
                    search(candidate, worker, sources, parameters, findings)
                if findings.refutation is not None or findings.exhausted:
                    break
    except ChildFailedError as error:
        findings.ended.append(f"CrossHair does not start: {error}")
    return findings


def search(
    candidate: Candidate,
    worker: Worker,
    sources: list[str],
    parameters: tuple[Parameter, ...],
    findings: Findings,
) -> None:
    """Confirm or dismiss what one search proposes; half of the time is its."""
    paths_before, proposals = findings.paths, 0
    try:
        failure = load_both(worker, candidate.baseline, sources, parameters)
        if failure is not None:
            findings.ended.append(f"the versions do not load side by side: {failure}")
            return
        for proposal in proposed(worker, candidate.baseline.settings.symbolic_s / 2):
            findings.paths = paths_before + proposal.paths
            if proposal.arguments is None:
                findings.exhausted = proposal.exhausted
                return
            proposals += 1
            findings.proposals += 1
            findings.refutation = confirmed(candidate, proposal.arguments, parameters)
            if findings.refutation is not None:
                return
            if proposals >= PROPOSALS:
                findings.ended.append(f"{proposals} proposals in one search did not hold")
                return
    except ChildFailedError as error:
        findings.ended.append(str(error))


def load_both(
    worker: Worker, baseline: Baseline, sources: list[str], parameters: tuple[Parameter, ...]
) -> str | None:
    """Load two versions of the target in one process; why that failed, or None."""
    target = baseline.target
    reply = worker.request(
        "between",
        module=target.module,
        path=f"{worker.root}{PROJECT_AT}/{target.path}",
        sources=sources,
        qualname=target.qualname,
        root=worker.root + PROJECT_AT,
        parameters=[[item.name, item.by_position, item.tree] for item in parameters],
        cpu_s=LOAD_CPU_S,
        wall_s=LOAD_WALL_S,
    )
    return None if reply is None else str(reply)[:300]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a search says when it stops: arguments by name, encoded, or None at its end."""

    arguments: bytes | None
    paths: int
    exhausted: bool


def proposed(worker: Worker, cpu_s: float) -> Iterator[Proposal]:
    """What the search stops at, again and again for `cpu_s` seconds of its CPU time.

    Raises: ChildFailedError when it dies, overruns or breaks the wire.
    """
    started = spent_ns(worker)
    while True:
        left = cpu_s - (spent_ns(worker) - started) / 1e9
        if left < LEAST_S:
            return
        reply = worker.request(
            "search",
            seconds=left,
            cpu_s=left + OVERTIME_S,
            wall_s=WALL_FACTOR * left + OVERTIME_S,
        )
        yield parsed(reply)
        if reply["found"] is None:
            return


def spent_ns(worker: Worker) -> int:
    """The search's CPU time. Raises: ChildFailedError once it is gone."""
    try:
        return worker.cpu_ns()
    except OSError as error:
        raise ChildFailedError("died", "the process ended between two answers") from error


def parsed(reply: Any) -> Proposal:
    """A Proposal from a driver's reply. Raises: ChildFailedError("corrupt") if it is none."""
    if type(reply) is dict and set(reply) == {"found", "paths", "exhausted"}:
        found, paths, exhausted = reply["found"], reply["paths"], reply["exhausted"]
        if (
            type(found) in (bytes, type(None))
            and type(paths) is int
            and 0 <= paths <= MOST_PATHS
            and type(exhausted) is bool
        ):
            return Proposal(found, paths, exhausted)
    raise ChildFailedError("corrupt", "an answer that is not a proposal")


def confirmed(
    candidate: Candidate, proposal: bytes, parameters: tuple[Parameter, ...]
) -> Refutation | None:
    """How the edit differs on proposed arguments, by the ordinary comparison, or None.

    As on generated inputs beyond the observed ones, an original that raises there by accident is
    outside its domain.
    """
    try:
        values = decode(proposal)
    except WireError:
        return None
    if not fits(values, parameters):
        return None
    return visit_proposed(candidate, inputs_of(candidate.baseline.signature.call(values)))


def fits(values: Any, parameters: tuple[Parameter, ...]) -> bool:
    """Whether proposed arguments are those asked for, of the types asked for."""
    left = [LARGEST_ITEMS]
    return (
        type(values) is dict
        and list(values) == [item.name for item in parameters]
        and all(conforms(values[item.name], item.tree, left) for item in parameters)
    )
