"""A counterexample of C++ is a program that shows it outside perfbot."""

import shutil
import subprocess
from pathlib import Path

import pytest

from perfbot.sandbox.cpp.signature import description_of
from perfbot.sandbox.cpp.snippet import snippet
from perfbot.sandbox.languages.cpp import locate
from perfbot.sandbox.languages.cpp_members import public_members
from tests.compiled import compiled, given

COUNTER = """#include <vector>
#include <string>
struct Counter {
    int total = 0;
    std::vector<int> seen;
    void add(int value) { total += value; seen.push_back(value); }
    int times(int by) const { return total * by; }
    bool operator<(const Counter& other) const { return total < other.total; }
    int operator()(int more) { return total + more; }
};
"""
SPAN = """#include <span>
void shift(std::span<int> values, int by) { for (int& value : values) value += by; }
long sum(std::span<const int> values) {
    long all = 0;
    for (int value : values) all += value;
    return all;
}
"""
POINTERS = """#include <memory>
#include <string_view>
void put(int* out, int value) { *out = value; }
int held(std::unique_ptr<int> from) { return from ? *from + 1 : 0; }
int size(std::string_view text) { return (int)text.size(); }
"""


def program_of(folder: Path, source: str, name: str, edit: str, *args: object) -> str:
    """The program for a call; the types are the compiler's."""
    with compiled(folder, source, name, flags=("-O1", "-std=c++20")) as version:
        described = description_of(version.worker.describe())
    target = locate(folder, "unit.cpp", name)
    return snippet(target, edit, given(*args), "once", described=described)


@pytest.mark.parametrize(
    ("source", "name", "change", "args", "original", "edit"),
    [
        (COUNTER, "Counter::add", ("total += value", "total = value"), ((1, [1]), 2),
         "; self.total: 3; self.seen: {1, 2, }", "; self.total: 2; self.seen: {1, 2, }"),
        (COUNTER, "Counter::times", ("total * by", "total + by"), ((3, []), 4), "returns 12",
         "returns 7"),
        (COUNTER, "Counter::operator<", ("total < other", "total <= other"),
         ((3, []), (3, [])), "returns false", "returns true"),
        (COUNTER, "Counter::operator()", ("total + more", "total - more"), ((3, []), 1),
         "returns 4; self.total: 3; self.seen: {}", "returns 2; self.total: 3; self.seen: {}"),
        (SPAN, "shift", ("+= by", "-= by"), ([1, 2], 3), "; values: {4, 5, }",
         "; values: {-2, -1, }"),
        (SPAN, "sum", ("+= value", "= value"), ([1, 2],), "returns 3", "returns 2"),
        (POINTERS, "put", ("= value", "= -value"), (1, 2), "; out: 2", "; out: -2"),
        (POINTERS, "held", ("+ 1", "+ 2"), (5,), "returns 6", "returns 7"),
        (POINTERS, "held", (": 0", ": 9"), (None,), "returns 0", "returns 9"),
        (POINTERS, "size", ("text.size()", "text.size() + 1"), ("a\0b",), "returns 3",
         "returns 4"),
    ],
)  # fmt: skip
def test_the_program_shows_both(
    tmp_path: Path, source: str, name: str, change: tuple[str, str], args: tuple[object, ...],
    original: str, edit: str,
) -> None:  # fmt: skip
    """Compiled as its first lines say, it prints what either version does."""
    text = program_of(tmp_path, source, name, source.replace(*change), *args)
    assert text
    (tmp_path / "counterexample.cpp").write_text(text)
    compiler = shutil.which("g++")
    assert compiler is not None
    said = []
    for options in ([], ["-DEDIT"]):
        made = tmp_path / "shown"
        command = [compiler, "-std=c++20", *options, "counterexample.cpp", "-o", str(made)]
        subprocess.run(command, check=True, cwd=tmp_path)
        said.append(subprocess.run([made], check=True, capture_output=True, text=True).stdout)
    assert [text.strip() for text in said] == [original, edit]


def test_nothing_to_show(tmp_path: Path) -> None:
    """What changes only what a program cannot read gets none."""
    source = "class Hidden {\n    int n;\npublic:\n    void add(int by) { n += by; }\n};\n"
    (tmp_path / "unit.cpp").write_text(source)
    assert public_members(locate(tmp_path, "unit.cpp", "Hidden::add")) == []


def test_members_of_a_class_in_a_header(tmp_path: Path) -> None:
    """Public ones, in order; neither functions, static ones nor private ones."""
    (tmp_path / "box.hpp").write_text(
        "namespace geo {\nclass Box {\n    int hidden;\npublic:\n    int a, *b;\n"
        "    static int made;\n    double c[3];\n    void grow(int by);\n    int d = 4;\n"
        "private:\n    int e;\n};\n}\n"
    )
    (tmp_path / "unit.cpp").write_text(
        '#include "box.hpp"\nnamespace geo {\nvoid Box::grow(int by) { a += by; }\n}\n'
    )
    assert public_members(locate(tmp_path, "unit.cpp", "geo::Box::grow")) == ["a", "b", "c", "d"]
