"""Mutants of C++: which faults are planted and which not, and that one text really holds them."""

import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from perfbot.sandbox.cpp.mutation import Schemata, complained_lines, schemata, without
from perfbot.sandbox.languages.cpp import locate

HEAD = "#include <algorithm>\n#include <string>\n#include <vector>\n"
FILE = """#include <algorithm>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>
namespace geo {
class Hull {
 public:
  template <class T> long work(const std::vector<T>& xs, const std::string& sep) const;
 private:
  std::map<int, std::pair<int, double>> known_{{1, {2, 2.5}}, {3, {4, 4.5}}};
};
template <class T>
long Hull::work(const std::vector<T>& xs, const std::string& sep) const {
  const int n = 3;
  int weights[n] = {1, 2, 3};
  T* none = 0;  // a pointer
  std::string out;
  long total = none == nullptr ? known_.at(1).first / 4 : 7;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (xs[i] > 0 && xs[i] % 2 == 0)  // even
      total += xs[i] * weights[i % n];
    else if (xs[i] < -5) { total -= 1; continue; }
    else total += 2;
    if (total > 1000) break;
  }
  for (const auto& [key, value] : known_) out += sep + std::to_string(key - value.first);
  switch (out.size() % 3) {
    case 0: total += 1; break;
    case 1: total <<= 1; [[fallthrough]];
    default: try { if (total > 50) throw std::runtime_error("long"); }
             catch (const std::exception&) { total = ~total; }
  }
  unsigned small = static_cast<unsigned>(total) * 3u;
  do --small; while (small % 5);
  std::sort(out.begin(), out.end(), [](char a, char b) { return a < b || a == 'x'; });
  return total + small + std::min<long>(out.size(), 9);
}
}
"""
MAIN = """
#ifdef SWITCHED
#define CHOOSE(text) perfbot_mutant = std::stoi(text)
#else
#define CHOOSE(text)
#endif
int main(int count, char** texts) {
  CHOOSE(texts[1]);
  std::vector<std::vector<int>> inputs{{}, {1, 2, 3, 4, -9, 6, 8}, {-5, -6, 0, 1}, {2000, 2}, {7}};
  for (auto& xs : inputs)
    for (const char* sep : {"", ",", "xyz"}) std::cout << geo::Hull{}.work(xs, sep) << ' ';
}
"""


def made(tmp_path: Path, text: str, name: str = "f", path: str = "a.cpp", limit: int = 1000,
         seed: int = 0) -> Schemata:  # fmt: skip
    """The schemata for a function in a file's text."""
    (tmp_path / path).write_text(text)
    return schemata(locate(tmp_path, path, name, None), limit=limit, seed=seed)


def changes(tmp_path: Path, body: str, head: str = "", path: str = "a.cpp") -> set[tuple[str, str]]:
    """(operator, line after) of all mutants of a function with this body."""
    source = f"{head}int f(int a, int b, int *p) {{\n{body}\n}}\n"
    return {(item.operator, item.after) for item in made(tmp_path, source, path=path).mutants}


def compiled(folder: Path, text: str, *flags: str, path: str = "a.cpp") -> tuple[bool, str]:
    """Whether a file compiles, and what the compiler says."""
    (folder / path).write_text(text)
    compiler = ["gcc"] if path.endswith(".c") else ["g++", "-std=c++17"]
    command = [*compiler, "-O1", "-w", "-fmax-errors=0", *flags, path]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stderr


def that_compile(folder: Path, found: Schemata, tail: str, *flags: str) -> Schemata:
    """The schemata less what the compiler refuses."""
    while True:
        good, said = compiled(folder, found.text + tail, *flags)
        if good:
            return found
        assert found.mutants, said
        found = without(found, complained_lines(said, "a.cpp"))


