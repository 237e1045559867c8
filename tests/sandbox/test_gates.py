"""The gates: for each, edits that it must refute (or leave unknown) and edits that it must pass."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import build, coverage, fuzz, mutants, replay, suite
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.python_language import check_dedup
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.strength import Strength
from perfbot.sandbox.suite import SuiteRun
from perfbot.sandbox.verdict import Evidence, Status

HEADER = """\
import logging

LOG = logging.getLogger(__name__)
SEEN = {"calls": 0}


class Shop:
    orders = 0


"""
ORIGINAL = '''\
def total(items: list[int], limit: int = 10) -> list[int]:
    """The running total of the items up to a limit, without repeats."""
    if limit < 0:
        raise ValueError("limit must not be negative")
    SEEN["calls"] += 1
    Shop.orders += 1
    LOG.info("totals of %d items", len(items))
    found = []
    so_far = 0
    for item in items:
        so_far += item
        if so_far > limit:
            break
        if so_far not in found:
            found.append(so_far)
    return found
'''
TESTS = """\
import pytest
from shop import total


def test_total():
    assert total([1, 2, 3]) == [1, 3, 6]


def test_limit():
    assert total([5, 5, 5], 10) == [5, 10]
    assert total([0, 0, 1]) == [0, 1]


def test_negative():
    with pytest.raises(ValueError):
        total([1], limit=-1)
"""


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baseline]:
    """One small project, prepared once for all tests of this file."""
    root = tmp_path_factory.mktemp("project")
    (root / "shop.py").write_text(HEADER + ORIGINAL)
    (root / "test_shop.py").write_text(TESTS)
    target = locate(root, "shop.py", "total", import_root=".")
    project = Project(root, Path(sys.executable))
    made = prepare(project, target, Settings(examples=120, mutants=12), None)
    yield made
    made.close()


@pytest.fixture
def candidate(baseline: Baseline) -> Iterator[Any]:
    """A function (old text, new text, …) -> a loaded candidate with these replacements."""
    made: list[Candidate] = []

    def load(*changes: str, start: bool = True) -> Candidate:
        source = HEADER + ORIGINAL
        for old, new in zip(changes[::2], changes[1::2], strict=True):
            assert source.count(old) == 1, old
            source = source.replace(old, new)
        made.append(Candidate(baseline, Edit(source)))
        if start:
            assert made[-1].start() is None
        return made[-1]

    yield load
    for item in made:
        item.close()


FASTER = (
    "found = []", "found = []\n    known = set()",
    "if so_far not in found:", "if so_far not in known:\n            known.add(so_far)",
)  # fmt: skip
WRONG = {
    "last item dropped": ("for item in items:", "for item in items[:-1]:"),
    "at the limit": ("if so_far > limit:", "if so_far >= limit:"),
    "repeats kept": ("if so_far not in found:", "if True:"),
    "another message": ("must not be negative", "must be positive"),
    "another exception": ("raise ValueError", "raise TypeError"),
    "no exception": ("if limit < 0:", "if limit < -1:"),
    "a tuple": ("return found", "return tuple(found)"),
    "floats": ("so_far = 0", "so_far = 0.0"),
    "an iterator": ("return found", "return iter(found)"),
    "argument changed": ("return found", "items.clear()\n    return found"),
    "the argument itself": ("return found", "return items if items == found else found"),
    "prints": ("found = []", 'found = []\n    print("hi")'),
    "global not counted": ('SEEN["calls"] += 1', 'SEEN["calls"] += 0'),
    "class not counted": ("Shop.orders += 1", "pass"),
    "not logged": ('LOG.info("totals of %d items", len(items))', "pass"),
    "logged at another level": ("LOG.info", "LOG.debug"),
    "warns": ("found = []", "found = []\n    import warnings; warnings.warn('x')"),
    "random state": ("found = []", "found = []\n    import random; random.random()"),
    "writes a file": ("found = []", "found = []\n    open('x', 'w').close()"),
    "environment": ("found = []", "found = []\n    import os; os.environ['X'] = '1'"),
    "kept on the function": ("found = []", "found = []\n    total.last = items"),
    "only the first items": ("for item in items:", "for item in items[:6]:"),
}
RIGHT = {
    "faster": FASTER,
    "renamed": ("so_far += item", "so_far = item + so_far"),
    "the same": (),
}


@pytest.mark.parametrize("name", WRONG)
def test_replay_and_fuzz_refute_what_differs(baseline: Baseline, candidate: Any, name: str) -> None:
    """Each wrong edit is refuted by a recorded or a generated input, with a counterexample."""
    tried = candidate(*WRONG[name])
    found = replay.check(tried)
    if found.status is Status.SURVIVED:
        found = fuzz.check(tried)
    assert found.status is Status.REFUTED, found
    assert found.counterexample is not None
    assert "total(" in found.counterexample.call
    assert found.detail


@pytest.mark.parametrize("name", RIGHT)
def test_replay_and_fuzz_pass_what_agrees(candidate: Any, name: str) -> None:
    """An edit that does the same survives both, under both hash seeds."""
    tried = candidate(*RIGHT[name])
    assert replay.check(tried).status is Status.SURVIVED
    found = fuzz.check(tried)
    assert found.status is Status.SURVIVED
    assert int(str(found.data["corpus"])) + int(str(found.data["fresh"])) > 50


def test_a_counterexample_is_small_and_its_script_shows_it(candidate: Any, tmp_path: Path) -> None:
    """What refutes is shrunk, and the snippet exits with 1 in a plain interpreter."""
    import subprocess

    found = fuzz.check(candidate("for item in items:", "for item in items[:6]:"))
    assert found.counterexample is not None
    assert len(found.counterexample.call) < 60
    script = tmp_path / "show.py"
    script.write_text(found.counterexample.snippet)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "original:" in done.stdout


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("import logging\n", "import logging\n1 / 0\n"), "ZeroDivisionError"),
        (("import logging\n", "import logging\nraise SystemExit\n"), "SystemExit"),
        (("import logging\n", "import logging\nimport os; os._exit(0)\n"), "died"),
        (("import logging\n", "import logging\nTABLE = [n * n for n in range(10**6)]\n"), "import"),
        (("def total(", "def totals("), "no attribute"),
    ],
)
def test_build_refutes_modules_that_fail_or_work_at_import(
    candidate: Any, change: tuple[str, str], says: str
) -> None:
    """An edit whose import fails, or does a call's work beforehand, is refuted."""
    found = build.check(candidate(*change, start=False))
    assert (found.gate, found.status) == ("build", Status.REFUTED)
    assert says in found.detail


