"""Which of a workload's cases are timed."""

import sys
from pathlib import Path

from perfbot.sandbox.baseline import prepare
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.timing_cases import MOST_CASES, SLOWEST, chosen
from perfbot.sandbox.workload import read_workload

MODULE = """
def total(items: list[int]) -> int:
    found = 0
    for item in items:
        found += item
    return found
"""
WORKLOAD = """
def cases():
    for size in range(19):
        yield (list(range(400 * size)),)
"""


def test_the_slowest_of_many_cases_are_always_timed(tmp_path: Path) -> None:
    """A gain does not depend on which of the heavy ones are left out; some of the others are."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "module.py").write_text(MODULE)
    (tmp_path / "workload.py").write_text(WORKLOAD)
    target = locate(root, "module.py", "total", import_root=".")
    workload = read_workload(tmp_path / "workload.py")
    project = Project(root, Path(sys.executable))
    baseline = prepare(project, target, Settings(examples=20, mutants=4), workload)
    try:
        timed = [item.seconds for _, item in chosen(baseline)]
        every = sorted(item.seconds for name, item in baseline.replayed() if name[:4] == "case")
    finally:
        baseline.close()
    assert len(every) == 19 and len(timed) == MOST_CASES
    assert timed == sorted(timed) and timed[-SLOWEST:] == every[-SLOWEST:]
    assert timed[0] == every[0]
