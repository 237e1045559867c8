"""Values that go into compiled functions and come back: types, bounds, aliasing."""

import math
from pathlib import Path
from typing import Any

import pytest

from perfbot.sandbox.cpp.signature import description_of, signature_of
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.wire import encode
from tests.compiled import compiled

CASES: dict[str, tuple[str, tuple[Any, ...], Any]] = {
    "integers": (
        "int f(int a, unsigned char b, bool c) { return a + b + c; }", (5, 255, True), 261,
    ),
    "characters": ("char f(char a, signed char b) { return a + b; }", ("a", 1), "b"),
    "unsigned 64": (
        "#include <cstdint>\nstd::uint64_t f(std::uint64_t a) { return a; }",
        (2**64 - 1,), 2**64 - 1,
    ),
    "128 bits": ("__int128 f(__int128 a) { return a * 3; }", (-(2**100),), -3 * 2**100),
    "float": ("float f(float a) { return a; }", (0.1,), 0.10000000149011612),
    "minus zero": ("double f(double a) { return -a; }", (0.0,), -0.0),
    "text": ("#include <string>\nstd::string f(std::string a) { return a + '!'; }", ("é",), "é!"),
    "bytes": (
        "#include <string>\nstd::string f(std::string a) { return a; }", ("\udcff",), b"\xff",
    ),
    "nested lists": (
        "#include <vector>\nusing V = std::vector<std::vector<double>>;\nV f(V a) { return a; }",
        ([[1.5], []],), [[1.5], []],
    ),
    "bits": (
        "#include <vector>\nstd::vector<bool> f(std::vector<bool> a) { a.flip(); return a; }",
        ([True, False],), [False, True],
    ),
    "maps": (
        "#include <map>\n#include <string>\n#include <unordered_map>\n"
        "std::map<std::string, int> f(const std::unordered_map<std::string, int>& a) {\n"
        "    return {a.begin(), a.end()}; }",
        ({"b": 1, "a": 2},), {"a": 2, "b": 1},
    ),
    "sets": (
        "#include <set>\n#include <vector>\nusing S = std::set<std::vector<int>>;\n"
        "S f(S a) { a.insert({9}); return a; }",
        ({(1, 2)},), {(1, 2), (9,)},
    ),
    "optional": (
        "#include <optional>\nstd::optional<int> f(std::optional<int> a) {\n"
        "    return a ? std::nullopt : std::optional<int>(3); }",
        (None,), 3,
    ),
    "variant": (
        "#include <string>\n#include <variant>\n"
        "using V = std::variant<short, std::string, double>;\nV f(V a) { return a; }",
        (2.5,), (2, 2.5),
    ),
    "tuples": (
        "#include <tuple>\n#include <utility>\nstd::tuple<int, char> f(std::pair<char, int> a) {\n"
        "    return {a.second, a.first}; }",
        (("x", 7),), (7, "x"),
    ),
    "structs": (
        "struct P { double x, y; };\nstruct B { P low, high; int tags[3]; };\n"
        "B f(const B& a) { B b = a; b.tags[1] = 9; return b; }",
        (((1.0, 2.0), (3.0, 4.0), [1, 2, 3]),), ((1.0, 2.0), (3.0, 4.0), [1, 9, 3]),
    ),
    "linked": (
        "struct L { int v; L* next; };\n"
        "int f(L* a) { int n = 0; for (; a; a = a->next) n += a->v; return n; }",
        ((1, (2, (3, None))),), 6,
    ),
    "owner": (
        "#include <memory>\nstd::unique_ptr<int> f(std::unique_ptr<int> a) { ++*a; return a; }",
        (4,), 5,
    ),
    "views": (
        "#include <string>\n#include <string_view>\nstd::string f(std::string_view a) {\n"
        "    return std::string(a.substr(1)); }",
        ("abc",), "bc",
    ),
    "complex": (
        "#include <complex>\nstd::complex<double> f(std::complex<double> a) { return a * a; }",
        (1 + 2j,), -3 + 4j,
    ),
    "priority queue": (
        "#include <queue>\nusing Q = std::priority_queue<int>;\nQ f(Q a) { a.push(5); return a; }",
        ([1, 9],), [9, 5, 1],
    ),
    "counted": (
        "int f(const int* a, unsigned n) { int t = 0; while (n) t += a[--n]; return t; }",
        ([1, 2, 3], 2), 3,
    ),
    "found": (
        "const int* f(const int* a, int n) { return a + n - 1; }", ([1, 2, 3], 3), (0, 2),
    ),
    "macros": ("#define int long long\nint f(int a) { return a; }", (2**40,), 2**40),
}  # fmt: skip