def test_build_passes_a_small_constant(candidate: Any) -> None:
    """A compiled pattern or table of some microseconds at import is allowed."""
    change = ("import logging\n", "import logging\nimport re\nWORD = re.compile('a+')\n")
    assert build.check(candidate(*change, start=False)).status is Status.SURVIVED


SUITE_REFUTES = {
    "fails": (("return found", "return found[::-1]"), "tests fail"),
    "exits early": (("return found", "import os; os._exit(0)"), "did not run"),
    "skips": (("return found", "import pytest; pytest.skip('no')"), "skipped"),
    "ends pytest": (("return found", "import pytest; pytest.exit('bye', 0)"), "did not run"),
    "does not import": (("import logging\n", "import logging\n1 / 0\n"), "fail"),
}


@pytest.mark.parametrize("name", SUITE_REFUTES)
def test_suite_refutes_fewer_passes(candidate: Any, name: str) -> None:
    """Tests that fail, are skipped, or do not run are each a refutation that says so."""
    change, says = SUITE_REFUTES[name]
    found = suite.check(candidate(*change, start=False))
    assert (found.gate, found.status) == ("suite", Status.REFUTED)
    assert says in found.detail


def test_suite_passes_what_passes_as_before(candidate: Any) -> None:
    """An edit under which every test passes survives."""
    found = suite.check(candidate(*FASTER, start=False))
    assert found.status is Status.SURVIVED, found
    assert found.data["passed"] == 3


def run(tests: dict[str, str], *, ended: bool = True, status: int = 0) -> SuiteRun:
    return SuiteRun(tests, ended, status, (), 0, 1.0, "")


