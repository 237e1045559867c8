"""Opening a target for judgement: a scratch copy, the interpreter, the baseline."""

import contextlib
import hashlib
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfbot.optimizer.config import Options
from perfbot.optimizer.scratch_folder import scratch_folder
from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.baseline_file import is_kept, key_of, load, save
from perfbot.sandbox.cpp import libfuzzer
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.gates import symbolic_tools
from perfbot.sandbox.program_inputs import answers_in, inputs_of
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.target import Target
from perfbot.sandbox.workload import WorkloadFile, find_workload

VENVS = (".venv", "venv")
SYMBOLIC_S = LIBFUZZER_S = 10.0
"""Seconds of searching on each edit that survives the other gates: CrossHair's CPU time, and
libFuzzer's wall time."""
Say = Callable[[str], None]
Fill = Callable[[Path], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Session:
    """A target that edits can be judged on, until the `with` block ends."""

    target: Target
    baseline: Baseline
    workload: WorkloadFile | None
    settings: Settings
    key: str = ""
    """The key of all that the baseline was found out from (`baseline_file.key_of`)."""


def settings_of(options: Options) -> Settings:
    """The sandbox's settings that the command line and the config file ask for."""
    return Settings(
        seed=0 if options.seed is None else options.seed,
        allow=frozenset(options.allow),
        allow_slower_cases=options.allow_slower_cases,
        within_examples=options.within_examples,
        oracle_threshold=options.oracle_threshold,
        alpha=options.alpha,
        delta=options.delta,
        explore_s=options.explore,
        symbolic_s=SYMBOLIC_S if options.symbolic else 0.0,
        libfuzzer_s=LIBFUZZER_S if options.libfuzzer else 0.0,
    )


@contextlib.contextmanager
def opened(
    target: Target, fill: Fill, options: Options, say: Say = lambda _text: None
) -> Iterator[Session]:
    """`target`, ready to judge edits on; `fill` writes the project's tree into a new folder.

    What `fill` could not write, it gives back in words, which are said.

    Raises: BaselineError when the project fails before any edit, MachineError when the options ask
    for what is not installed.
    """
    if options.symbolic:
        symbolic_tools.require_installed()
    if options.libfuzzer:
        libfuzzer.require_installed()
    with scratch_folder() as scratch:
        root = scratch / "project"
        root.mkdir()
        for missing in fill(root) or ():
            say(missing)
        workload = workload_for(target, options)
        project = Project(
            root=root,
            python=interpreter_for(target.root, options.python),
            import_roots=tuple(dict.fromkeys((target.import_root, "."))),
            tests=options.tests,
            build=options.build,
            answers=answers_in(workload) if options.program else (),
        )
        settings = settings_of(options)
        key = key_of(project, target, settings, workload)
        baseline = baseline_for(project, target, settings, workload, say, key)
        try:
            yield Session(target, baseline, workload, settings, key)
        finally:
            if baseline.worth_keeping:
                save(baseline, key)
            baseline.close()


def workload_for(target: Target, options: Options) -> WorkloadFile | None:
    """The workload that the options name, or that lies beside the target; a program's inputs.

    Raises: UsageError where what is named is not there or cannot be read.
    """
    if options.inputs is not None and options.workload is not None:
        raise UsageError(
            "--inputs and --workload both say what goes into the program", "give one of them"
        )
    if options.inputs is not None:
        return inputs_of(target, options.inputs)
    found = find_workload(target, options.workload)
    return inputs_of(target, None) if found is None and options.program else found


def baseline_for(
    project: Project,
    target: Target,
    settings: Settings,
    workload: WorkloadFile | None,
    say: Say,
    key: str,
) -> Baseline:
    """The baseline kept from an earlier run on the same content (`key`), or a new one."""
    baseline = load(project, target, settings, workload, key)
    if baseline is None:
        if damaged(key):
            say("warning: what was kept of the original is damaged; it is found out anew")
        say("running the tests, recording calls and generating inputs for the original")
        baseline = prepare(project, target, settings, workload)
        baseline.worth_keeping = True
    return baseline


def damaged(key: str) -> bool:
    """Whether the baseline kept under `key` is not as it was written."""
    try:
        is_kept(key)
    except WireError:
        return True
    return False


def interpreter_for(root: Path, named: str | None) -> Path:
    """The interpreter named, or the project's own virtual environment's, or perfbot's.

    Raises: UsageError when the one named does not exist.
    """
    if named is not None:
        import shutil

        found = shutil.which(named)
        if found is None:
            raise UsageError(f"there is no interpreter {named}", "check --python")
        return Path(found).absolute()
    for name in VENVS:
        path = root / name / "bin" / "python"
        if path.is_file():
            return path
    return Path(sys.executable)


def fresh_seed() -> int:
    """A seed nobody could have known."""
    return secrets.randbits(31)


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
