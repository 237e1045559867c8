"""Running the tests of a C or C++ project in the sandbox, with or without an edit laid over it."""

import shlex
import time
from dataclasses import replace
from pathlib import Path

from perfbot.sandbox.cpp.capture import BUILT_IN, shims_script
from perfbot.sandbox.cpp.command import including_files
from perfbot.sandbox.cpp.inside import first_error, run_script, why
from perfbot.sandbox.cpp.plan import plan_of
from perfbot.sandbox.cpp.suite_reports import outcomes, with_reports
from perfbot.sandbox.cpp.tree import BUILD_LIMITS, build_box, built_tree, copy_script, entries_in
from perfbot.sandbox.isolate.process import Ended, new_root
from perfbot.sandbox.project import Project
from perfbot.sandbox.suite import SUITE_S, SuiteRun
from perfbot.sandbox.target import Target

OUTPUT_BYTES = 12000
"""So much of the end of what the tests say is kept."""


def run_suite(
    project: Project,
    target: Target,
    *,
    source: str | None = None,
    build: str | None = None,
    tests: str | None = None,
    wall_s: float = SUITE_S,
) -> SuiteRun:
    """Build and test a private copy of the project, with `source` as the target's file.

    The copy begins as the project's own build left it, so that only what depends on the target's
    file is compiled. A build that fails is one failed test, named after its first error.

    Raises: BaselineError when the project without an edit does not build, MachineError when a
    tool or a sandbox is missing.
    """
    started = time.monotonic()
    plan = plan_of(project, build, tests)
    if not plan.tests:
        return SuiteRun({}, True, 0, (), 0, 0.0, "")
    root = new_root()
    tree = built_tree(project, plan.build) if plan.build else project.root
    # Builds remember the paths they ran at: where those differ each time, all is built anew.
    keeps = bool(plan.build) and not root
    box = build_box(
        project,
        tree if keeps else project.root,
        root,
        () if source is None else ((f"{root}/perfbot/edit", source.encode()),),
    )
    edit = ""
    if source is not None:
        edit = f"cp {root}/perfbot/edit {shlex.quote(target.path)} &&"
        if keeps:
            edit += f" touch -c {shlex.join(stale(tree, target.path))} &&"
    # Built again without an edit too: the baseline is an empty edit, judged in the same way.
    build_step = f"( {again(plan.build) if keeps else plan.build} ) &&" if plan.build else ""
    reports, built = f"{root}/tmp/perfbot-reports", f"{root}/tmp/perfbot-built"
    packed, said = f"{root}/tmp/perfbot-reports.tar", f"{root}/tmp/perfbot-tests"
    script = (
        f"{shims_script(root)}; {copy_script(root)} && mkdir -p {reports}/gtest && "
        f"{edit} {build_step} echo built >{built} || exit 1; "
        f"( {with_reports(plan.tests, reports)} ) >{said} 2>&1; status=$?; cd {root}{BUILT_IN}; "
        f"tar -cf {packed} -C {reports} .; tail -c {OUTPUT_BYTES} {said}; exit $status"
    )
    limits = replace(BUILD_LIMITS, wall_s=wall_s)
    ran = run_script(script, (built, packed), box, limits, always=True)
    exited = ran.ended is Ended.EXITED
    seconds = time.monotonic() - started
    if exited and not ran.files[0]:
        error = first_error(ran.said.replace(f"{root}{BUILT_IN}/", ""))
        return SuiteRun({f"build: {error}": "failed"}, False, 1, (), 0, seconds, ran.said)
    found = outcomes(ran.files[1])
    failed = not exited or ran.exit_status != 0
    if not found or (failed and "failed" not in found.values()):
        found[plan.tests] = "failed" if failed else "passed"
    output = ran.said if exited else why(ran, "the test run", limits)
    return SuiteRun(found, exited, ran.exit_status, (), 0, seconds, output)


def stale(tree: Path, path: str) -> list[str]:
    """What must be compiled after `path` was edited, even if the build does not know it.

    Many a Makefile, and Python's setuptools, do not follow `#include`: the tests would run the
    old code, and pass.
    """
    including = including_files(path, tree)
    return sorted({path, *(e.source for e in entries_in(tree) if e.source in including)})


def again(build: str) -> str:
    """The build, where its first part has been done: a folder is set up once."""
    first, joint, rest = build.partition(" && ")
    is_setup = first.startswith(("meson setup ", "./configure", "cmake -S "))
    return rest if joint and is_setup else build
