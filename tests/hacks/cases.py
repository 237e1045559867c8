"""Bad and good edits as data: each folder of `python/` or `cpp/` is a target, candidates are files.

A target's folder holds `original.py` (its first line names the function: `# target: NAME`),
`test_original.py` (a suite as weak as real ones are), `workload.py`, and candidates:

    bad_*   # class: WHAT IS WRONG; gate: GATES[; decision: DECISIONS][; peer: NAME]
    good_*  # kind: WHAT MAKES IT FASTER

Those of C++ and C are the same with `.cpp` or `.c`, and `//` where Python has `#`; a candidate is
the whole file; `cpp/Makefile` builds and tests each of them.

`gate` lists the gates that may be the one to refuse the edit. `decision` lists the decisions that
are right (refuted where it is not said): not_faster only for gains that are not there, unknown only
where no gate can be certain to find the difference; error, by baseline, where perfbot must refuse
the target itself, as it is not deterministic. `peer` names a tool that accepted such an edit.
"""

import difflib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judging import judge

HERE = Path(__file__).parent
FOLDER = HERE / "python"
LANGUAGES = ("python", "cpp")
SUFFIXES = (".py", ".cpp", ".c")
GATES = frozenset(
    {
        "baseline",
        "scope",
        "policy",
        "dedup",
        "build",
        "suite",
        "replay",
        "fuzz",
        "coverage",
        "mutants",
        "measure",
        "repeat",
        "sanitize",
        "explore",
    }
)
DECISIONS = frozenset({"accepted", "refuted", "unknown", "not_faster", "error"})


@dataclass(frozen=True, slots=True)
class Case:
    """One edit of one target, and what perfbot should say of it."""

    target: str
    """The folder's name."""
    name: str
    """The candidate's file name without its ending."""
    path: Path
    qualname: str
    good: bool
    kind: str
    """The class of a bad edit; what makes a good one faster."""
    gates: frozenset[str]
    decisions: frozenset[str]
    peer: str | None

    @property
    def id(self) -> str:
        return f"{self.target}/{self.name}"

    def judged_rightly(self, decision: str, gate: str | None) -> bool:
        """Whether this decision, by this gate, is one that the case allows."""
        if decision not in self.decisions:
            return False
        return decision in ("accepted", "not_faster") or gate in self.gates


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A case on disk: a project that holds only the original, with the edit beside it."""

    project: Path
    target: str
    candidate: Path
    workload: Path


def load_cases(folder: Path = FOLDER) -> list[Case]:
    """Return every case under `folder`, by target and name.

    Raises:
        ValueError: a first line is missing or names an unknown gate or decision.
    """
    return [
        _load_case(path, _qualname(original))
        for target in sorted(folder.iterdir())
        if (original := _original(target)) is not None
        for path in sorted(target.iterdir())
        if path.name.startswith(("bad_", "good_"))
    ]


def _original(target: Path) -> Path | None:
    """The file in a target's folder that holds the original."""
    found = (target / f"original{suffix}" for suffix in SUFFIXES)
    return next((path for path in found if path.is_file()), None)


def lay_out(case: Case, folder: Path) -> LaidOut:
    """Copy the case's project into `folder`, and its edit (without the first line) beside it."""
    project = folder / "project"
    project.mkdir(parents=True)
    original = _original(case.path.parent)
    assert original is not None
    for name in (original.name, f"test_original{original.suffix}"):
        shutil.copy(case.path.parent / name, project / name)
    if original.suffix != ".py":
        shutil.copy(HERE / "cpp" / "Makefile", project / "Makefile")
    workload = folder / "workload.py"
    shutil.copy(case.path.parent / "workload.py", workload)
    text = case.path.read_text().partition("\n")[2]
    suffix = case.path.suffix
    if original.suffix != ".py":
        text, suffix = _diff(original.name, original.read_text(), text), ".diff"
    candidate = folder / f"candidate{suffix}"
    candidate.write_text(text)
    return LaidOut(project, f"{original.name}::{case.qualname}", candidate, workload)


def _diff(name: str, before: str, after: str) -> str:
    """Return a whole file as a diff, which perfbot takes as it is: of a file it takes the body."""
    lines = (before.splitlines(keepends=True), after.splitlines(keepends=True))
    return "".join(difflib.unified_diff(*lines, f"a/{name}", f"b/{name}"))


def judge_case(case: Case, *, timeout_s: float, folder: Path | None = None) -> dict[str, Any]:
    """Return the verdict's JSON object (`judging.judge`), laid out in `folder` if it is given."""
    with tempfile.TemporaryDirectory() as passing:
        laid = lay_out(case, folder or Path(passing))
        return judge(
            laid.project,
            laid.target,
            candidate=laid.candidate,
            workload=laid.workload,
            timeout_s=timeout_s,
        )


def _qualname(original: Path) -> str:
    first = original.read_text().partition("\n")[0]
    if not first.startswith(("# target: ", "// target: ")):
        raise ValueError(f"{original}: the first line is not `# target: NAME`")
    return first.partition("target: ")[2].strip()


def _load_case(path: Path, qualname: str) -> Case:
    first = path.read_text().partition("\n")[0]
    fields = dict(part.strip().split(": ", 1) for part in first.lstrip("#/").split(";"))
    good = path.name.startswith("good_")
    needed = {"kind"} if good else {"class", "gate"}
    if not needed <= fields.keys() <= needed | {"decision", "peer"}:
        raise ValueError(f"{path}: the first line needs {sorted(needed)}, has {sorted(fields)}")
    gates = _listed(fields.get("gate", ""))
    decisions = _listed(fields.get("decision", "accepted" if good else "refuted"))
    if "fuzz" in gates:
        gates |= {"explore", "replay"}  # one draws more of the same, one knows what was found
    if "replay" in gates:
        gates |= {"repeat"}  # it replays the same inputs, twice or in steps
    if not gates <= GATES or not decisions <= DECISIONS:
        raise ValueError(f"{path}: unknown {sorted((gates - GATES) | (decisions - DECISIONS))}")
    return Case(
        target=path.parent.name,
        name=path.stem,
        path=path,
        qualname=qualname,
        good=good,
        kind=fields["kind" if good else "class"],
        gates=gates,
        decisions=decisions,
        peer=fields.get("peer"),
    )


def _listed(text: str) -> frozenset[str]:
    return frozenset(item.strip() for item in text.split(",") if item.strip())
