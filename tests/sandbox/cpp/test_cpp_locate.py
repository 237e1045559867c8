"""Which functions a C++ or C file holds, where, and how they are named."""

import re
from pathlib import Path

import pytest

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.cpp import (
    SUFFIXES,
    enclosing,
    functions,
    locate,
    parameters,
    read_source,
    return_type,
    target_of,
)
from perfbot.sandbox.target import Target

SYSTEM_HEADERS = sorted(Path("/usr/include/c++").glob("*/bits/*.h"))[::8]


def located(
    tmp_path: Path, text: str, name: str | None, path: str = "a.cpp", line: int | None = None
) -> Target:
    (tmp_path / path).write_bytes(text.encode())
    return locate(tmp_path, path, name, line)


def names(text: str) -> list[str]:
    return [item.qualname for item in functions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int f(int a) { return a; }", ["f"]),
        ("int f(int a);", []),
        ("namespace a::b { inline namespace v1 { int f() { return 1; } } }", ["a::b::v1::f"]),
        ("namespace { int f() { return 1; } }", ["f"]),
        ('extern "C" { int f(void) { return 1; } }\nextern "C" int g() { return 2; }', ["f", "g"]),
        ("#if A\nint f() { return 1; }\n#elif B\nint g() { return 2; }\n#endif", ["f", "g"]),
        ("struct P { P(int) {} ~P() {} operator bool() const { return 1; } };", []),
        ("struct P { P(int); };\nP::P(int) {}", []),
        (
            "struct P { int f() const { return 1; } static int s() { return 2; } };",
            ["P::f", "P::s"],
        ),
        ("struct P { struct Q { int f() { return 1; } }; };", ["P::Q::f"]),
        ("int P::f() const { return 1; }", ["P::f"]),
        ("P& P::operator+=(const P& o) { return *this; }", ["P::operator+="]),
        ("bool L::operator()(int a) const { return a; }", ["L::operator()"]),
        ("template <class T> T f(T a) { return a; }", ["f"]),
        ("template <class T> template <class U> T B<T>::f(U a) { return a; }", ["B::f"]),
        ("template <> int f<int>(int a) { return a; }", ["f<int>"]),
        ("auto f(int a) -> std::vector<int> { return {a}; }", ["f"]),
        ("int f(int a) try { return a; } catch (...) { return 0; }", ["f"]),
        ("int (*f(int a))(double) { return nullptr; }", ["f"]),
        ("[[nodiscard]] constexpr int f() noexcept { return 1; }", ["f"]),
        ("auto f = [](int a) { return a; };", []),
        ("int f() { struct L { int g() { return 1; } }; return L().g(); }", ["f"]),
        ("struct P { friend int f(P) { return 1; } };", []),
        ("struct P { bool operator==(const P&) const = default; int g() = delete; };", []),
        ("GEO_API int f(int a) { return a; }", ["f"]),
        ("typedef struct { int (*g)(int); } T;\nstatic int f(T* t) { return t->g(1); }", ["f"]),
        ("struct { int f() { return 1; } } x;", []),
    ],
)
def test_functions(text: str, expected: list[str]) -> None:
    """What has a body, a name and a type counts, under its full name."""
    assert names(text) == expected


def test_overloads_are_told_apart_by_types() -> None:
    """Only overloaded names carry their parameters' types; const members say so."""
    text = "struct P { int at(int a, char  const * b = 0); };\n" + "\n".join(
        [
            "int f(const P & a, int) { return 1; }",
            "int f() { return 1; }",
            "int g(void) { return 1; }",
            "int P::at(int a) { return 1; }",
            "int P::at(int a) const { return 1; }",
        ]
    )
    assert names(text) == ["f(const P&, int)", "f()", "g", "P::at(int)", "P::at(int) const"]


def test_an_overload_is_found_however_it_is_spaced(tmp_path: Path) -> None:
    """Whitespace in the types does not matter; the target's name is the canonical one."""
    text = "namespace n { int f(const P &a) { return 1; } int f(int) { return 2; } }"
    for name in ("f(const P&)", "n::f( const  P & )", "f(const P &)"):
        assert located(tmp_path, text, name).qualname == "n::f(const P&)"


