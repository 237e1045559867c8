"""A counterexample of a C function is a program of C that shows it outside perfbot."""

import shutil
import subprocess
from pathlib import Path

import pytest

from perfbot.sandbox.cpp.signature import description_of
from perfbot.sandbox.cpp.snippet_c import snippet_c
from perfbot.sandbox.languages.cpp import locate
from tests.compiled import compiled, given

SUM = """#include <stddef.h>
long total(const int *xs, size_t n) {
    long found = 0;
    for (size_t i = 0; i < n; ++i) found += xs[i];
    return found;
}
"""
SCALE = """static void scale(double *xs, int n, double by) {
    for (int i = 0; i < n; ++i) xs[i] *= by;
}
int main(void) { return 0; }
"""
COUNT = """unsigned count(const char *text, char wanted) {
    unsigned found = 0;
    for (; *text; ++text) found += *text == wanted;
    return found;
}
"""
UPPER = """void upper(char *text) {
    for (; *text; ++text) if (*text >= 'a' && *text <= 'z') *text -= 32;
}
"""
DOT = """double dot(const double *a, const double *b, int n) {
    double found = 0;
    for (int i = 0; i < n; ++i) found += a[i] * b[i];
    return found;
}
"""
STRUCT = """struct point { int x, y; };
int sum(struct point p) { return p.x + p.y; }
"""
SAME = [1.0, 2.5]


def program_of(folder: Path, source: str, name: str, edit: str, *args: object) -> str:
    """The program for a call; the types are the compiler's."""
    with compiled(folder, source, name, is_c=True) as version:
        described = description_of(version.worker.describe())
    target = locate(folder, "unit.c", name)
    return snippet_c(target, edit, given(*args), "once", described=described)


@pytest.mark.parametrize(
    ("source", "name", "change", "args", "original", "edit"),
    [
        (SUM, "total", ("long found", "short found"), ([40000, 1], 2), "returns 40001",
         "returns -25535"),
        (SCALE, "scale", ("i < n", "i < n - 1"), ([1.0, 2.0], 2, 0.5), "; xs: 0.5 1",
         "; xs: 0.5 2"),
        (COUNT, "count", ("unsigned found", "char found"), ("a?\\a" * 150, "a"), "returns 300",
         "returns 44"),
        (UPPER, "upper", ("<= 'z'", "< 'z'"), ('a"z',), '; text: "A"Z"', '; text: "A"z"'),
        (DOT, "dot", ("double found", "float found"), (SAME, SAME, 2), "returns 7.25",
         "returns 7.25"),
    ],
)  # fmt: skip
def test_the_program_shows_both(
    tmp_path: Path, source: str, name: str, change: tuple[str, str], args: tuple[object, ...],
    original: str, edit: str,
) -> None:  # fmt: skip
    """Compiled as its first lines say, it prints what either version does."""
    text = program_of(tmp_path, source, name, source.replace(*change), *args)
    assert text
    (tmp_path / "counterexample.c").write_text(text)
    compiler = shutil.which("gcc")
    assert compiler is not None
    said = []
    for options in ([], ["-DEDIT"]):
        command = [compiler, "-Wall", "-Werror", "-Wno-unused-function", *options]
        subprocess.run(
            [*command, "counterexample.c", "-lm", "-o", "shown"], cwd=tmp_path, check=True
        )
        ran = subprocess.run(["./shown"], cwd=tmp_path, check=True, capture_output=True, text=True)
        said.append(ran.stdout.strip())
    assert said == [original, edit]


def test_what_it_cannot_write_has_no_program(tmp_path: Path) -> None:
    """A struct; and a text with an end inside, which C would not see."""
    assert program_of(tmp_path, STRUCT, "sum", STRUCT, (1, 2)) == ""
