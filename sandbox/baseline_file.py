"""A Baseline kept on disk, keyed by content, so that the next edit of the target starts at once.

Format history: 1, first version; 3, a checksum first.
"""

import contextlib
import functools
import hashlib
import json
import os
import tempfile
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

import perfbot
from perfbot.sandbox.axes import Axes
from perfbot.sandbox.baseline import Baseline, adapted
from perfbot.sandbox.coverage import Uncovered
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.host import cache_folder
from perfbot.sandbox.inputs.signature import marked
from perfbot.sandbox.interpreter import ask
from perfbot.sandbox.language import language_of
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.outcome import Outcome
from perfbot.sandbox.project import Project
from perfbot.sandbox.reach import Reach
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.strength import Strength
from perfbot.sandbox.suite import SuiteRun
from perfbot.sandbox.target import Target
from perfbot.sandbox.timing import TimingCase
from perfbot.sandbox.timing_cases import Timing
from perfbot.sandbox.workload import WorkloadFile, WorkloadProcess

FORMAT = 3
FIELDS = 16
KEPT = 200
"""So many baselines are kept; the least recently used go first."""


def key_of(
    project: Project, target: Target, settings: Settings, workload: WorkloadFile | None
) -> str:
    """SHA-256 of all that a baseline depends on: every file of the project, and the tools."""
    parts: list[object] = [
        FORMAT,
        perfbot.__version__,
        own_digest(),
        target.path,
        target.qualname,
        project.import_roots,
        project.tests,
        project.build,
        *language_of(target).tools(project, target),
        ask(project.python).version,
        str(project.python),
        None if workload is None else workload.sha256,
        settings.seed,
        settings.examples,
        settings.mutants,
    ]
    digest = hashlib.sha256(json.dumps(parts).encode())
    for path in sorted(project.root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            digest.update(str(path.relative_to(project.root)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@functools.cache
def own_digest() -> str:
    """SHA-256 of perfbot's own sandbox code: another gate finds out other things."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.[pch]*")):
        if path.suffix in (".py", ".cpp", ".hpp"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def save(baseline: Baseline, key: str) -> None:
    """Keep a baseline. A full disk or a folder that cannot be written costs only the cache."""
    document = [
        list(baseline.oracle.hash_seeds),
        suite_row(baseline.suite),
        list(baseline.imports),
        list(baseline.state),
        baseline.load_s,
        [[name, row(item)] for name, item in baseline.cases],
        [row(item) for item in baseline.corpus],
        baseline.discarded,
        baseline.size_limit,
        [*astuple(baseline.reach)],
        axes_row(baseline.axes_met()),
        baseline.least_ints,
        [item.name for item in baseline.signature.parameters if item.enforced],
        None if baseline.measured_strength is None else asdict(baseline.measured_strength),
        None if baseline.gaps is None else [[g.line, g.text, g.what] for g in baseline.gaps],
        None if baseline.timing is None else timing_row(baseline.timing),
    ]
    folder = cache_folder() / "baselines"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            data = encode(document)
            file.write(hashlib.sha256(data).digest() + data)
        os.replace(file.name, folder / key)
        forget_oldest(folder)


def checked(data: bytes) -> bytes:
    """What the file holds after its checksum. Raises: WireError where they do not agree."""
    if hashlib.sha256(data[32:]).digest() != data[:32]:
        raise WireError("a damaged file")
    return data[32:]


def is_kept(key: str) -> bool:
    """Whether a baseline is kept under `key`. Raises: WireError where it is damaged."""
    try:
        checked((cache_folder() / "baselines" / key).read_bytes())
    except OSError:
        return False
    return True


def forget_oldest(folder: Path) -> None:
    found = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[KEPT:]:
        path.unlink(missing_ok=True)


def load(
    project: Project,
    target: Target,
    settings: Settings,
    workload_file: WorkloadFile | None,
    key: str,
) -> Baseline | None:
    """The baseline kept under `key`, or None."""
    path = cache_folder() / "baselines" / key
    try:
        document = decode(checked(path.read_bytes()))
        os.utime(path)
    except (OSError, WireError):
        return None
    if type(document) is not list or len(document) != FIELDS:
        return None
    (
        seeds, suite, imports, state, load_s, cases, corpus, discarded, size_limit, reach,
        axes, least_ints, enforced, strength, gaps, timing,
    ) = document  # fmt: skip
    language = language_of(target)
    workload = WorkloadProcess(workload_file, project, target) if workload_file else None
    project = adapted(project, workload)
    oracle = language.open_oracle(project, target, tuple(seeds))
    kept = [expected(item) for item in corpus]
    named = [(name, expected(item)) for name, item in cases]
    oracle.known = {item.inputs: item for item in [*kept, *(item for _, item in named)]}
    return Baseline(
        project=project,
        target=target,
        settings=settings,
        oracle=oracle,
        signature=marked(language.signature(project, target), enforced),
        workload=workload,
        suite=suite_run(suite),
        imports=tuple(imports),
        state=tuple(state),
        load_s=load_s,
        cases=named,
        corpus=kept,
        discarded=discarded,
        size_limit=size_limit,
        reach=Reach(*reach),
        axes=axes_from(axes),
        least_ints=least_ints,
        timing=None if timing is None else timing_from(timing),
        gaps=None if gaps is None else [Uncovered(*item) for item in gaps],
        measured_strength=None
        if strength is None
        else Strength(strength["killed"], strength["total"], tuple(strength["survivors"])),
    )


def suite_row(suite: SuiteRun) -> list[Any]:
    return [
        dict(suite.tests), suite.ended, suite.exit_status, list(suite.calls), suite.lost_calls,
        suite.seconds, suite.output[-4000:],
    ]  # fmt: skip


def suite_run(data: list[Any]) -> SuiteRun:
    tests, ended, exit_status, calls, lost_calls, seconds, output = data
    return SuiteRun(tests, ended, exit_status, tuple(calls), lost_calls, seconds, output)


def timing_row(timing: Timing) -> list[Any]:
    cases = [[case.name, list(case.variants), list(case.expected)] for case in timing.cases]
    return [cases, timing.random, timing.sweep_s]


def timing_from(data: list[Any]) -> Timing:
    cases, random, sweep_s = data
    return Timing(
        tuple(TimingCase(name, tuple(v), tuple(e)) for name, v, e in cases), random, sweep_s
    )


def axes_row(axes: Axes) -> list[Any]:
    asked = [[list(ranks), count, axes.answered[ranks]] for ranks, count in axes.asked.items()]
    return [[list(ranks) for ranks in sorted(axes.observed)], asked]


def axes_from(data: list[Any]) -> Axes:
    observed, asked = data
    return Axes(
        frozenset(tuple(ranks) for ranks in observed),
        {tuple(ranks): count for ranks, count, _ in asked},
        {tuple(ranks): answered for ranks, _, answered in asked},
    )


def row(item: Expected) -> list[Any]:
    outcomes = [[o.status, o.explicit, o.body, o.effects] for o in item.outcomes]
    return [item.inputs, outcomes, item.discarded, item.unordered, item.seconds]


def expected(data: list[Any]) -> Expected:
    inputs, outcomes, discarded, unordered, seconds = data
    return Expected(inputs, tuple(Outcome(*o) for o in outcomes), discarded, unordered, seconds)
