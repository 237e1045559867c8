"""What of a C++ function never ran: what a person would say of it, and none of the compiler's."""

import re
import subprocess
from pathlib import Path

import pytest

from perfbot.sandbox.cpp.gcov import NEVER, NO_CASE, ONE_WAY, Gap, coverage_of, gcov_of
from perfbot.sandbox.worker import ChildFailedError

SAID = {"never": NEVER, "one way": ONE_WAY, "no case": NO_CASE}
"""How a comment at a line's end says what is to be found there."""
FILE = r"""#include <algorithm>
#include <cassert>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
#define PICK(a, b) ((a) > 0 ? (b) : -1)
#define TWICE(a) ((a) + (a))
struct Base { virtual ~Base() = default; };
struct Derived : Base { int v = 3; };
enum class Color { red, green };

int all(const std::vector<int>& xs) {
  int total = 0;
  for (std::size_t i = 0; i < xs.size(); ++i)
    if (xs[i] > 2) total += xs[i];
    else total -= 1;
  return total;
}
int never_long(const std::vector<int>& xs) {
  if (xs.size() > 100) {  //! one way
    return -1;  //! never
  }
  return 1;
}
int one_line(int x) { if (x > 100) return 5; return 6; }  //! one way
int one_line_all(int x) { if (x > 1) return 5; return 6; }
int early(int x) {
  if (x > 1) return 1;  //! one way
  return 2;  //! never
}
int short_circuit(int a, int b) {
  if (a > 0 && b > 0) return 1;  //! one way
  return 2;
}
int short_circuit_all(int a, int b) {
  bool good = a > 0 && b > 0;
  return good || a == -7 ? 1 : 2;
}
int over_lines(int a, int b) {
  if (a > 0 &&  //! one way
      b > 0)
    return 1;
  return 2;
}
int ternary(int a) { return a > 0 ? 1 : 2; }  //! one way
std::string text_ternary(int a) {
  return a > 0 ? std::string("a") + "b" : std::to_string(a) + "c";
}
int cases(int a) {
  switch (a) {  //! no case
    case 1: return 10;
    case 2:
      return 20;  //! never
    default: return 0;
  }
}
int cases_all(int a) {
  switch (a) {
    case 1: case 2: a += 3; [[fallthrough]];
    case 3: a += 1; break;
    default: a = 0;
  }
  return a;
}
int colors(Color c) {
  switch (c) {
    case Color::red: return 1;
    case Color::green: return 2;
  }
  return 0;  //! never
}
int no_default(int a) {
  switch (a) {  //! no case
    case 1: return 10;
    case 2: return 20;
  }
  return 0;  //! never
}
std::string join(const std::vector<std::string>& xs) {
  std::string out;
  for (const auto& x : xs) {
    if (!out.empty()) out += ", ";
    out += x;
  }
  return out + "!";
}
int range_never(const std::vector<int>& xs) {
  int n = 0;
  for (int x : xs)  //! one way
    n += x;  //! never
  return n;
}
int handler(int a) {
  try {
    if (a > 1) throw std::runtime_error("large " + std::to_string(a));
    return std::stoi(std::to_string(a));
  } catch (const std::runtime_error& error) {
    return std::string(error.what()).size();
  }
}
int handler_never(int a) {
  try {
    return std::stoi(std::to_string(a));
  } catch (const std::exception&) {  //! never
    return -1;  //! never
  }
}
int handler_line(int a) {
  int r = 0;
  try { r = std::stoi(std::to_string(a)); } catch (...) { r = -1; }  //! never
  return r;
}
int handler_line_ran(const std::string& a) {
  int r = 0;
  try { r = std::stoi(a); } catch (...) { r = -1; }
  return r;
}
int handler_line_throw(int a) {
  int r = 0;
  try { if (a > 0) throw 1; r = 2; } catch (...) { r = -1; }
  return r;
}
int lambda(const std::vector<int>& xs) {
  auto odd = [](int x) { return x % 2 != 0 && x > 0; };
  auto unused = [](int x) { return x + 1; };  //! never
  if (xs.empty()) return unused(3);  //! one way
  return std::count_if(xs.begin(), xs.end(), odd);
}
template <class T> T instances(T x) {
  if constexpr (sizeof(T) == 4) x += 1;
  if (x > 10)
    return x;
  return 0;
}
template <class T> T half(T x) {
  if (x > 10)  //! one way
    return x;  //! never
  return 0;
}
int macros(int a, int b) {
  int c = TWICE(a);
  return PICK(a + c, b);  //! one way
}
int loops(int n) {
  int s = 0;
  while (n > 0) { s += n; --n; }
  do { ++s; } while (s < 3);
  for (;;) { if (s > 5) break; ++s; }
  while (true) { ++s; if (s > 9) return s; }
}
int statics(int a) {
  static const std::string words = "abc" + std::to_string(3);
  static const std::vector<int> more{1, 2}; if (a > 0) return words.size() + more.size();
  assert(a <= 0);
  return 0;
}
int pointers(int a) {
  auto owned = std::make_unique<Derived>();
  Base* base = owned.get();
  Derived* derived = dynamic_cast<Derived*>(base);
  int* numbers = new int[a + 5];
  numbers[0] = derived->v;
  if (a > 0) { delete[] numbers; return 1; }
  int r = numbers[0]; if (r == 3) delete[] numbers;  //! one way
  return r;
}
int nested(int a, int b) {
  if (a > 0) { if (b > 0) return 1; return 2; }  //! one way
  return 3;
}
int after(int a) {
  std::vector<std::string> words{"a", "b"};
  if (a > 0)
    throw std::invalid_argument("no");
  std::cout << words[0] << std::flush;
  return words.size();
}
class Stack {
 public:
  void push(int x) { xs_.push_back(x); }
  int pop() {
    if (xs_.empty()) throw std::out_of_range("empty");  //! one way
    int last = xs_.back();
    xs_.pop_back();
    return last;
  }
 private:
  std::vector<int> xs_;
};
"""
MAIN = r"""
int main() {
  all({1, 2, 3}); never_long({1}); one_line(3); one_line_all(0); one_line_all(3); early(3);
  short_circuit(1, 1); short_circuit(0, 1);
  for (int a : {-7, 0, 1}) for (int b : {0, 1}) short_circuit_all(a, b);
  over_lines(1, 1); over_lines(0, 0); ternary(1); text_ternary(0); text_ternary(1);
  cases(1); cases(0); for (int a : {0, 1, 2, 3}) cases_all(a);
  colors(Color::red); colors(Color::green); no_default(1); no_default(2);
  join({"a", "b"}); range_never({}); handler(1); handler(3); handler_never(1); handler_line(1);
  handler_line_ran("x"); handler_line_ran("1"); handler_line_throw(0); handler_line_throw(1);
  lambda({1, 2, -3}); instances(3); instances(20L); half(3); half(4L);
  macros(5, 1); loops(4); loops(0); statics(1); statics(-1);
  pointers(1); pointers(-1);
  nested(1, 1); nested(0, 1); after(0); try { after(1); } catch (...) {}
  Stack stack; stack.push(1); stack.pop();
}
"""
NAMES = ["Stack", *re.findall(r"(?m)^(?:template <class T> )?[\w:]+ (\w+)\(.*\{", FILE)]


