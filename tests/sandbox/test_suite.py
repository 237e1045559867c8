"""Running a project's tests in the sandbox: outcomes, ends, captured calls, profiles."""

import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.suite import Reports, SuiteRun, run_suite

MODULE = """
import asyncio


def f(x, y=1):
    \"\"\"Adds.

    >>> f(20)
    21
    \"\"\"
    return x + y


async def waits(x):
    return x


class Shop:
    def __init__(self, rate):
        self.rate = rate

    def price(self, amount):
        return amount * self.rate

    @classmethod
    def named(cls, name):
        return cls(len(name))

    @staticmethod
    def tax(amount):
        return amount // 5


def slow():
    return sum(i * i for i in range(300_000))
"""


def run(root: Path, tests: str, qualname: str = "f", **options: Any) -> SuiteRun:
    """The run of one test file over the module above."""
    (root / "mod.py").write_text(MODULE)
    (root / "test_mod.py").write_text(textwrap.dedent(tests))
    target = locate(root, "mod.py", qualname, import_root=".")
    command = options.pop("command", None)
    project = Project(root, Path(sys.executable), tests=command)
    return run_suite(project, target, **options)


def test_each_test_has_its_outcome(tmp_path: Path) -> None:
    """Passed, failed, skipped and broken tests are told apart, by id."""
    found = run(
        tmp_path,
        """
        import pytest
        from mod import f

        def test_passes(): assert f(1) == 2
        def test_fails(): assert f(1) == 3
        def test_skips(): pytest.skip("no")
        @pytest.fixture
        def broken(): 1 / 0
        def test_errors(broken): pass
        @pytest.mark.parametrize("x", [1, 2])
        def test_many(x): assert f(x, 0) == x
        """,
    )
    outcomes = {name.split("::")[1]: outcome for name, outcome in found.tests.items()}
    assert outcomes == {
        "test_passes": "passed",
        "test_fails": "failed",
        "test_skips": "skipped",
        "test_errors": "failed",
        "test_many[1]": "passed",
        "test_many[2]": "passed",
    }
    assert (found.ended, found.exit_status, found.calls) == (True, 1, ())
    assert found.count("failed") == 2
    assert "1 / 0" in found.output


@pytest.mark.parametrize(
    ("tests", "ended", "failed"),
    [
        ("import os\ndef test_a(): os._exit(0)\n", False, 0),
        ("import os\nos._exit(0)\n", False, 0),
        ("def test_a(: pass\n", True, 1),
        ("import pytest\ndef test_a(): pytest.exit('bye', 0)\n", True, 0),
    ],
    ids=["exits in a test", "exits at import", "syntax error", "pytest.exit"],
)
def test_a_run_that_breaks_off_is_told(
    tmp_path: Path, tests: str, ended: bool, failed: int
) -> None:
    """A run that ends early has no passed tests, whatever its exit status."""
    found = run(tmp_path, tests)
    assert found.ended is ended
    assert found.count("passed") == 0
    assert found.count("failed") == failed


def test_no_tests_is_no_test(tmp_path: Path) -> None:
    """A project without tests has none, and pytest's status says so."""
    found = run(tmp_path, "")
    assert (dict(found.tests), found.exit_status, found.ended) == ({}, 5, True)


def test_the_edit_is_laid_over_a_private_copy(tmp_path: Path) -> None:
    """Tests see the given source; the project's own files stay as they are."""
    tests = """
        from mod import f
        def test_f():
            open("left.txt", "w").close()
            assert f(1) == 100
    """
    edited = MODULE.replace("return x + y", "return 100")
    assert run(tmp_path, tests, source=edited).count("passed") == 1
    assert run(tmp_path, tests).count("failed") == 1
    assert (tmp_path / "mod.py").read_text() == MODULE
    assert not (tmp_path / "left.txt").exists()


def captured(found: SuiteRun) -> list[Any]:
    return [decode(data) for data in found.calls]


def test_distinct_calls_are_captured_before_they_change_anything(tmp_path: Path) -> None:
    """Each distinct argument list is kept once, as it was before the call."""
    found = run(
        tmp_path,
        """
        from mod import f
        def test_f():
            f(1); f(1); f(1, y=2); f([1], [2])
        """,
        capture=True,
    )
    assert captured(found) == [[(1,), {}], [(1,), {"y": 2}], [([1], [2]), {}]]


@pytest.mark.parametrize(
    ("qualname", "call", "args"),
    [
        ("Shop.named", "Shop.named('ab')", ("ab",)),
        ("Shop.tax", "Shop(1).tax(10)", (10,)),
        ("waits", "asyncio.run(waits(3))", (3,)),
    ],
)
def test_calls_of_every_kind_are_captured(
    tmp_path: Path, qualname: str, call: str, args: tuple[Any, ...]
) -> None:
    """Class methods are captured without their class, and coroutines like functions."""
    tests = f"import asyncio\nfrom mod import Shop, waits\ndef test_it(): {call}\n"
    found = run(tmp_path, tests, qualname, capture=True)
    assert found.count("passed") == 1, found.output
    assert captured(found) == [[args, {}]]


