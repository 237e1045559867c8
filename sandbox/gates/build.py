"""Gate `build`: the edited module imports, in about the time that the original needs.

Work that an edit moves into its module's import is paid by every user at every start.
"""

from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import ChildFailedError, Zygote

IMPORT_NS = 2_000_000
"""An import may become this much slower (2 ms): what importing one small standard module costs."""
IMPORT_SHARE = 0.10
ROUNDS = 3


def check(candidate: Candidate) -> Evidence:
    """REFUTED if the module does not import, or imports more slowly beyond the allowance."""
    failure = candidate.start()
    if failure is not None:
        return Evidence("build", Status.REFUTED, f"the edited module does not import: {failure}")
    try:
        before_ns, after_ns = import_times(candidate)
    except ChildFailedError as error:
        return Evidence("build", Status.REFUTED, f"the edited module does not import: {error}")
    data = {"original_import_ns": before_ns, "edit_import_ns": after_ns}
    if after_ns - before_ns > IMPORT_NS + IMPORT_SHARE * before_ns:
        return Evidence(
            "build",
            Status.REFUTED,
            f"work moved to import time: {before_ns / 1e6:.1f} ms became {after_ns / 1e6:.1f} ms",
            data=data,
        )
    return Evidence("build", Status.SURVIVED, "imports", data=data)


def import_times(candidate: Candidate) -> tuple[int, int]:
    """Least CPU nanoseconds that loading the original and the edit took, in turn, fresh forks."""
    zygote: Zygote = candidate.runners[0].zygote
    baseline = candidate.baseline
    best: dict[str, int] = {}
    for _ in range(ROUNDS):
        for source in (baseline.target.file_source, candidate.edit.file_source):
            worker = zygote.fork()
            try:
                started = worker.cpu_ns()
                reply = worker.load(baseline.target, source, baseline.state)
                spent = worker.cpu_ns() - started
            finally:
                worker.kill()
            if reply["failure"] is not None:
                raise ChildFailedError("error", str(reply["failure"]))
            best[source] = min(best.get(source, spent), spent)
    return best[baseline.target.file_source], best[candidate.edit.file_source]
