"""A C++ candidate in any form becomes the target's file with the target replaced."""

from pathlib import Path

import pytest

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp import locate
from perfbot.sandbox.languages.cpp_candidate import edit_from
from perfbot.sandbox.target import Target
from perfbot.sandbox.unified_diff import OutsideTargetError

FILE = """\
#include <vector>

namespace geo {

struct Point { double x, y; };

// The sum.
[[nodiscard]] int sum(const std::vector<int>& xs, int start = 0) noexcept
{
    int result = start;
    for (int x : xs) result += x;
    return result;
}

int other() { return 1; }

}  // namespace geo
"""
BODY = "{\n    return std::accumulate(v.begin(), v.end(), start);\n}"
SUM = "int sum(const std::vector<int> &v, int start) " + BODY


def target_in(tmp_path: Path, text: str = FILE, name: str = "sum", path: str = "a.cpp") -> Target:
    (tmp_path / path).write_bytes(text.encode())
    return locate(tmp_path, path, name)


def edited(tmp_path: Path, candidate: str, text: str = FILE, name: str = "sum") -> Edit:
    return edit_from(target_in(tmp_path, text, name), candidate)


def swapped(*pairs: tuple[str, str]) -> str:
    text = FILE
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    return text


OLD_BODY = FILE[FILE.index("{\n    int result") : FILE.index("\n\nint other")]
GRAFTED = swapped((OLD_BODY, BODY), ("& xs,", "& v,"))


@pytest.mark.parametrize(
    "candidate",
    [
        SUM,
        f"Here is it, faster:\n\n```cpp\n{SUM}\n```\nIt uses accumulate (O(n)).",
        f"```cpp\n{OLD_BODY and SUM.replace('v', 'w')}\n```\nbetter:\n```\n{SUM}\n```",
        f"```\n{SUM}",
        f"Sure! The new one:\n\n{SUM}",
        f"namespace geo {{\nstruct Point {{ double x, y; }};\n{SUM}\n}}",
        f"{SUM}\n\nint main() {{ return geo::sum({{1}}); }}",
        SUM.replace("\n", "\r\n"),
        SUM.replace("int sum", "int geo::sum"),
    ],
)
def test_a_function_alone(tmp_path: Path, candidate: str) -> None:
    """The body comes under the original's header: its default, attribute and noexcept stay."""
    assert edited(tmp_path, candidate).file_source == GRAFTED


def test_headers_and_helpers(tmp_path: Path) -> None:
    """New headers go after the last one, helpers used before the target's comments and static."""
    candidate = (
        "#include <vector>\n#include <numeric>\nusing std::begin;\n"
        "template <class T> T twice(T a) { return a + a; }\n"
        "constexpr int kOne = 1;\nint unused() { return 2; }\n"
        "int inner(int a) { return twice(a) + kOne; }\n"
        "int sum(const std::vector<int>& xs, int start) { return inner(start); }\n"
    )
    edit = edited(tmp_path, candidate)
    helpers = (
        "template <class T> static T twice(T a) { return a + a; }\n\n"
        "constexpr int kOne = 1;\n\n"
        "static int inner(int a) { return twice(a) + kOne; }\n\n"
    )
    expected = swapped(
        ("#include <vector>\n", "#include <vector>\n#include <numeric>\n"),
        ("// The sum.", helpers + "// The sum."),
        (OLD_BODY, "{\n    using std::begin; return inner(start); }"),
    )
    assert edit.file_source == expected
    assert any("unused" in note for note in edit.notes)


def test_classes_are_put_into_an_anonymous_namespace(tmp_path: Path) -> None:
    """A helper class is no one else's; in C there is nothing to hide."""
    candidate = (
        "struct Pair { int a; };\n"
        "int sum(const std::vector<int>& xs, int start) { Pair p{start}; return p.a; }"
    )
    text = edited(tmp_path, candidate).file_source
    assert "namespace {\nstruct Pair { int a; };\n}  // namespace\n\n// The sum." in text


