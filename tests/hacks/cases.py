"""Bad and good edits as data: each folder of `python/` is a target, each candidate a file.

A target's folder holds `original.py` (its first line names the function: `# target: NAME`),
`test_original.py` (a suite as weak as real ones are), `workload.py`, and candidates:

    bad_*   # class: WHAT IS WRONG; gate: GATES[; decision: DECISIONS][; peer: NAME]
    good_*  # kind: WHAT MAKES IT FASTER

`gate` lists the gates that may be the one to refuse the edit. `decision` lists the decisions that
are right (refuted where it is not said): not_faster only for gains that are not there, unknown only
where no gate can be certain to find the difference; error, by baseline, where perfbot must refuse
the target itself, as it is not deterministic. `peer` names a tool that accepted such an edit.
"""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judging import judge

FOLDER = Path(__file__).parent / "python"
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
        _load_case(path, _qualname(target / "original.py"))
        for target in sorted(folder.iterdir())
        if (target / "original.py").is_file()
        for path in sorted(target.iterdir())
        if path.name.startswith(("bad_", "good_"))
    ]


def lay_out(case: Case, folder: Path) -> LaidOut:
    """Copy the case's project into `folder`, and its edit (without the first line) beside it."""
    project = folder / "project"
    project.mkdir(parents=True)
    for name in ("original.py", "test_original.py"):
        shutil.copy(case.path.parent / name, project / name)
    workload = folder / "workload.py"
    shutil.copy(case.path.parent / "workload.py", workload)
    candidate = folder / f"candidate{case.path.suffix}"
    candidate.write_text(case.path.read_text().partition("\n")[2])
    return LaidOut(project, f"original.py::{case.qualname}", candidate, workload)


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
    if not first.startswith("# target: "):
        raise ValueError(f"{original}: the first line is not `# target: NAME`")
    return first.removeprefix("# target: ").strip()


def _load_case(path: Path, qualname: str) -> Case:
    first = path.read_text().partition("\n")[0]
    fields = dict(part.strip().split(": ", 1) for part in first.removeprefix("#").split(";"))
    good = path.name.startswith("good_")
    needed = {"kind"} if good else {"class", "gate"}
    if not needed <= fields.keys() <= needed | {"decision", "peer"}:
        raise ValueError(f"{path}: the first line needs {sorted(needed)}, has {sorted(fields)}")
    gates = _listed(fields.get("gate", ""))
    decisions = _listed(fields.get("decision", "accepted" if good else "refuted"))
    if "fuzz" in gates:
        gates |= {"explore"}  # it draws more of the same inputs
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
