"""The scope gate of C++ and C: what an edit may touch, and what it may not."""

from pathlib import Path

import pytest

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import cpp_dedup, cpp_scope
from perfbot.sandbox.languages.finding import locate
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Status

CPP = """\
#include <vector>

// Adds up.
namespace geo {

namespace {
int twice(int value) { return 2 * value; }
}  // namespace

class Sum {
public:
    int of(const std::vector<int>& values) const {
        int sum = start_;
        for (int value : values) sum += value;
        return sum;
    }

private:
    int start_ = 0;
};

int total(const std::vector<int>& values, int start = 0) {
    int sum = start;
    for (int value : values) sum += value;
    return sum;
}

int total(int value) { return twice(value); }

}  // namespace geo
"""
C = """\
#include <stddef.h>

static int limit = 3;

int total(const int *values, size_t count) {
    int sum = 0;
    for (size_t i = 0; i < count; ++i) sum += values[i];
    return sum;
}
"""
LOOP = "    int sum = start;\n    for (int value : values) sum += value;\n    return sum;\n"
BODY = "    return std::accumulate(values.begin(), values.end(), start);\n"
INCLUDE = "#include <vector>\n"
TOTAL = "int total(const std::vector<int>& values, int start = 0) {"

PASSES = {
    "a new body": ((LOOP, BODY),),
    "a header": ((LOOP, BODY), (INCLUDE, INCLUDE + "#include <numeric>\n")),
    "a static helper": ((TOTAL, "static int add(int a, int b) { return a + b; }\n\n" + TOTAL),),
    "a helper's template": (
        (TOTAL, "template <class T> static T add(T a, T b) { return a + b; }\n\n" + TOTAL),
    ),
    "an anonymous namespace": (
        (TOTAL, "namespace {\nstruct Pair { int a; };\n}  // namespace\n\n" + TOTAL),
    ),
    "a helper in the one that is there": (
        ("int twice(", "int thrice(int value) { return 3 * value; }\nint twice("),
    ),
    "a constant": ((TOTAL, "static constexpr int many = 64;\n\n" + TOTAL),),
    "a type's name": ((TOTAL, "using Whole = int;\n\n" + TOTAL),),
    "other names of parameters": (
        (TOTAL, TOTAL.replace("start", "first")), (LOOP, LOOP.replace("start", "first")),
    ),
}  # fmt: skip
REFUSED = {
    "another function": (("return 2 * value", "return value + value"), "line 7"),
    "a default": (("start = 0)", "start = 1)"), "header"),
    "a parameter's type": (("const std::vector<int>& values, int", "std::vector<int> values, int"),
                           "0 functions"),
    "its result's type": (("int total(const", "long total(const"), "header"),
    "noexcept": (("start = 0) {", "start = 0) noexcept {"), "header"),
    "an attribute": (("int total(const", "[[gnu::pure]] int total(const"), "header"),
    "what others see": ((TOTAL, "int add(int a) { return a; }\n\n" + TOTAL), "not static"),
    "a class that others see": ((TOTAL, "struct Pair { int a; };\n\n" + TOTAL), "not static"),
    "a name that is taken": ((TOTAL, "static int twice(long) { return 0; }\n\n" + TOTAL), "twice"),
    "a macro": ((INCLUDE, INCLUDE + "#define int long\n"), "adds a statement"),
    "a pragma": ((INCLUDE, "#pragma GCC optimize(\"Ofast\")\n" + INCLUDE), "adds a statement"),
    "using namespace": ((INCLUDE, INCLUDE + "using namespace std;\n"), "adds a statement"),
    "a header that goes": ((INCLUDE, ""), "adds"),
    "a comment that goes": (("// Adds up.\n", ""), "Adds up"),
    "a member": (("int start_ = 0;", "int start_ = 0; int kept_ = 0;"), "line 10"),
    "the target's name": (("int total(const", "int totals(const"), "cannot be read"),
    "a second of its kind": (
        ("int total(int value)", TOTAL.replace(" = 0", "") + " return 1; }\nint total(int value)"),
        "functions",
    ),
    "another namespace": (("namespace geo {", "inline namespace geo {"), "line"),
}  # fmt: skip


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """The overload of `geo::total` that takes a vector."""
    (tmp_path / "sum.cpp").write_text(CPP)
    return locate(tmp_path, "sum.cpp", "geo::total(const std::vector<int>&, int)")