def test_a_whole_file_and_a_diff(tmp_path: Path) -> None:
    """Both are taken as they are."""
    target = target_in(tmp_path)
    changed = swapped(("int result = start", "int result = 0 + start"))
    assert edit_from(target, changed).file_source == changed
    diff = (
        "--- a/a.cpp\n+++ b/a.cpp\n@@ -10,1 +10,1 @@\n"
        "-    int result = start;\n+    int result = 0 + start;\n"
    )
    assert edit_from(target, diff).file_source == changed
    with pytest.raises(OutsideTargetError):
        edit_from(target, diff.replace("a.cpp", "b.cpp"))


def test_newlines_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    """A file of CRLF lines stays one, whatever the candidate's are."""
    text = "\ufeff" + FILE.replace("\n", "\r\n")
    expected = "\ufeff" + GRAFTED.replace("\n", "\r\n")
    assert edited(tmp_path, SUM, text).file_source == expected


def test_members(tmp_path: Path) -> None:
    """Inside its class a member keeps its place; helpers go before the class."""
    head = "struct A {\n    int n;\n    virtual int f(int a = 1) const {\n"
    text = head + "        return a;\n    }\n};\n"
    candidate = "int help(int a) { return a; }\nint A::f(int b) const {\n    return help(b);\n}"
    expected = (
        "static int help(int a) { return a; }\n\n"
        "struct A {\n    int n;\n    virtual int f(int b = 1) const {\n"
        "        return help(b);\n    }\n};\n"
    )
    assert edited(tmp_path, candidate, text, "A::f").file_source == expected
    outside = "int A::f(int a) const\n{ return a; }\n"
    in_class = "struct A { int f(int a) const { return a + 0; } };"
    found = edited(tmp_path, in_class, outside, "A::f").file_source
    assert found == "int A::f(int a) const\n{ return a + 0; }\n"


def test_overloads(tmp_path: Path) -> None:
    """The candidate's function with the target's types is taken."""
    text = "int f(int a) { return a; }\nint f(double a) { return 2; }\n"
    candidate = "int f(int a) { return 0 + a; }\nint f(double a) { return 3; }"
    assert edited(tmp_path, candidate, text, "f(int)").file_source == (
        "int f(int a) { return 0 + a; }\nint f(double a) { return 2; }\n"
    )


def test_templates(tmp_path: Path) -> None:
    """The template's head belongs to the function."""
    text = "template <class T>\nT f(T a) { return a; }\n"
    candidate = "template <class T> T f(T b) { return b + 0; }"
    found = edited(tmp_path, candidate, text, "f<int>").file_source
    assert found == "template <class T>\nT f(T b) { return b + 0; }\n"


def test_other_types_are_taken_as_given(tmp_path: Path) -> None:
    """The scope gate judges a changed header: nothing is hidden from it."""
    edit = edited(tmp_path, "long sum(std::vector<int> xs) { return 1; }")
    assert "\nlong sum(std::vector<int> xs) { return 1; }\n" in edit.file_source
    assert "as it was given" in edit.notes[0]


def test_headers_in_a_guard(tmp_path: Path) -> None:
    """A new header goes inside of the include guard, never under a condition."""
    text = (
        "#ifndef A_H\n#define A_H\n#include <vector>\n#ifdef X\n#include <x.h>\n#endif\n"
        "inline int f() { return 1; }\n#endif\n"
    )
    found = edited(tmp_path, "#include <map>\nint f() { return 2; }", text, "f").file_source
    assert found == text.replace("<vector>\n", "<vector>\n#include <map>\n").replace("1;", "2;")


@pytest.mark.parametrize(
    ("candidate", "message"),
    [
        ("int summe(int a) { return a; }", "no function `geo::sum`"),
        ("", "no function"),
        ("I cannot help with that.", "no function"),
        ("int sum(const std::vector<int>& xs, int start) { return 1 +* ; }", "not valid"),
        ("int sum(const std::vector<int>& xs, int start);", "no function"),
    ],
)
def test_what_is_no_candidate(tmp_path: Path, candidate: str, message: str) -> None:
    """A text without the function, or with an error in it, says so."""
    with pytest.raises(UsageError, match=message):
        edited(tmp_path, candidate)