@pytest.mark.parametrize(
    ("body", "operator", "after"),
    [
        ("return a + b;", "arithmetic", "return a - b;"),
        ("return a % b;", "arithmetic", "return a * b;"),
        ("return a << b;", "arithmetic", "return a >> b;"),
        ("return a & b;", "arithmetic", "return a | b;"),
        ("return a < b;", "comparison boundary", "return a <= b;"),
        ("return a >= b;", "comparison boundary", "return a > b;"),
        ("return a < b;", "comparison negated", "return a >= b;"),
        ("return a == b;", "comparison negated", "return a != b;"),
        ("return a && b;", "and/or", "return (a) || (b);"),
        ("return a && b;", "short circuit", "return !!(b);"),
        ("return a || b;", "short circuit", "return !!(a);"),
        ("return !a;", "remove not", "return !!(a);"),
        ("return -a;", "remove unary", "return +(a);"),
        ("return ~a;", "remove unary", "return +(a);"),
        ("return 7;", "constant", "return 8;"),
        ("return 7;", "constant", "return 6;"),
        ("return 0x1F;", "constant", "return (0x1F + 1);"),
        ("return 7u;", "constant", "return 8u;"),
        ("return 1.5;", "constant", "return (1.5 + 1);"),
        ("return 'a';", "constant", "return ('a' + 1);"),
        ("return true;", "constant", "return false;"),
        ('return g("ab");', "constant", 'return g("Xb");'),
        ("a += b; return a;", "assignment operator", "a -= b; return a;"),
        ("a += b; return a;", "assignment operator", "a = b; return a;"),
        ("a += b; return a;", "remove statement", "; return a;"),
        ("g(a); return a;", "remove statement", "; return a;"),
        ("return ++a;", "++/--", "return --a;"),
        ("return a--;", "++/--", "return a++;"),
        ("return g(a, b);", "swapped arguments", "return g(b, a);"),
        ("return std::min(a, b);", "min/max", "return std::max(a, b);"),
        ("return p->find(a);", "find/rfind", "return p->rfind(a);"),
        ("return p->first;", "first/second", "return p->second;"),
        ("return static_cast<unsigned>(a) / b;", "cast dropped", "return (a) / b;"),
        ("return (long long)a * b;", "cast dropped", "return (a) * b;"),
        ("return a + b;", "return nothing", "return {};"),
        ("if (a) b = 1; return b;", "condition", "if (!(a)) b = 1; return b;"),
        ("if (a) b = 1; return b;", "condition", "if (true) b = 1; return b;"),
        ("return p ? a : b;", "condition", "return !(p) ? a : b;"),
        ("while (a) --a; return b;", "empty loop", "while (false) --a; return b;"),
        ("for (int x : p) a += x; return a;", "empty loop", "for (int x : p) break; return a;"),
        ("for (; a < b; ++a) g();", "loop bound", "for (; a < (b) - 1; ++a) g();"),
        ("return std::log(a) + b;", "arithmetic", "return std::log(a) - b;"),
        ("return std::log(a, b);", "swapped arguments", "return std::log(b, a);"),
        ("if (a) g(); else { b = 1; }", "drop else", "if (a) g(); else {}"),
        ("while (a) { break; }", "break/continue", "while (a) { continue; }"),
        ("while (a) { continue; }", "break/continue", "while (a) { break; }"),
        ("switch (a) { case 1: b = 2; break; default: b = 3; }", "fall through",
         "switch (a) { case 1: b = 2; ; default: b = 3; }"),
        ("throw E(1);", "exception type", "throw 0;"),
        ("auto l = [&](int x) { return x + b; };", "arithmetic",
         "auto l = [&](int x) { return x - b; };"),
    ],
)  # fmt: skip
def test_what_is_planted(tmp_path: Path, body: str, operator: str, after: str) -> None:
    """Each operator plants its fault in the text of the line."""
    assert (operator, after) in changes(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "static const int q[] = {1, 2};",
        "constexpr int n = 3;",
        "static_assert(1 + 1 == 2);",
        "std::array<int, 3> q;",
        "int q[4];",
        "decltype(a + 1) q;",
        "assert(a < b);",
        "CHECK(a < b);",
        "check(a < b);",
        'std::cerr << "x" << a + 1;',
        'LOG(INFO) << "x";',
        'logger->info("x", a + 1);',
        "p->reserve(a + 1);",
        "enum { X = 3 };",
        "struct Q { int z = 3; };",
        "#if A\na += 1;\n#endif",
        "delete p;",
        "[[maybe_unused]] int q;",
        "// a + b",
        "return;",
        "int z = a;",
        "#define M (1 + 2)",
        "5ms;",
        "const int q = 3; int z[q];",
        "const int q = 3; std::array<int, q * 2> z;",
    ],
)
def test_what_is_left_alone(tmp_path: Path, body: str) -> None:
    """Constants of the compiler, asserts, logging, hints and other configurations stay."""
    assert changes(tmp_path, body, head="#define check(x) x\n") == set()