def build(folder: Path, text: str) -> tuple[bytes, bytes]:
    """The notes and the counts of a program that was compiled and run."""
    (folder / "src").mkdir(exist_ok=True)
    (folder / "src" / "a.cpp").write_text(text)
    flags = "-std=c++17 -O0 --coverage -fprofile-abs-path -fprofile-update=single -w"
    subprocess.run(
        ["g++", *flags.split(), "-c", "src/a.cpp", "-o", "unit.o"], cwd=folder, check=True
    )
    subprocess.run(["g++", "--coverage", "unit.o", "-o", "unit"], cwd=folder, check=True)
    subprocess.run(["./unit"], cwd=folder, check=True, capture_output=True)
    return (folder / "unit.gcno").read_bytes(), (folder / "unit.gcda").read_bytes()


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """The notes and counts of all functions of the file."""
    return build(tmp_path_factory.mktemp("gcov"), FILE + MAIN)


@pytest.fixture(scope="module")
def gaps(counts: tuple[bytes, bytes]) -> list[Gap]:
    """All gaps of the file, found at once."""
    last = FILE.count("\n")
    return coverage_of(*counts, FILE + MAIN, [(1, last)], path="src/a.cpp")


def span_of(name: str) -> tuple[int, int]:
    """The lines of a function or class, which begins at the margin and ends before the next."""
    lines = FILE.splitlines()
    first = next(at for at, line in enumerate(lines, 1) if re.search(rf"^\S.*\b{name}\b.*{{", line))
    following = (at for at in range(first + 1, len(lines) + 1) if re.match(r"\w", lines[at - 1]))
    return first, next(following, len(lines) + 1) - 1


