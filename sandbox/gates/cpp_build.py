"""Gate `build`, for C++ and C: the edit compiles as the project does, and loads as quickly.

Work that an edit moves into a static constructor is paid by every start of every program.
"""

from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.versions import compiled
from perfbot.sandbox.gates.build import import_times
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import ChildFailedError

LOAD_NS = 1_000_000
"""A library may load this much more slowly (1 ms): what some hundred pages of new code cost."""
LOAD_SHARE = 0.10


def check(candidate: Candidate) -> Evidence:
    """REFUTED if the edit does not compile or load, or loads more slowly beyond the allowance.

    Where the compiler makes the same library of both, the edit is no other code: gate `dedup`.
    """
    baseline = candidate.baseline
    project, target = baseline.project, baseline.target
    sources = (candidate.edit.file_source, target.file_source)
    made, own = (compiled(project, target, source, (Variant.PLAIN,))[0] for source in sources)
    if made.library is None:
        return Evidence("build", Status.REFUTED, f"the edit does not compile: {made.reason}")
    if made.library == own.library:
        return Evidence("dedup", Status.UNKNOWN, "the compiler makes the same code of both")
    failure = candidate.start()
    if failure is not None:
        return Evidence("build", Status.REFUTED, f"the edit does not load: {failure}")
    try:
        before_ns, after_ns = import_times(candidate)
    except ChildFailedError as error:
        return Evidence("build", Status.REFUTED, f"the edit does not load: {error}")
    data = {
        "original_load_ns": before_ns,
        "edit_load_ns": after_ns,
        "compile_seconds": made.seconds,
    }
    if after_ns - before_ns > LOAD_NS + LOAD_SHARE * before_ns:
        detail = f"work moved to load time: {before_ns / 1e6:.1f} ms became {after_ns / 1e6:.1f} ms"
        return Evidence("build", Status.REFUTED, detail, data=data)
    return Evidence("build", Status.SURVIVED, "compiles and loads", data=data)
