"""Cases of a workload that do not fit the C++ signature are not passed over."""

import sys
from pathlib import Path

import pytest

from perfbot.sandbox.baseline import prepare
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.workload import WorkloadFile

SOURCE = "int twice(signed char n) { return 2 * n; }\n"
SETTINGS = Settings(examples=10, mutants=4)


def prepared(root: Path, cases: str) -> list[str]:
    """The names of the cases on which edits can be judged."""
    (root / "twice.cpp").write_text(SOURCE)
    target = locate(root, "twice.cpp", "twice")
    workload = WorkloadFile(root / "cases.py", f"def cases():\n    yield from {cases}\n")
    baseline = prepare(Project(root, Path(sys.executable)), target, SETTINGS, workload)
    baseline.close()
    return [name for name, _ in baseline.replayed()]


def test_none_that_fits_is_a_mistake_in_the_workload(tmp_path: Path) -> None:
    """The message has the reason of the first."""
    with pytest.raises(UsageError, match=r"no case of .*twice.*") as refused:
        prepared(tmp_path, "[(1000,), (2000,)]")
    assert "1000" in str(refused.value) or "range" in str(refused.value)


def test_one_that_fits_is_enough(tmp_path: Path) -> None:
    """The others are no inputs of the target."""
    assert prepared(tmp_path, "[(1000,), (7,)]") == ["case 2"]