def test_an_overloaded_name_alone_is_ambiguous(tmp_path: Path) -> None:
    """The message lists the forms that are accepted."""
    with pytest.raises(UsageError, match=r"ambiguous: f\(int\); f\(double\)"):
        located(tmp_path, "int f(int) { return 1; } int f(double) { return 2; }", "f")


def test_one_name_in_two_namespaces_is_ambiguous(tmp_path: Path) -> None:
    """The end of a name is enough only where it is the only one."""
    text = "namespace a { int f() { return 1; } } namespace b { int f() { return 2; } }"
    assert located(tmp_path, text, "b::f").start_byte == text.rindex("int f")
    with pytest.raises(UsageError, match="ambiguous: a::f; b::f"):
        located(tmp_path, text, "f")


def test_two_branches_of_an_if_need_a_line(tmp_path: Path) -> None:
    """Which of the two is compiled is not known here."""
    text = "#if A\nint f() { return 1; }\n#else\nint f() { return 2; }\n#endif\n"
    with pytest.raises(UsageError, match="more than once") as error:
        located(tmp_path, text, "f")
    assert "a.cpp:2" in error.value.todo
    assert located(tmp_path, text, None, line=4).start_line == 4


def test_a_template_needs_its_arguments(tmp_path: Path) -> None:
    """A template is no function; an instantiation keeps its arguments in the name."""
    text = "namespace n {\ntemplate <class T>\nT f(T a) { return a; }\n}"
    with pytest.raises(UsageError, match="is a template") as error:
        located(tmp_path, text, "f")
    assert "n::f<int>" in error.value.todo
    target = located(tmp_path, text, "f<std::map<int, int>>")
    assert target.qualname == "n::f<std::map<int, int>>"
    assert target.source.startswith("template <class T>")
    with pytest.raises(UsageError, match="is a template"):
        located(tmp_path, text, None, line=3)


def test_a_member_of_a_class_template(tmp_path: Path) -> None:
    """The class's arguments choose the instantiation."""
    text = "template <class T> struct B { T get(int i) const { return v[i]; } T v[3]; };"
    assert located(tmp_path, text, "B<int>::get").qualname == "B<int>::get"
    with pytest.raises(UsageError, match="is a template"):
        located(tmp_path, text, "get")


def test_the_line_of_a_syntax_error(tmp_path: Path) -> None:
    """An error inside the function is refused with its line; one elsewhere is not."""
    with pytest.raises(UsageError, match=r"a\.cpp:3: not valid C\+\+"):
        located(tmp_path, "int g() { return 1; }\nint f(int a) {\n  return a +* ;\n}\n", "f")
    strange = "WEIRD_MACRO(x y z) %%\nint f(int a) { return a; }\n"
    assert located(tmp_path, strange, "f").start_line == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [("ff", "Did you mean n::fff"), ("zzz", "It has: n::fff"), ("n::fg", "Did you mean n::fff")],
)
def test_unknown_names(tmp_path: Path, name: str, text: str) -> None:
    """A name that is nearly one is suggested; else the file's names are listed."""
    with pytest.raises(UsageError, match="no function") as error:
        located(tmp_path, "namespace n { int fff() { return 1; } }", name)
    assert text in error.value.todo


def test_files_that_are_not_read(tmp_path: Path) -> None:
    """No such file, another language, and other encodings say so."""
    (tmp_path / "hull.cpp").write_bytes(b"int f() { return '\xe9'; }")
    (tmp_path / "a.py").write_text("")
    with pytest.raises(UsageError, match="no such file") as error:
        read_source(tmp_path, "hul.cpp")
    assert "hull.cpp" in error.value.todo
    with pytest.raises(UsageError, match="not a C or C"):
        read_source(tmp_path, "a.py")
    with pytest.raises(UsageError, match=r"not UTF-8 \(byte 18\)"):
        read_source(tmp_path, "hull.cpp")