@pytest.mark.parametrize(
    ("after", "is_worse"),
    [
        (run({"a": "passed", "b": "skipped"}), False),
        (run({"a": "passed", "b": "skipped", "new": "passed"}), False),
        (run({"a": "passed", "b": "passed"}), False),
        (run({"a": "skipped", "b": "skipped"}), True),
        (run({"a": "failed", "b": "skipped"}), True),
        (run({"a": "passed"}), True),
        (run({}), True),
        (run({"a": "passed", "b": "skipped"}, ended=False), True),
        (run({"a": "passed", "b": "skipped"}, status=1), True),
    ],
    ids=lambda item: str(getattr(item, "tests", item)),
)
def test_runs_of_the_suite_are_compared_test_by_test(after: SuiteRun, is_worse: bool) -> None:
    """Missing, failing, newly skipped tests or a run that breaks off are worse; more is not."""
    before = run({"a": "passed", "b": "skipped"})
    assert (suite.worse(before, after) is not None) is is_worse


UNCOVERED = {
    "a branch for large sizes": (
        "found = []",
        "found = []\n    if len(items) > 10**6:\n        return items",
    ),
    "a condition in one line": (
        "found = []",
        "found = []\n    items = items if len(items) < 10**6 else []",
    ),
    "a condition joined by or": ("if so_far > limit:", "if so_far > limit or so_far == 2**77:"),
    "an except for nothing": (
        "        so_far += item\n",
        "        try:\n            so_far += item\n"
        "        except MemoryError:\n            so_far = 0\n",
    ),
    "a helper's branch": (
        "def total(",
        "def _next(a, b):\n    if a == 2**77:\n        return 0\n    return a + b\n\n\ndef total(",
        "so_far += item",
        "so_far = _next(so_far, item)",
    ),
}


@pytest.mark.parametrize("name", UNCOVERED)
def test_coverage_is_unknown_where_no_input_reaches(candidate: Any, name: str) -> None:
    """A line or condition of the edit that no input tested keeps it from passing."""
    tried = candidate(*UNCOVERED[name])
    found = coverage.check(tried)
    assert (found.gate, found.status) == ("coverage", Status.UNKNOWN), found


def test_coverage_passes_what_all_ran(candidate: Any) -> None:
    """An edit whose lines and branches the corpus runs survives."""
    found = coverage.check(candidate(*FASTER))
    assert found.status is Status.SURVIVED, found


def test_mutants_pass_strong_inputs_and_not_weak_ones(baseline: Baseline, candidate: Any) -> None:
    """Inputs that tell too few mutants apart leave every edit unknown, with the figures."""
    tried = candidate()
    found = mutants.check(tried)
    assert found.status is Status.SURVIVED, found
    assert baseline.measured_strength is not None
    strong = baseline.measured_strength
    assert strong.total == 12
    try:
        baseline.measured_strength = Strength(1, 10, ("line 1: `a` -> `b` (x)",) * 9)
        weak: Evidence = mutants.check(tried)
    finally:
        baseline.measured_strength = strong
    assert weak.status is Status.UNKNOWN
    assert "(1/10" in weak.detail


def test_inputs_that_are_too_few_kill_few_mutants(baseline: Baseline) -> None:
    """The share killed is counted from real runs: one input alone tells fewer mutants apart."""
    from dataclasses import replace

    from perfbot.sandbox.strength import oracle_strength

    all_inputs = baseline.strength()
    one = oracle_strength(replace(baseline, cases=baseline.cases[:1], corpus=[]))
    assert one.killed < all_inputs.killed
    assert len(one.survivors) == one.total - one.killed


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ((), Status.UNKNOWN),
        (("found = []", "found = []  # a list"), Status.UNKNOWN),
        (("found = []", "found = list()"), Status.SURVIVED),
    ],
)
def test_dedup_knows_the_original_by_its_code(
    candidate: Any, change: tuple[str, ...], status: Status
) -> None:
    """Comments and layout make no other edit; code does."""
    assert check_dedup(candidate(*change, start=False)).status is status
