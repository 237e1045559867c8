"""The gates of C++ with a real compiler: edits that each must refuse, and that it must pass."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.cpp.language import gates
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import (
    cpp_build,
    cpp_coverage,
    cpp_sanitize,
    fuzz,
    mutants,
    repeat,
    replay,
    suite,
)
from perfbot.sandbox.languages.finding import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.workload import read_workload

ORIGINAL = """\
#include <stdexcept>
#include <vector>

std::vector<int> totals(const std::vector<unsigned char>& items, int limit) {
    if (limit < 0) throw std::invalid_argument("limit must not be negative");
    std::vector<int> found;
    int so_far = 0;
    for (const unsigned char item : items) {
        so_far += item;
        if (so_far > limit) break;
        bool is_new = true;
        for (const int other : found)
            if (other == so_far) is_new = false;
        if (is_new) found.push_back(so_far);
    }
    return found;
}
"""
TEST = """\
#include "totals.cpp"

int main() { return totals({1, 2, 3}, 4) == std::vector<int>{1, 3} ? 0 : 1; }
"""
MAKEFILE = """\
CXXFLAGS = -std=c++17 -O2
all: test totals.o
test: test.cpp totals.cpp
	$(LINK.cpp) test.cpp -o $@
check: test
	./test
"""
WORKLOAD = """\
def cases():
    yield ([1, 2, 3], 10)
    yield ([0, 5, 0, 7] * 20, 1000)
    yield ([3], -1)
"""
SEARCH = """\
        bool is_new = true;
        for (const int other : found)
            if (other == so_far) is_new = false;
        if (is_new) found.push_back(so_far);
"""
FASTER = (SEARCH, "        if (found.empty() || found.back() != so_far) found.push_back(so_far);\n")
WRONG = {
    "at the limit": ("so_far > limit", "so_far >= limit"),
    "repeats kept": ("if (is_new) found", "found"),
    "another exception": ("std::invalid_argument", "std::out_of_range"),
    "another message": ("must not be negative", "must be positive"),
    "no exception": ("if (limit < 0) throw", "if (limit < -1) throw"),
    "an item lost": ("return found;", "if (found.size() > 2) found.pop_back();\n    return found;"),
    "a planted number": (
        "return found;", "if (limit == 77123) found.clear();\n    return found;",
    ),
    "fresh memory read": (
        "int so_far = 0;", "int* fresh = new int;\n    int so_far = *fresh & 1;\n    delete fresh;",
    ),
    "a crash": (
        "if (limit < 0) throw", "if (limit == 0) __builtin_trap();\n    if (limit < 0) throw",
    ),
    "no end": (
        "if (limit < 0) throw", "for (volatile int i = limit; i == 5;) {}\n    if (limit < 0) throw"
    ),
}  # fmt: skip
HIDDEN = {
    "one beyond the end is read": (
        "    return found;\n",
        "    volatile unsigned char beyond = items.empty() ? 0 : items.data()[items.size()];\n"
        "    (void)beyond;\n"
        "    return found;\n",
        "heap-buffer-overflow",
    ),
    "a leak": (
        "int so_far = 0;",
        "int so_far = 0;\n    volatile auto* kept = new std::vector<int>(3);\n    (void)kept;",
        "leaked",
    ),
    "an overflow": (
        "int so_far = 0;",
        "int so_far = 0;\n    volatile int most = 2147483647;\n    if (most + 1 == 5) so_far = 1;",
        "signed integer overflow",
    ),
    "a race": (
        "int so_far = 0;",
        "static int calls = 0;\n    ++calls;\n    int so_far = calls < 0;",
        "data race",
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A little project, with a test and a workload."""
    root = tmp_path_factory.mktemp("project")
    texts = {"totals.cpp": ORIGINAL, "test.cpp": TEST, "Makefile": MAKEFILE, "w.py": WORKLOAD}
    for name, text in texts.items():
        (root / name).write_text(text)
    return root


@pytest.fixture(scope="module")
def baseline(project: Path) -> Iterator[Baseline]:
    """The original, prepared once for all tests of this file."""
    target = locate(project, "totals.cpp", "totals")
    made = prepare(
        Project(project, Path(sys.executable)),
        target,
        Settings(examples=300, mutants=12),
        read_workload(project / "w.py"),
    )
    yield made
    made.close()


@pytest.fixture
def candidate(baseline: Baseline) -> Iterator[Any]:
    """A function (old text, new text) -> a candidate with this replacement, loaded."""
    made: list[Candidate] = []

    def load(old: str, new: str, *, start: bool = True) -> Candidate:
        assert ORIGINAL.count(old) == 1, old
        made.append(Candidate(baseline, Edit(ORIGINAL.replace(old, new))))
        if start:
            assert made[-1].start() is None
        return made[-1]

    yield load
    for item in made:
        item.close()