def replaced(text: str, *changes: tuple[str, str]) -> str:
    """A text with the first place of each change replaced."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize("name", PASSES)
def test_lets_pass(target: Target, name: str) -> None:
    """What only the target needs may be added, and its body may be another."""
    start = CPP.index(TOTAL)
    changes = PASSES[name]
    inside = [pair for pair in changes if pair[0] == LOOP]
    text = CPP[:start] + replaced(CPP[start:], *inside)
    text = replaced(text, *(pair for pair in changes if pair[0] != LOOP))
    evidence = cpp_scope.check(target, Edit(text))
    assert evidence.status is Status.SURVIVED, evidence.detail


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(target: Target, name: str) -> None:
    """Whatever else differs is refused, with the place."""
    change, told = REFUSED[name]
    evidence = cpp_scope.check(target, Edit(replaced(CPP, change)))
    assert evidence.status is Status.REFUTED
    assert told in evidence.detail


def test_a_member_of_a_class(tmp_path: Path) -> None:
    """Of a function in its class only the body may change: the class around it stays."""
    (tmp_path / "sum.cpp").write_text(CPP)
    member = locate(tmp_path, "sum.cpp", "geo::Sum::of")
    body = "        int sum = start_;\n        for (int value : values) sum += value;\n"
    good = replaced(CPP, (body, "        int sum = start_ + 0;\n" + body.split("\n")[1] + "\n"))
    assert cpp_scope.check(member, Edit(good)).status is Status.SURVIVED
    bad = replaced(good, ("int start_ = 0;", "mutable int start_ = 0;"))
    assert cpp_scope.check(member, Edit(bad)).status is Status.REFUTED
    other = replaced(CPP, ("int sum = start;", "int sum = start + 0;"))
    assert cpp_scope.check(member, Edit(other)).status is Status.REFUTED


@pytest.mark.parametrize(
    "added, passes",
    [
        ("struct pair { int a; };\n", True),
        ("typedef long wide;\n", True),
        ("enum { ROWS = 4 };\n", True),
        ("static int add(int a) { return a; }\n", True),
        ("int add(int a) { return a; }\n", False),
        ("int kept = 0;\n", False),
        ("static int limit;\n", False),
    ],
)
def test_c(tmp_path: Path, added: str, passes: bool) -> None:
    """In C types are the file's own; functions and variables are where they are static."""
    (tmp_path / "sum.c").write_text(C)
    target = locate(tmp_path, "sum.c", "total")
    evidence = cpp_scope.check(target, Edit(C.replace("int total", added + "int total", 1)))
    assert (evidence.status is Status.SURVIVED) == passes, evidence.detail


def test_an_edit_that_is_no_code(target: Target) -> None:
    """A text without the function is refused, not an error."""
    assert cpp_scope.check(target, Edit("nothing")).status is Status.REFUTED


def test_the_instance_of_a_template(tmp_path: Path) -> None:
    """A template's edit is compared under its own name, whatever instance is judged."""
    text = "template <class T>\nT first(const T* p) {\n    return p[0];\n}\n"
    (tmp_path / "first.hpp").write_text(text)
    target = locate(tmp_path, "first.hpp", "first<int>")
    assert cpp_scope.check(target, Edit(text.replace("p[0]", "*p"))).status is Status.SURVIVED
    changed = text.replace("class T", "class U").replace("T first(const T", "U first(const U")
    assert cpp_scope.check(target, Edit(changed)).status is Status.REFUTED


@pytest.mark.parametrize(
    "change, status",
    [
        (("int sum = start;", "int sum=start ; // the first"), Status.UNKNOWN),
        (("int sum = start;", "int sum = (start);"), Status.SURVIVED),
    ],
)
def test_dedup(target: Target, change: tuple[str, str], status: Status) -> None:
    """Layout and comments are no other code; a bracket is (the compiler sees through that)."""
    assert cpp_dedup.check(target, Edit(replaced(CPP, change))).status is status
