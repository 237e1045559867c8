"""C++ texts as tokens: equal code, and constants."""

from pathlib import Path

import pytest

from perfbot.sandbox.cpp.tokens import literals, literals_new_in, normalised


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("int f(){return 1;}", "int  f ( )\r\n{ // one\n  return 1; /* } */ }\n"),
        ("vector<vector<int> > a;", "vector<vector<int>> a;"),
        ("#define A 1 \\\n + 2\nint a;", "#define A 1 + 2\n\nint a;"),
        ("int a;", "\ufeffint a; // x \\\n int b;"),
    ],
)
def test_same_code(one: str, other: str) -> None:
    """Layout and comments are no code."""
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a = b;", "a == b;"),
        ("a+ +b", "a++b"),
        ('"a b"', '"a  b"'),
        ('R"(// x)"', 'R"(// y)"'),
        ("#define A\n(1)", "#define A (1)"),
        ("1'000", "1000'0"),
        ("return x;", "returnx;"),
        ('"a" // b"', '"a // b"'),
    ],
)
def test_other_code(one: str, other: str) -> None:
    """What the compiler reads differently is different."""
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("42u + 0x1Full", (42, 42 + 31, 31)),
        ("0b101, 017, 0, 1'000'000LL", (5, 15, 0, 1000000)),
        ("1.5f, .25, 1e3, 0x1p4, 2.", (1.5, 0.25, 1000.0, 16.0, 2.0)),
        ("1 << 20", (1, 1 << 20, 20)),
        ("x = -5", (5, -5)),
        ("return -5", (5, -5)),
        ("x -5", (5,)),
        ("'a', '\\n', '\\xff', '\\0', L'\\u00e9'",
         (97, "a", 10, "\n", -1, "\udcff", 0, "\0", 0xE9, "é")),
        ('"a\\tb" "c" u8"d"', ("a\tbcd",)),
        ('"\\xe2\\x82\\xac", "\\xff"', ("€", "\udcff")),
        ('R"x(a\\n"(b)" )x"', ('a\\n"(b)" ',)),
        ('"\\\\", "\\"", "/* no */"', ("\\", '"', "/* no */")),
        ("// 7\n/* 8 */ a7", ()),
        ('#include "x 9.h"\n#include <a>\n#define N 3\n', (3,)),
        ("10ms, 12_km", (10, 12)),
        ("true, nullptr", ()),
    ],
)  # fmt: skip
def test_literals(text: str, expected: tuple[object, ...]) -> None:
    """Each way to write a constant has its value."""
    found = literals(text)
    assert found == expected
    assert [type(value) for value in found] == [type(value) for value in expected]


def test_new_literals() -> None:
    """Only what the first text lacks, once; 1 and 1.0 are two."""
    assert literals_new_in("f(1, 2)", "f(1, 1.0, 3, 3)") == (1.0, 3)
    assert literals_new_in("", "f(7)") == (7,)


def test_any_text_has_tokens() -> None:
    """Broken and real texts alike: every character but whitespace and comments is in a token."""
    for text in ('"open', "'", 'R"(open', "/* open", "\\", "@`$", "#", "1.2.3.4", "'\\'"):
        assert isinstance(literals(text), tuple)
    for file in sorted(Path("/usr/include/c++").glob("*/bits/*.h"))[::20]:
        literals(file.read_text(encoding="utf-8"))
