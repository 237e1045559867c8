"""What a call leaves in the project's other modules, and what it leaves running, is its effect."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.verify import judge

FILES = {
    "app/__init__.py": "",
    "app/counters.py": "calls = {'total': 0}\n\n\ndef note(name):\n    calls[name] += 1\n",
    "app/prices.py": "RATES = {'a': 2, 'b': 3}\n",
    "app/shop.py": """\
from app import prices
from app.counters import note


def total(items: list[str]) -> int:
    note("total")
    found = 0
    for item in items:
        found += prices.RATES.get(item, 0)
    return found
""",
    "test_shop.py": """\
from app.shop import total


def test_total():
    assert total(["a", "b", "c"]) == 5
    assert total([]) == 0
""",
}
LOOP = """\
    found = 0
    for item in items:
        found += prices.RATES.get(item, 0)
    return found
"""
SUM = "    get = prices.RATES.get\n    return sum([get(item, 0) for item in items])\n"
BAD = {
    "a counter in a helper's module is not raised": ('    note("total")\n' + LOOP, SUM),
    "another module's table gets an entry": (
        LOOP,
        "    rate = prices.RATES.setdefault\n    return sum([rate(item, 0) for item in items])\n",
    ),
    "another module's name is set": (
        LOOP,
        "    prices.RATES = dict(prices.RATES, z=1) if len(items) > 3 else prices.RATES\n" + SUM,
    ),
}
DAEMON = """\
    import os, time
    if len(items) > 3 and os.fork() == 0:
        os.closerange(0, 64)
        time.sleep(600)
"""


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baseline]:
    """One small project, prepared once for all tests of this file; processes are allowed."""
    root = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    target = locate(root, "app/shop.py", "total", import_root=".")
    settings = Settings(
        examples=60,
        mutants=8,
        allow=frozenset({"processes", "files", "timers", "patching", "state"}),
    )
    made = prepare(Project(root, Path(sys.executable)), target, settings, None)
    yield made
    made.close()


def changed(old: str, new: str) -> Edit:
    """The target's file with a piece replaced."""
    source = FILES["app/shop.py"]
    assert old in source
    return Edit(source.replace(old, new), origin="test")


@pytest.mark.parametrize("name", BAD)
def test_refuted(name: str, baseline: Baseline) -> None:
    """The difference in another module's data is seen."""
    trial = judge(baseline, changed(*BAD[name]))
    assert trial.decision == "refuted"
    assert "globals" in trial.reason, trial.reason


def test_a_process_left_is_an_effect(baseline: Baseline) -> None:
    """A child that is still there when the call returns, and the original left none."""
    trial = judge(baseline, changed(LOOP, DAEMON + LOOP))
    assert trial.decision == "refuted"
    assert "processes" in trial.reason


def test_passed(baseline: Baseline) -> None:
    """An edit that leaves the other modules as the original does."""
    trial = judge(baseline, changed(LOOP, SUM))
    assert trial.decision == "survived", trial.reason