def test_methods_are_captured_with_their_object(tmp_path: Path) -> None:
    """A method's call holds the object's class and state."""
    tests = "from mod import Shop\ndef test_it(): assert Shop(3).price(2) == 6\n"
    ((args, _),) = captured(run(tmp_path, tests, "Shop.price", capture=True))
    assert (args[0].qualname, args[0].state[2], args[1]) == ("Shop", {"rate": 3}, 2)


def test_iterators_are_not_used_up_by_capturing(tmp_path: Path) -> None:
    """A call whose arguments hold an iterator, however deep, is lost, and the test still passes."""
    tests = """
        import mod
        def test_it(monkeypatch):
            numbers = iter([1, 2])
            mod.f([next(numbers), numbers], [])
            assert list(numbers) == [2]
    """
    found = run(tmp_path, tests, capture=True)
    assert found.count("passed") == 1, found.output
    assert (found.calls, found.lost_calls) == ((), 1)


def test_doctests_are_run_alone_on_demand(tmp_path: Path) -> None:
    """With `doctests`, the target's examples are the tests, and their calls are captured."""
    found = run(tmp_path, "def test_a(): pass\n", capture=True, doctests=True)
    assert list(found.tests) == ["mod.py::mod.f"]
    assert captured(found) == [[(20,), {}]]


@pytest.mark.parametrize(("code", "outcome"), [(0, "passed"), (3, "failed")])
def test_a_command_that_is_not_pytest_is_one_test(tmp_path: Path, code: int, outcome: str) -> None:
    """Any command counts as one test that passes when it exits with 0, in the project's Python."""
    command = f"python -c 'import mod, sys; sys.exit({code})'"
    found = run(tmp_path, "", command=command)
    assert dict(found.tests) == {command: outcome}, found.output
    assert (found.ended, found.exit_status) == (True, code)


@pytest.mark.parametrize("command", ["pytest -k one", "python -m pytest -k one"])
def test_pytests_own_options_are_kept(tmp_path: Path, command: str) -> None:
    """A pytest command runs with its options, and its tests are still told apart."""
    tests = "def test_one(): pass\ndef test_two(): pass\n"
    assert list(run(tmp_path, tests, command=command).tests) == ["test_mod.py::test_one"]


def test_a_profile_names_the_projects_functions(tmp_path: Path) -> None:
    """Asked for a profile, a run gives seconds per function of the project, by file and line."""
    tests = "from mod import slow\ndef test_slow(): assert slow() > 0\n"
    found = run(tmp_path, tests, profile=True)
    seconds = {(path, line): spent for path, line, spent in found.profile}
    line = MODULE.splitlines().index("def slow():") + 1
    assert {path for path, _ in seconds} == {"mod.py", "test_mod.py"}
    in_mod = sum(spent for (path, _), spent in seconds.items() if path == "mod.py")
    assert in_mod > 0
    assert ("mod.py", line) in seconds


def test_a_profile_counts_no_time_asleep(tmp_path: Path) -> None:
    """A test that sleeps for most of the run has less of the profile than the work beside it."""
    tests = (
        "import time\n\n\ndef test_asleep():\n    time.sleep(1.0)\n\n\n"
        "def test_work():\n    assert sum(n * n for n in range(400_000)) > 0\n"
    )
    found = run(tmp_path, tests, profile=True)
    asleep = sum(spent for _, line, spent in found.profile if line == 4)
    work = sum(spent for _, line, spent in found.profile if line >= 8)
    assert found.seconds > 1.0
    assert 0 <= asleep < work


@pytest.mark.parametrize(
    "frame",
    [
        b"\xff",
        encode(1),
        encode(["test", 1, "call", "passed", 0.0]),
        encode(["other"]),
        encode(["end", "0"]),
        encode(["call", "text"]),
    ],
)
def test_malformed_reports_spoil_the_run(frame: bytes) -> None:
    """A report of another shape leaves the run without an end, however it exits."""
    import os
    import struct

    good = encode(["test", "a", "call", "passed", 0.0]), encode(["end", 0])
    for frames, ended in ((good, True), ((frame, *good), False)):
        reading, writing = os.pipe()
        reports = Reports(reading)
        with os.fdopen(writing, "wb") as pipe:
            pipe.writelines(struct.pack(">I", len(item)) + item for item in frames)
        reports.join()
        found = reports.result(True, 0, 1.0, "")
        assert found.ended is ended
        assert replace(found, ended=True).tests == {"a": "passed"}