@pytest.mark.parametrize("name", NAMES)
def test_what_a_person_says(gaps: list[Gap], name: str) -> None:
    """The gaps of each function are those that the comments in it name."""
    first, last = span_of(name)
    lines = dict(enumerate(FILE.splitlines(), 1))
    said = {
        at: re.search(r"//! (one way|never|no case)$", lines[at]) for at in range(first, last + 1)
    }
    expected = {(at, SAID[found[1]]) for at, found in said.items() if found}
    assert {(gap.line, gap.what) for gap in gaps if first <= gap.line <= last} == expected


def test_only_the_spans(counts: tuple[bytes, bytes], gaps: list[Gap]) -> None:
    """Lines outside the spans are not told of."""
    spans = [span_of("ternary"), span_of("nested")]
    found = coverage_of(*counts, FILE + MAIN, spans, path="src/a.cpp")
    assert found == [g for g in gaps if any(a <= g.line <= b for a, b in spans)]
    assert len(found) == 2
    assert found[0].text.startswith("int ternary")


def test_nothing_ran(counts: tuple[bytes, bytes]) -> None:
    """Without counts each line with code is a gap."""
    first, last = span_of("join")
    found = coverage_of(counts[0], b"", FILE + MAIN, [(first, last)], path="src/a.cpp")
    assert {gap.what for gap in found} == {NEVER}
    assert {gap.line for gap in found} == {first, *range(first + 1, last - 2), last - 1} | {
        first + 4
    }


def test_counts_of_another_build(counts: tuple[bytes, bytes], tmp_path: Path) -> None:
    """Counts that do not belong to the notes are refused, and so is what is no notes file."""
    _, other = build(tmp_path, "int main() { return 0; }")
    with pytest.raises(ChildFailedError):
        coverage_of(counts[0], other, FILE, [(1, 9)], path="src/a.cpp")
    with pytest.raises(ChildFailedError):
        coverage_of(b"junk", b"", FILE, [(1, 9)], path="src/a.cpp")


@pytest.mark.parametrize(
    ("compiler", "gcov"),
    [
        ("/usr/bin/g++", "/usr/bin/gcov"),
        ("/usr/bin/gcc-12", "/usr/bin/gcov-12"),
        ("/opt/x/bin/x86_64-linux-gnu-g++-13", "/opt/x/bin/x86_64-linux-gnu-gcov-13"),
        ("/usr/bin/c++", "/usr/bin/gcov"),
    ],
)
def test_the_gcov_of_a_compiler(compiler: str, gcov: str) -> None:
    """The counts of a compiler are read by its own gcov."""
    assert gcov_of(compiler) == gcov
