"""How many instructions an accepted edit needs beside the original, as callgrind counts them.

A count is exact where a clock is not, and says why an edit is faster. It is recorded and nothing
more: fewer instructions may take longer. Source: valgrind's manual, Callgrind, --toggle-collect.
"""

import re
import shlex
import shutil
from collections.abc import Sequence

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.cpp.inside import Ran, run_script
from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.versions import command_of, compiled
from perfbot.sandbox.cpp.zygote import PROGRAM_AT, driver_program
from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.isolate.box import PATH
from perfbot.sandbox.isolate.limits import MIB, Limits
from perfbot.sandbox.isolate.process import Box, Ended, new_root
from perfbot.sandbox.languages.cpp_program import is_program
from perfbot.sandbox.measurement import Instructions
from perfbot.sandbox.timing_cases import timing_of
from perfbot.sandbox.worker import PROJECT_AT

TOOL = "callgrind"
LIMITS = Limits(wall_s=60.0, memory_bytes=4096 * MIB)
"""Of counting one version."""
ORIGINAL_S = 0.4
"""So much of the original's time is counted: callgrind takes some fifty times as long."""
_COLLECTED = re.compile(r"Collected : (\d+)")
_UNKNOWN = re.compile(r"unrecognised instruction|unhandled instruction|illegal instruction", re.I)


def counted(baseline: Baseline, edit_source: str) -> Instructions:
    """Instructions of the original and of an edit on the workload's cases, the quick ones.

    Where they cannot be counted, `skipped` says why.
    """
    if shutil.which("valgrind", path=PATH) is None:
        return _skipped("valgrind is not installed")
    inputs = chosen(baseline)
    if not inputs:
        return _skipped(f"every case takes the original more than {ORIGINAL_S:g} s")
    counts = []
    for source in (baseline.target.file_source, edit_source):
        found = instructions_of(baseline, source, inputs)
        if isinstance(found, str):
            return _skipped(found)
        counts.append(found)
    return Instructions(counts[0], counts[1], len(inputs), TOOL)


def _skipped(why: str) -> Instructions:
    return Instructions(None, None, 0, TOOL, why)


def chosen(baseline: Baseline) -> list[bytes]:
    """The cases that are timed, as many of the quickest as can be counted in time."""
    found, spent = [], 0.0
    for case in timing_of(baseline).cases:
        spent += baseline.oracle.ask(case.variants[0]).seconds
        if spent > ORIGINAL_S:
            break
        found.append(case.variants[0])
    return found


def instructions_of(baseline: Baseline, source: str, inputs: Sequence[bytes]) -> int | str:
    """The instructions of one call on each of `inputs`, or why they cannot be counted."""
    project, target = baseline.project, baseline.target
    built = compiled(project, target, source, (Variant.PLAIN,))[0]
    if built.library is None:
        return f"it does not compile: {built.reason}"
    root = new_root()
    program = driver_program(command_of(project, target), Variant.PLAIN)
    library = f"{root}/box/in/version.so"
    files = [(f"{root}/box/in/{at}", data) for at, data in enumerate(inputs)]
    box = Box(
        root=root,
        read_only=((program, root + PROGRAM_AT), (project.root, root + PROJECT_AT)),
        files=((library, built.library), *files),
        cwd=f"{root}/box",
        box_bytes=1024 * MIB,
        tmp_bytes=512 * MIB,
    )
    name = "perfbot_counted_main" if is_program(target) else "perfbot_counted"
    words = [
        "valgrind", "--tool=callgrind", f"--toggle-collect={name}",
        "--callgrind-out-file=/dev/null", f"--log-file={root}/tmp/counted.%p",
        root + PROGRAM_AT, library, *(path for path, _ in files),
    ]  # fmt: skip
    report = f"{root}/box/report"
    script = f"{shlex.join(words)}; status=$?; cat {root}/tmp/counted.* > {report}; exit $status"
    try:
        ran = run_script(script, (report,), box, LIMITS, always=True)
    except MachineError as error:
        return f"no sandbox for it: {error.happened}"
    return count_in(ran)


def count_in(ran: Ran) -> int | str:
    """What callgrind counted, in all of a run's processes, or why it did not."""
    report = ran.files[0].decode(errors="replace") if ran.files else ""
    if ran.ended is Ended.TIMEOUT:
        return f"callgrind takes more than {LIMITS.wall_s:.0f} s"
    if _UNKNOWN.search(report) or _UNKNOWN.search(ran.said):
        return "valgrind does not know an instruction that this version uses"
    total = sum(map(int, _COLLECTED.findall(report)))
    if not ran.ok or not total:
        last = (ran.said or report).strip().splitlines()[-1:]
        return f"callgrind fails ({ran.ended.value}, status {ran.exit_status}) {' '.join(last)}"
    return total
