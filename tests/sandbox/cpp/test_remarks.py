"""What the compiler says of a target's loops, as a model is told it."""

import sys
from dataclasses import replace
from pathlib import Path

from perfbot.sandbox.cpp.remarks import missed, remarks
from perfbot.sandbox.languages.cpp import locate
from perfbot.sandbox.project import Project

SOURCE = """\
#include <map>
#include <vector>

int other(const std::vector<int>& values) {
    int found = 0;
    for (int value : values) found = value ^ (found * 3);
    return found;
}

int total(const std::vector<int>& values, std::map<int, int>& weights) {
    int found = 0;
    for (std::size_t i = 0; i < values.size(); i++) found += weights[values[i]];
    return found;
}
"""
MAKEFILE = "all: total.o\ntotal.o: total.cpp\n\tg++ -O3 -c total.cpp\n"


def test_loops_that_stay_scalar_are_named(tmp_path: Path) -> None:
    """The target's loop, by its text, with a reason; those of other functions are not."""
    (tmp_path / "total.cpp").write_text(SOURCE)
    (tmp_path / "Makefile").write_text(MAKEFILE)
    target = locate(tmp_path, "total.cpp", "total")
    (found,) = remarks(Project(tmp_path, Path(sys.executable)), target)
    assert found.startswith("`for (std::size_t i = 0; i < values.size(); i++)")
    assert " is not vectorised: " in found


def test_a_text_that_does_not_compile_tells_nothing(tmp_path: Path) -> None:
    """There are no remarks, and no error."""
    (tmp_path / "total.cpp").write_text(SOURCE)
    (tmp_path / "Makefile").write_text(MAKEFILE)
    target = locate(tmp_path, "total.cpp", "total")
    version = replace(target, file_source=SOURCE.replace("weights[values", "heights[values"))
    assert remarks(Project(tmp_path, Path(sys.executable)), version) == []


def test_the_reason_may_lie_in_a_header(tmp_path: Path) -> None:
    """The next remark after a loop's is its reason, wherever it points to."""
    (tmp_path / "total.cpp").write_text(SOURCE)
    target = locate(tmp_path, "total.cpp", "total")
    said = (
        "total.cpp:6:5: missed: couldn't vectorize loop\n"
        "total.cpp:6:9: missed: not vectorized: of another function\n"
        "total.cpp:12:5: missed: couldn't vectorize loop\n"
        "/usr/include/map:5:1: missed: statement clobbers memory: x\n"
        "total.cpp:12:5: missed: statement clobbers memory: y\n"
    )
    (found,) = missed(said, target)
    assert found.endswith("is not vectorised: statement clobbers memory: x")