def behaviour(made: Candidate) -> Evidence:
    """What the first of replay, fuzz and repeat says that does not let it pass, or the last."""
    for gate in (replay.check, fuzz.check, repeat.check):
        evidence = gate(made)
        if evidence.status is not Status.SURVIVED:
            break
    return evidence


def test_the_baseline(baseline: Baseline) -> None:
    """The compiler tells the parameters; cases and drawn inputs are compared."""
    assert [item.name for item in baseline.signature.parameters] == ["items", "limit"]
    assert [item.discarded for _, item in baseline.cases] == [None] * 3
    assert len(baseline.corpus) > 30
    assert baseline.suite.tests and set(baseline.suite.tests.values()) == {"passed"}


def test_an_honest_edit_passes_each(candidate: Any) -> None:
    """A faster edit that does the same survives every gate up to the clock."""
    made = candidate(*FASTER, start=False)
    for gate in gates(made.baseline.settings):
        evidence = gate(made)
        assert evidence.status is Status.SURVIVED, evidence


@pytest.mark.parametrize("name", WRONG)
def test_what_behaves_otherwise(candidate: Any, name: str) -> None:
    """Each wrong edit is refuted by its behaviour, with the call that shows it."""
    evidence = behaviour(candidate(*WRONG[name]))
    assert evidence.status is Status.REFUTED, evidence.detail
    assert evidence.counterexample is not None
    assert evidence.counterexample.call.startswith("totals(")


@pytest.mark.parametrize("name", HIDDEN)
def test_what_a_right_answer_hides(candidate: Any, name: str) -> None:
    """What answers as the original does and is wrong all the same is told by a sanitizer."""
    old, new, told = HIDDEN[name]
    made = candidate(old, new)
    assert behaviour(made).status is Status.SURVIVED
    evidence = cpp_sanitize.check(made)
    assert evidence.status is Status.REFUTED, evidence.detail
    assert told in evidence.detail


def test_a_line_that_no_input_reaches(candidate: Any) -> None:
    """An untested branch of the edit leaves it unknown, with its line."""
    made = candidate("int so_far = 0;", "int so_far = 0;\n    if (items.size() > 99999) return {};")
    evidence = cpp_coverage.check(made)
    assert evidence.status is Status.UNKNOWN
    assert "99999" in evidence.detail


def test_build(candidate: Any) -> None:
    """What does not compile is refuted with the compiler's words; equal code is no other edit."""
    broken = cpp_build.check(candidate("return found;", "return founds;", start=False))
    assert broken.status is Status.REFUTED
    assert "founds" in broken.detail
    same = cpp_build.check(candidate("int so_far = 0;", "int so_far = (0);", start=False))
    assert (same.gate, same.status) == ("dedup", Status.UNKNOWN)


def test_work_at_load_time(candidate: Any) -> None:
    """A static constructor that computes is work that every start of the program pays."""
    table = (
        "static const std::vector<int> table = [] {\n    std::vector<int> made(3000000);\n"
        "    for (int i = 0; i < 3000000; ++i) made[i] = i * i % 7;\n    return made;\n}();\n"
    )
    made = candidate("std::vector<int> totals(", table + "std::vector<int> totals(", start=False)
    edit = Edit(made.edit.file_source.replace("int so_far = 0;", "int so_far = table[0];"))
    evidence = cpp_build.check(Candidate(made.baseline, edit))
    assert evidence.status is Status.REFUTED
    assert "load time" in evidence.detail


def test_the_suite(candidate: Any) -> None:
    """The project's own test is compiled with the edit, and fails with it."""
    evidence = suite.check(candidate("so_far > limit", "so_far > 2", start=False))
    assert evidence.status is Status.REFUTED
    assert suite.check(candidate(*FASTER, start=False)).status is Status.SURVIVED


def test_strength(baseline: Baseline, candidate: Any) -> None:
    """Mutants of the original are told apart by the inputs; those that are not are named."""
    found = baseline.strength()
    assert found.total >= 8
    assert found.share >= 0.7, found.survivors
    assert mutants.check(candidate(*FASTER, start=False)).status is Status.SURVIVED


def test_a_counterexample_as_a_program(project: Path, candidate: Any) -> None:
    """The program, compiled twice as it says, prints what each version does."""
    evidence = behaviour(candidate(*WRONG["at the limit"]))
    assert evidence.counterexample is not None
    program = project / "counterexample.cpp"
    program.write_text(evidence.counterexample.snippet)
    compiler = shutil.which("g++")
    assert compiler is not None
    said = []
    for options in ([], ["-DEDIT"]):
        made = project / "counterexample"
        command = [compiler, "-std=c++20", *options, str(program), "-o", str(made)]
        subprocess.run(command, check=True, capture_output=True)
        ran = subprocess.run([str(made)], check=True, capture_output=True, text=True)
        said.append(ran.stdout)
    assert said[0].startswith("returns {")
    assert said[0] != said[1]
