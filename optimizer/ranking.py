"""Which functions of a file or folder are worth optimizing: those its tests spend CPU time in."""

from perfbot.optimizer.config import Options
from perfbot.optimizer.scratch import copy_tree
from perfbot.optimizer.scratch_folder import scratch_folder
from perfbot.optimizer.sealed import DamagedError, read_sealed, write_sealed
from perfbot.optimizer.session import Say, interpreter_for
from perfbot.sandbox.baseline import passing_suite
from perfbot.sandbox.baseline_file import key_of
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.host import cache_folder
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.suite import run_suite
from perfbot.sandbox.target import Target

MOST = 10
LEAST_SHARE = 0.01
"""A function below 1 % of the profiled time cannot make the whole 1 % faster."""


def ranked(
    targets: list[Target],
    options: Options,
    say: Say,
    shares_of: dict[tuple[str, int], float] | None = None,
) -> list[Target]:
    """Up to `MOST` of `targets`, hottest first, by a profile of the project's tests.

    Those of C and C++ are taken in the order of the text. `shares_of` is given the share of each,
    by its `key`, where there is a profile.

    Raises: UsageError when there are no functions, or the tests reach none of them.
    """
    if not targets:
        raise UsageError("there are no functions in it", "name a file or folder with functions")
    if targets[0].language != "python":
        say(f"the first {MOST} of {len(targets)} functions: those of C and C++ are not profiled")
        return targets[:MOST]
    shares = profiled(targets, options, say)
    hot = sorted((item for item in targets if shares[key(item)] >= LEAST_SHARE),
                 key=lambda item: shares[key(item)], reverse=True)[:MOST]  # fmt: skip
    if not hot:
        raise UsageError(
            "the project's tests spend no time in these functions", "name one: FILE::FUNCTION"
        )
    for item in hot:
        say(f"  {shares[key(item)]:6.1%}  {item.path}::{item.qualname}")
    if shares_of is not None:
        shares_of.update(shares)
    return hot


def profiled(targets: list[Target], options: Options, say: Say) -> dict[tuple[str, int], float]:
    """Each target's share of the time that the tests spend in these targets."""
    first = targets[0]
    with scratch_folder() as scratch:
        root = scratch / "project"
        copy_tree(first.root, root)
        project = Project(
            root=root,
            python=interpreter_for(first.root, options.python),
            import_roots=tuple(dict.fromkeys([*(item.import_root for item in targets), "."])),
            tests=options.tests,
        )
        rows = profile_of(project, first, say)
    seconds = dict.fromkeys(map(key, targets), 0.0)
    for path, line, spent in rows:
        for item in targets:
            if item.path == path and item.start_line <= line <= item.end_line:
                seconds[key(item)] += spent
    total = sum(seconds.values()) or 1.0
    return {name: spent / total for name, spent in seconds.items()}


def profile_of(project: Project, target: Target, say: Say) -> list[tuple[str, int, float]]:
    """(file, first line, CPU seconds) of the project's functions under its tests.

    Kept by the content of the whole project, the interpreter and perfbot's own sandbox code.
    """
    path = cache_folder() / "profiles" / key_of(project, target, Settings(), None)
    try:
        kept = read_sealed(path)
    except DamagedError:
        say("warning: the profile that was kept is damaged; it is made anew")
        kept = None
    if kept is None:
        say("profiling the tests")
        passing_suite(project, target)
        kept = list(run_suite(project, target, profile=True).profile)
        write_sealed(path, kept)
    return [(str(file), int(line), float(spent)) for file, line, spent in kept]


def key(target: Target) -> tuple[str, int]:
    return target.path, target.start_byte
