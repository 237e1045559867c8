"""Originals that sleep or loop on what was drawn for them do not hold up a verdict."""

import sys
from pathlib import Path

import pytest

from perfbot.sandbox.baseline import Settings, prepare
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.patience import (
    FUZZ_CPU_S,
    FUZZ_WALL_S,
    IN_VAIN,
    LEAST_CPU_S,
    LEAST_WALL_S,
    SLACK,
    Patience,
)
from perfbot.sandbox.project import Project

SLEEPS = "import time\n\n\ndef f(x: float, n: int):\n    time.sleep(max(x, 0.0))\n    return n\n"
PAUSES = (
    "import asyncio\n\n\nasync def f(x: float, n: int):\n    await asyncio.sleep(x)\n    return n\n"
)
LOOPS = "def f(x: float, n: int):\n    while x > 1.0:\n        x -= 1.0\n    return n\n"


def test_limits_come_down_to_what_answered_inputs_need() -> None:
    """Inputs in vain lower both limits, to a multiple of the slowest answered one."""
    patience = Patience()
    assert not patience.note(answered=True, cpu_s=0.015, wall_s=0.02)
    assert (patience.cpu_s(), patience.wall_s()) == (FUZZ_CPU_S, FUZZ_WALL_S)
    for _ in range(IN_VAIN):
        patience.note(answered=False, cpu_s=FUZZ_CPU_S, wall_s=FUZZ_CPU_S)
    assert patience.cpu_s() == SLACK * 0.015
    assert patience.wall_s() == LEAST_WALL_S
    patience.slowest_s = 0.0
    assert patience.cpu_s() == LEAST_CPU_S


def test_sleep_is_told_from_a_busy_machine() -> None:
    """A long call with hardly any CPU time slept; one that had its share of a core did not."""
    patience = Patience()
    assert not patience.note(answered=True, cpu_s=0.2, wall_s=2.0)
    assert patience.wall_s() == FUZZ_WALL_S
    assert patience.note(answered=True, cpu_s=0.001, wall_s=2.0)
    assert patience.wall_s() < FUZZ_WALL_S


@pytest.mark.parametrize("source", [SLEEPS, PAUSES, LOOPS], ids=["sleeps", "pauses", "loops"])
def test_what_was_drawn_does_not_hold_up_the_baseline(source: str, tmp_path: Path) -> None:
    """Inputs are still answered, after fewer than a dozen that were waited for in vain."""
    (tmp_path / "slow.py").write_text(source)
    target = locate(tmp_path, "slow.py", "f", import_root=".")
    project = Project(tmp_path, Path(sys.executable))
    baseline = prepare(project, target, Settings(examples=100), None)
    try:
        assert baseline.discarded["timeout"] > 0
        assert baseline.corpus
        assert baseline.patience.in_vain < 12
    finally:
        baseline.close()