@pytest.mark.parametrize("kind", CASES)
def test_values_come_back(tmp_path: Path, kind: str) -> None:
    """Each kind of value arrives as it is in C++, and what is returned reads as in Python."""
    text, args, expected = CASES[kind]
    with compiled(tmp_path, text, "f", flags=("-O1", "-std=c++20")) as version:
        outcome = version.outcome(*args)
        found = outcome.parts()[0]
        assert (type(found), found) == (type(expected), expected)
        assert repr(found) == repr(expected) or isinstance(found, (set, dict))
        assert encode(decode(outcome.body)) == outcome.body


MANY = """#include <array>
#include <vector>
struct P { int x; };
int f(int a, unsigned char b, bool c, double d, const char* e, std::array<int, 2> g, P h,
      const int* xs, int n) { return 0; }
"""
FITS = (1, 2, True, 0.5, "text", [1, 2], (3,), [1], 1)


@pytest.mark.parametrize(
    ("place", "wrong"),
    [(0, 2**31), (0, 1.0), (0, "1"), (1, -1), (1, 256), (2, 1), (3, "0.5"), (4, "a\0b"), (5, [1]),
     (6, (1, 2)), (7, None), (8, 2), (8, -1)],
)  # fmt: skip
def test_what_does_not_fit_is_not_sent(tmp_path: Path, place: int, wrong: object) -> None:
    """A value that the parameter's type cannot hold is refused, and named by its place."""
    with compiled(tmp_path, MANY, "f", flags=("-O1", "-std=c++17")) as version:
        assert version.value(*FITS) == 0
        args = [*FITS]
        args[place] = wrong
        named = place if place < 8 else 7
        assert f"argument {named + 1}: " in version.refusal(*args)
        assert "where the function takes 9" in version.refusal(*FITS[:-1])


CHANGING = """#include <string>
#include <vector>
std::vector<int>& f(std::vector<int>& a, const std::vector<int>& b, std::string&& c, double* d) {
    a.push_back(static_cast<int>(b.size())); std::string own = std::move(c); *d *= 2; return a; }
"""


def test_arguments_after_the_call(tmp_path: Path) -> None:
    """References and pointers show what the call made of them; what was moved away is nobody's."""
    with compiled(tmp_path, CHANGING, "f") as version:
        assert version.after([1], [5, 6], "gone", 1.5) == ([1, 2], [5, 6], None, 3.0)


def test_aliasing(tmp_path: Path) -> None:
    """One list given twice is one object, and a reference that is returned is its argument."""
    with compiled(tmp_path, CHANGING, "f") as version:
        one = [1, 2]
        value, args, _kwargs = version.outcome(one, one, "", 1.0).parts()
        assert value == [1, 2, 2] and args[0] is args[1] is value
        value, args, _kwargs = version.outcome([1, 2], [1, 2], "", 1.0).parts()
        assert value is args[0] and args[0] is not args[1]


def test_nan_is_one_value(tmp_path: Path) -> None:
    """Whatever bits a NaN has, its bytes are the same."""
    text = "double f(double a) { return a - a; }"
    with compiled(tmp_path, text, "f") as version:
        outcome = version.outcome(math.inf)
        assert outcome.body == encode([math.nan, (math.inf,), {}])


def test_long_lists_travel_packed_or_by_their_digest(tmp_path: Path) -> None:
    """What Python's side would write for the same values is what C++ writes."""
    text = "#include <vector>\nstd::vector<int> f(std::vector<int> a) { return a; }"
    with compiled(tmp_path, text, "f") as version:
        numbers = list(range(-500, 500))
        assert version.outcome(numbers).body == encode([numbers, (list(numbers),), {}])
        assert version.outcome(list(range(200_000))).body.startswith(b"sha256:")


def test_the_signature(tmp_path: Path) -> None:
    """Types are the compiler's; names and annotations are such as inputs are made from."""
    text = (
        "#include <string>\n#include <vector>\nnamespace geo {\n"
        "int f(const std::vector<short>& xs, std::string& s) { return 0; }\n}\n"
    )
    with compiled(tmp_path, text, "geo::f") as version:
        told = version.worker.describe()
    named, text_parameter = signature_of(told).parameters
    assert named.name == "xs" and text_parameter.annotation == "str"
    assert named.annotation == (
        "list[Annotated[int, annotated_types.Ge(-32768), annotated_types.Le(32767)]]"
    )
    described = description_of(told)
    assert [item.passing for item in described.parameters] == ["const", "reference"]
    assert described.parameters[0].type == "const std::vector<short int>&"
    assert [item.may_change for item in described.parameters] == [False, True]


def test_no_description() -> None:
    """What a library says must have its form."""
    with pytest.raises(ValueError, match="does not describe"):
        signature_of("argument\tx\n")
