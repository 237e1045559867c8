"""Projects that are built with clang: every gate works, and says what it says of GCC's."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.cpp.versions import command_of
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import cpp_coverage, cpp_sanitize, fuzz, mutants
from perfbot.sandbox.languages.finding import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.verdict import Evidence, Status

pytestmark = pytest.mark.skipif(shutil.which("clang++") is None, reason="clang is not installed")
FILES = {
    "sums.cpp": """\
#include <vector>

long sum(const std::vector<int>& items) {
    long total = 0;
    for (unsigned at = 0; at < items.size(); at = at + 1) total = total + items.at(at);
    return total;
}
""",
    "bytes.c": """\
#include <stddef.h>

unsigned sum(const unsigned char *items, size_t len) {
    unsigned total = 0;
    for (size_t at = 0; at < len; at = at + 1) total = total + items[at];
    return total;
}
""",
}
MAKEFILE = """\
CC = clang
CXX = clang++
CXXFLAGS = -std=c++17 -O2
all: sums.o bytes.o
"""
SUMMED = "total = total + items"
SETTINGS = Settings(examples=60, mutants=6)


@pytest.fixture(scope="module", params=FILES)
def baseline(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Baseline]:
    """A function of C++ or of C in a project that clang builds."""
    root = tmp_path_factory.mktemp("clang") / "project"
    root.mkdir()
    (root / "Makefile").write_text(MAKEFILE)
    for name, text in FILES.items():
        (root / name).write_text(text)
    made = prepare(
        Project(root, Path(sys.executable)), locate(root, request.param, "sum"), SETTINGS, None
    )
    yield made
    made.close()


def judged(baseline: Baseline, after: str) -> list[Evidence]:
    """What the gates that need other builds than the plain one say, and `fuzz`."""
    text = baseline.target.file_source.replace(SUMMED, after)
    candidate = Candidate(baseline, Edit(text))
    try:
        assert candidate.start() is None
        gates = (fuzz, cpp_sanitize, cpp_coverage, mutants)
        return [gate.check(candidate) for gate in gates]
    finally:
        candidate.close()


def test_equal_code_passes(baseline: Baseline) -> None:
    """The compiler is the project's, and no gate finds anything."""
    assert "clang" in command_of(baseline.project, baseline.target).compiler
    for found in judged(baseline, "total += items"):
        assert found.status is Status.SURVIVED, found


@pytest.mark.parametrize(
    ("after", "gate", "status", "told"),
    [
        ("total = total - items", "fuzz", Status.REFUTED, "result"),
        (
            "volatile int beyond = at + 1 == COUNT ? (&items[0])[COUNT] : 0;\n"
            "        (void)beyond;\n        total = total + items",
            "sanitize", Status.REFUTED, "overflow",
        ),
        (
            "if ((total ^ 90900909) == 12345) total = 90900909 ^ 12345;\n"
            "        total = total + items",
            "coverage", Status.UNKNOWN, "one way",
        ),
    ],
)  # fmt: skip
def test_each_gate_still_refuses(
    baseline: Baseline, after: str, gate: str, status: Status, told: str
) -> None:
    """A wrong result, a read beyond the end, a branch that nothing takes."""
    count = "len" if baseline.target.language == "c" else "items.size()"
    braced = f"{{ {after.replace('COUNT', count)}"
    text = f"{braced}[at]; }}" if baseline.target.language == "c" else f"{braced}.at(at); }}"
    source = baseline.target.file_source
    begin = source.index(SUMMED)
    end = source.index(";", begin) + 1
    candidate = Candidate(baseline, Edit(source[:begin] + text + source[end:]))
    try:
        assert candidate.start() is None
        found = {item.gate: item for item in (
            each.check(candidate) for each in (fuzz, cpp_sanitize, cpp_coverage)
        )}  # fmt: skip
    finally:
        candidate.close()
    assert found[gate].status is status and told in found[gate].detail, found
