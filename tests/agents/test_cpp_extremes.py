"""Smallest and largest of a loop: where the rules see them, and that the texts compute the same."""

import subprocess
from pathlib import Path

import pytest

from tests.agents.cpp_texts import by_rule

NARROW, PLAIN = "c-extremes-in-narrow-locals", "c-extremes-without-jumps"
TWO_BLOCKS = """\
typedef unsigned char UINT8;
typedef int INT32;

void f(void **rows, int width, int height, int kind, INT32 *ends) {
    int x, y;
    INT32 low = 255, high = 0;
    if (kind == 0) {
        for (y = 0; y < height; y++) {
            UINT8 *in = rows[y];
            for (x = 0; x < width; x++) {  /* é */
                if (low > in[x]) { low = in[x]; } else if (high < in[x]) { high = in[x]; }
            }
        }
    } else {
        for (y = 0; y < height; y++) {
            INT32 *in = rows[y];
            for (x = 0; x < width; x++) {
                if (in[x] > high) high = in[x];
                if (in[x] < low) low = in[x];
            }
        }
    }
    ends[0] = low;
    ends[1] = high;
}
"""
CALLS = """
int main(void) {
    UINT8 one[] = {7, 9, 3, 3}, two[] = {8, 200, 4, 5};
    INT32 wide[] = {70000, -5, 12, 0};
    void *bytes[] = {one, two}, *ints[] = {wide};
    INT32 ends[2];
    f(bytes, 4, 2, 0, ends);
    if (ends[0] != 3 || ends[1] != 200) return 1;
    f(ints, 4, 1, 1, ends);
    return ends[0] == -5 && ends[1] == 70000 ? 0 : 2;
}
"""


@pytest.mark.parametrize(("rule", "kind", "count"), [(NARROW, "UINT8", 2), (PLAIN, "INT32", 1)])
def test_a_name_means_the_declaration_around_it(
    tmp_path: Path, rule: str, kind: str, count: int
) -> None:
    """`in` is bytes in one block and ints in the other; each text compiles and is right."""
    texts = by_rule(TWO_BLOCKS, rule, language="c")
    assert len(texts) == count
    if rule == NARROW:
        assert all(f"{kind} least = " in text for text in texts)
    for number, text in enumerate(texts):
        source = tmp_path / f"{number}.c"
        source.write_text(text + CALLS)
        command = ["gcc", "-O3", "-Wall", "-Werror", "-o", str(tmp_path / str(number)), str(source)]
        built = subprocess.run(command, capture_output=True, text=True)
        assert built.returncode == 0, built.stderr
        assert subprocess.run([str(tmp_path / str(number))]).returncode == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("UINT8 *in", "float *in"),
        ("low = in[x]; }", "low = in[x]; x++; }"),
        ("low > in[x]", "low > in[y]"),
        ("x < width;", "x < width--;"),
        ("{ high = in[x]; }", "{ low = in[x]; }"),
    ],
)
def test_what_only_looks_alike_is_left(before: str, after: str) -> None:
    """Floats (NaN), a counter that jumps, another element, a bound that moves, another variable."""
    assert TWO_BLOCKS.count(before) >= 1
    assert by_rule(TWO_BLOCKS.replace(before, after, 1), NARROW, language="c") == []