def test_newlines_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    """The span is the function's own whatever the file's newlines."""
    text = "\ufeff// über\r\nint f(int a)\r\n{\r\n  return a;\r\n}\r\n"
    target = located(tmp_path, text, "f")
    assert target.source == "int f(int a)\r\n{\r\n  return a;\r\n}"
    assert (target.start_line, target.end_line) == (2, 5)


def test_braces_in_texts(tmp_path: Path) -> None:
    """Raw strings, characters and comments with braces do not end a function."""
    body = 'const char* f() { // }\n  char c = \'}\'; return R"x(}}})y" })x"; }'
    assert located(tmp_path, body + "\nint g() { return 1; }", "f").source == body


def test_the_kind_of_a_member(tmp_path: Path) -> None:
    """`static` stands at the declaration only: in the file or in a header of the project."""
    (tmp_path / "include").mkdir()
    header = "namespace n { struct P { static int s(int a); int m(int a); static int m(char); }; }"
    (tmp_path / "include" / "p.hpp").write_text(header)
    text = '#include "p.hpp"\nint n::P::s(int b) { return b; }\nint n::P::m(int b) { return b; }\n'
    assert located(tmp_path, text, "s").kind == "staticmethod"
    assert located(tmp_path, text, "m").kind == "method"
    assert enclosing(located(tmp_path, text, "m")).namespaces == ("n",)
    assert enclosing(located(tmp_path, text, "m")).classes == ("P",)
    free = "namespace n { int f(); }\nint n::f() { return 1; }"
    assert located(tmp_path, free, "n::f").kind == "function"


@pytest.mark.parametrize(
    ("header", "expected", "result"),
    [
        ("int f(void)", [], "int"),
        ("const std::string & f(const char *s, size_t n = f(1, 2))", None, "const std::string&"),
        ("static inline unsigned long long f(int (*cb)(int), ...)", None, "unsigned long long"),
        ("auto f(std::vector<int>&& a) -> std::pair<int, char>", None, "std::pair<int, char>"),
        ("char *const *f(int a[3], int (&b)[4])", None, "char*const*"),
    ],
)
def test_parameters_and_result(
    tmp_path: Path, header: str, expected: list[tuple[str, str]] | None, result: str
) -> None:
    """Types are as written, without names and defaults."""
    target = located(tmp_path, f"{header} {{ return {{}}; }}", "f")
    assert return_type(target) == result
    if expected is not None:
        assert parameters(target) == expected


def test_types_of_parameters(tmp_path: Path) -> None:
    """Names are taken out of arrays, references to arrays and pointers to functions."""
    text = "int f(int a[3], int (&b)[4], int (*c)(int), const T* const d, int, T&&... e, ...) {}"
    assert parameters(located(tmp_path, text, "f")) == [
        ("int[3]", "a"),
        ("int(&)[4]", "b"),
        ("int(*)(int)", "c"),
        ("const T*const", "d"),
        ("int", ""),
        ("T&&...", "e"),
        ("...", ""),
    ]


def test_languages(tmp_path: Path) -> None:
    """A .c file is C; every other ending is C++."""
    assert located(tmp_path, "int f(void) { return 1; }", "f", "a.c").language == "c"
    assert located(tmp_path, "inline int f() { return 1; }", "f", "a.h").language == "cpp"
    assert {"c", "cpp"} == set(SUFFIXES.values())


@pytest.mark.skipif(not SYSTEM_HEADERS, reason="no C++ library's headers on this machine")
def test_real_sources() -> None:
    """In the standard library's headers each span is one definition when it stands alone."""
    seen = alone = 0
    for file in SYSTEM_HEADERS:
        source = file.read_text(encoding="utf-8")
        for item in functions(source):
            text = source.encode()[item.start_byte : item.end_byte].decode()
            assert text.endswith("}")
            assert item.end_line - item.start_line == text.count("\n")
            seen += 1
            alone += len(functions(text)) == 1
            target_of(file.parent, file.name, item, source) if seen % 50 == 0 else None
    assert seen > 100
    # a member out of its class is a constructor or a macro's where its name alone tells
    assert alone > 0.95 * seen
    assert not any(re.search(r"\s::|::\s", name) for name in names("int a :: b () { return 1; }"))
