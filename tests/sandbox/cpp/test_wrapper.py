"""What follows a version's text: names, overloads, members, adapters, C, and what is refused."""

import sys
from pathlib import Path

import pytest

from perfbot.sandbox.cpp.builder import ADVICE, Builder, explained, modern
from perfbot.sandbox.cpp.compilers import find_compiler
from perfbot.sandbox.cpp.units import Command
from perfbot.sandbox.cpp.wrapper import Hints, counts_of, names_of, unit_for
from perfbot.sandbox.languages.cpp import locate
from perfbot.sandbox.project import Project
from tests.compiled import compiled

NAMED = """#define max(a, b) ((a) > (b) ? (a) : (b))
#define private public
#include <vector>
namespace { int hidden(int a) { return a + 1; } }
namespace geo { namespace deep {
struct P { int x; };
static int over(const P& p) { return p.x; }
static int over(const P& p, int k) { return p.x * k; }
template <class T> T twice(T a) { return a + a; }
class Sum { public: std::vector<int> seen;
    int add(int a) { seen.push_back(a); return static_cast<int>(seen.size()); }
    int size() const { return static_cast<int>(seen.size()); }
    static int zero(int a) { return a * 0; } };
int quiet(int a) noexcept { return a; }
} }
"""


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [("hidden", (1,), 2), ("over(const P&)", ((4,),), 4), ("over(const P&, int)", ((4,), 3), 12),
     ("twice<short>", (3,), 6), ("Sum::add", (([1],), 5), 2), ("Sum::size", (([1],),), 1),
     ("Sum::zero", (9,), 0), ("quiet", (3,), 3)],
)  # fmt: skip
def test_functions_are_found_by_name(
    tmp_path: Path, name: str, args: tuple[object, ...], expected: int
) -> None:
    """Namespaces, overloads, templates, members and static ones; the text's macros do not leak."""
    with compiled(tmp_path, NAMED, name) as version:
        assert version.value(*args) == expected


def test_an_adapter_is_called_instead(tmp_path: Path) -> None:
    """What no value can be made for is called through the workload's own `call`."""
    text = "#include <istream>\nint first(std::istream& in) { int a = 0; in >> a; return a; }"
    adapter = """#include <sstream>
int call(const std::string& text) { std::istringstream in(text); return first(in); }
"""
    with compiled(tmp_path, text, "first", hints=Hints(adapter)) as version:
        assert version.value("42 43") == 42
        assert "argument\ttext\t" in version.worker.describe()


C_FILE = """#include <stdlib.h>
#define LIMIT 3
struct item { int key; double weight; };
typedef struct item item_t;
static double weigh(const item_t *restrict items, size_t count) {
    int *class = (int *)malloc(sizeof *class);
    double sum = LIMIT;
    for (size_t at = 0; at < count; ++at) sum += items[at].weight;
    free(class);
    return sum;
}
"""


def test_c(tmp_path: Path) -> None:
    """A static function of C, with types of its file and names that C++ reserves."""
    with compiled(tmp_path, C_FILE, "weigh", is_c=True, flags=("-std=c11", "-O1")) as version:
        assert version.value([(1, 0.5), (2, 0.25)], 2) == 3.75
        assert "is no number of the items" in version.refusal([(1, 0.5)], 2)


OLD = """#include <vector>
struct P { int x; std::vector<int> y; };
int f(const std::vector<P>& a) { return static_cast<int>(a.size()); }
"""


@pytest.mark.parametrize("standard", ["c++98", "gnu++11", "c++14", "c++17", "c++20"])
def test_standards(tmp_path: Path, standard: str) -> None:
    """The driver's headers compile in projects old and new."""
    with compiled(tmp_path, OLD, "f", flags=("-O1", f"-std={standard}")) as version:
        assert version.value([(1, [2])]) == 1


def test_an_old_standard_stays_the_projects(tmp_path: Path) -> None:
    """What the project's own standard lacks does not compile, though the wrapper needs more."""
    assert modern(["-std=c++98", "-std=gnu++0x", "-std=c++17", "-std=c11"]) == (
        "-std=c++14", "-std=gnu++14", "-std=c++17", "-std=c11",
    )  # fmt: skip
    text = "int f(int a) { auto g = [](auto b) { return b; }; return g(a); }"
    built = build(tmp_path, text, "f", "-std=c++98")
    assert built.library is None
    assert build(tmp_path, text, "f", "-std=c++14").library is not None


def build(folder: Path, text: str, name: str, *flags: str):  # type: ignore[no-untyped-def]
    """What compiling `text` gives."""
    (folder / "unit.cpp").write_text(text)
    command = Command(find_compiler().path, flags, ".", ())
    builder = Builder(Project(folder, Path(sys.executable)), command)
    return builder.build(locate(folder, "unit.cpp", name), text)


@pytest.mark.parametrize(
    ("text", "said"),
    [("#include <functional>\nint f(std::function<int(int)> g) { return g(1); }", "std::function<"),
     ("class H { int x; public: explicit H(int y) : x(y) {} };\n#include <vector>\n"
      "int f(const std::vector<H>& h) { return 0; }", "type H cannot"),
     ("int f(int** rows, int n) { return rows[0][n]; }", "pointers to pointers"),
     ("int f(const char* s, ...) { return 0; }", "entry_of")],
)  # fmt: skip
def test_types_that_cannot_be_passed(tmp_path: Path, text: str, said: str) -> None:
    """The failure names the type, and shows how an adapter is written."""
    built = build(tmp_path, text, "f")
    assert built.library is None
    assert said in explained(built) and ADVICE in explained(built)


def test_errors_of_the_version_are_its_own(tmp_path: Path) -> None:
    """A mistake in the text is told as the compiler tells it, with its line and no advice."""
    said = explained(build(tmp_path, "int f(int a) {\n    return b;\n}\n", "f"))
    assert "unit.cpp:2:12: error:" in said and ADVICE not in said


@pytest.mark.parametrize(
    ("given", "expected"),
    [([("const int*", "xs"), ("size_t", "n")], [1, -1]),
     ([("int", "count"), ("double[]", "xs")], [-1, 0]),
     ([("float*", "a"), ("const float*", "b"), ("int", "len")], [2, 2, -1]),
     ([("const char*", "text"), ("int", "count")], [-1, -1]),
     ([("const char*", "text"), ("size_t", "text_len")], [1, -1]),
     ([("int*", "a"), ("int", "threshold")], [-1, -1])],
)  # fmt: skip
def test_which_parameter_counts(given: list[tuple[str, str]], expected: list[int]) -> None:
    """Names say which number belongs to which pointer."""
    assert counts_of(given) == expected


def test_names(tmp_path: Path) -> None:
    """Parameters without a name are numbered; a member's object is `self`."""
    (tmp_path / "unit.cpp").write_text("struct S { int a; int f(int, int b) { return b; } };\n")
    target = locate(tmp_path, "unit.cpp", "S::f")
    assert names_of(target) == ["self", "argument_2", "b"]
    assert names_of(target, Hints("int call(int q) { return q; }")) == ["q"]
    assert unit_for(target, "text\n").text.startswith("text\n")