@pytest.mark.parametrize(
    ("body", "operator"),
    [
        ("return a + 0;", "arithmetic"),
        ("return a << 0;", "arithmetic"),
        ("return a > b ? a : b;", "comparison boundary"),
        ("if (a > b) b = a;", "comparison boundary"),
        ("if (a > b) { b = a; }", "comparison boundary"),
        ("return 0;", "return nothing"),
        ("return {};", "return nothing"),
        ("return std::max(a, b);", "swapped arguments"),
        ("return g(a, a);", "swapped arguments"),
        ("if (a < b) b = 1;", "negated condition"),
        ("if constexpr (A) { b = g(); }", "condition"),
        ("switch (a) { case 1: g(); }", "constant"),
        ('throw E("no" + 1);', "arithmetic"),
    ],
)
def test_what_would_be_equivalent(tmp_path: Path, body: str, operator: str) -> None:
    """A change that would leave the program as it is, or not compile, is not made."""
    assert operator not in {name for name, _ in changes(tmp_path, body)}


def test_c_has_its_own_words(tmp_path: Path) -> None:
    """In C a function returns 0, and a loop's condition becomes 0: there need be no `false`."""
    found = changes(tmp_path, "while (a) --a; return a + b;", path="a.c")
    assert {("empty loop", "while (0) --a; return a + b;")} <= found
    assert ("return nothing", "while (a) --a; return 0;") in found


def test_no_function(tmp_path: Path) -> None:
    """A span without a function's body is refused."""
    found = made(tmp_path, "int f(int a) { return a; }")
    with pytest.raises(ValueError, match="no function"):
        schemata(replace(found.target, file_source="int f(int a)  ;           "))


def test_spread_and_seed(tmp_path: Path) -> None:
    """Few mutants are of many lines and operators; the same seed gives the same ones."""
    few = made(tmp_path, FILE, "geo::Hull::work<int>", limit=15)
    assert len(few.mutants) == 15
    assert max(Counter(item.operator for item in few.mutants).values()) <= 2
    assert max(Counter(item.line for item in few.mutants).values()) <= 2
    assert made(tmp_path, FILE, "geo::Hull::work<int>", limit=15) == few
    assert made(tmp_path, FILE, "geo::Hull::work<int>", limit=15, seed=1).mutants != few.mutants


def test_one_text_holds_all(tmp_path: Path) -> None:
    """Under 0 the text does what the original does; nearly each mutant does something else."""
    found = made(tmp_path, FILE, "geo::Hull::work<int>")
    whole = that_compile(tmp_path, found, MAIN, "-DSWITCHED", "-oswitched")
    assert len(whole.mutants) > 60
    assert compiled(tmp_path, FILE + MAIN, "-ooriginal")[0]

    def output(program: str, number: int) -> str:
        command = [f"./{program}", str(number)]
        try:
            done = subprocess.run(
                command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=1
            )
        except subprocess.TimeoutExpired:
            return "never ends"
        return f"{done.returncode} {done.stdout}"

    expected = output("original", 0)
    assert output("switched", 0) == expected
    same = [item for item in whole.mutants if output("switched", item.number) == expected]
    assert len(same) < 0.3 * len(whole.mutants), [(item.operator, item.after) for item in same]


def test_what_does_not_compile_goes_alone(tmp_path: Path) -> None:
    """A mutant that the compiler refuses is found by its line, and no other goes with it."""
    body = "std::string f(std::string a, int b) { int *p = 0; return a + (p ? 'x' : 'y'); }"
    found = made(tmp_path, HEAD + body)
    kept = that_compile(tmp_path, found, "", "-c")
    gone = {item.operator for item in found.mutants if item not in kept.mutants}
    assert gone == {"arithmetic", "constant"}
    assert {item.before for item in kept.mutants} == {body}
    assert len(found.mutants) - len(kept.mutants) == 3


def test_without_a_line_by_halves(tmp_path: Path) -> None:
    """Where the complaint is of no mutant's line half of them go, in the end all: the original."""
    found = made(tmp_path, "int f(int a) { return a + 1; }")
    half = without(found, {1})
    assert half.mutants == found.mutants[: len(found.mutants) // 2]
    while half.mutants:
        half = without(half, set())
    assert half.text == "int f(int a) { return a + 1; }"
    assert without(half, {1}) == half


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.cpp", "constexpr int f(int n) { return n < 2 ? 1 : n * f(n - 1); }"),
        ("a.cpp", "template <class T> constexpr T f(T n) { return n + 1; }\nint x = f(2);"),
        ("a.cpp", "namespace { int f(int n) { return n + 1; } }\nint g() { return f(2); }"),
        ("a.cpp", "#ifndef A\n#define A\nnamespace x { int f(int n) { return n + 1; } }\n#endif"),
        ("a.cpp", 'extern "C" { int f(int n) { return n + 1; } }'),
        ("a.cpp", "int f(int n) try { return n + 1; } catch (...) { return 2; }"),
        ("a.cpp", "struct S { int v = 1; int f(int n) const noexcept { return n + v; } };"),
        ("a.cpp", "auto f(int n) { return [n](auto m) { return m /* m */ + n; }(3); // end\n}"),
        ("a.cpp", "int& f(int& n) { return ++n; }"),
        ("a.cpp", "void f(int *n) { if (n) if (*n > 3) *n = 1; else *n = 2; }"),
        ("a.c", "static int f(int n) { return n + 1; }\nint g(void) { return f(2); }"),
        ("a.c", "struct s { int x, y; };\nint f(struct s *p) { p->x += p->y; return !p->x; }"),
        ("a.c", 'int g(const char *);\nint f(int *n) { *n++ = (char)*n + 1; return g("ab"); }'),
    ],
)  # fmt: skip
def test_all_kinds_of_functions_compile(tmp_path: Path, path: str, text: str) -> None:
    """The text compiles at once, wherever the function stands, and exports what chooses."""
    name = "f<int>" if "template" in text else "f"
    found = made(tmp_path, text, name, path)
    assert found.mutants
    kept = found
    for _ in range(3):
        good, said = compiled(
            tmp_path, kept.text, "-fvisibility=hidden", "-shared", "-fPIC", "-oa.so", path=path
        )
        if good:
            break
        kept = without(kept, complained_lines(said, path))
    assert good
    assert len(kept.mutants) >= len(found.mutants) - 2
    listed = subprocess.run(
        ["nm", "-D", "a.so"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert " perfbot_mutant\n" in listed.stdout


def test_the_lines_a_compiler_names(tmp_path: Path) -> None:
    """Lines of the file itself, in errors and in notes; none of other files."""
    said = """In file included from a.hpp:3,
                 from src/a.cpp:4:
/usr/include/c++/12/aa.cpp:77:5: error: no match
src/a.cpp:12:9:   required from here
src/a.cpp:13:9: error: what
a.cpp:14: note: that
"""
    assert complained_lines(said, "src/a.cpp") == {4, 12, 13, 14}
