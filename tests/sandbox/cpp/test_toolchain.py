"""Compiling versions of a target: what comes out, what is kept, and what a compile cannot do."""

import ctypes
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from perfbot.sandbox.cpp import compilers, store
from perfbot.sandbox.cpp.compilers import find_compiler
from perfbot.sandbox.cpp.precompiled import PAYS_AFTER, leading
from perfbot.sandbox.cpp.toolchain import Built, compile_all, compile_program, compile_unit
from perfbot.sandbox.cpp.units import Command, Unit, Variant
from perfbot.sandbox.cpp.variants import compile_flags
from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.project import Project

FILE = """#include <vector>
#include "geo.hpp"
extern "C" int twice(int x) { return std::vector<int>{x, x}[0] * FACTOR; }
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of two files in a folder with a space, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    store.tree_digest.cache_clear()
    root = tmp_path / "a project"
    (root / "src dir").mkdir(parents=True)
    (root / "src dir" / "geo.cpp").write_text(FILE)
    (root / "src dir" / "geo.hpp").write_text("#pragma once\n#define FACTOR 2\n")
    return Project(root, Path(sys.executable))


def command(*flags: str, is_c: bool = False, link: tuple[str, ...] = ()) -> Command:
    """A command with the compiler that is here."""
    return Command(find_compiler(is_c=is_c).path, flags, ".", link, is_c)


def built(project: Project, text: str = FILE, *flags: str, variant: Variant = Variant.PLAIN,
          wall_s: float = 60.0) -> Built:  # fmt: skip
    unit = Unit(text, "src dir/geo.cpp")
    return compile_unit(project, unit, command("-std=c++17", *flags), variant, wall_s=wall_s)


def loaded(result: Built, folder: Path, name: str = "lib.so") -> ctypes.CDLL:
    assert result.library is not None, result.diagnostics
    path = folder / name
    path.write_bytes(result.library)
    return ctypes.CDLL(str(path))


def test_a_library_that_runs(project: Project, tmp_path: Path) -> None:
    """The library is made of the given text, with headers of the project beside it."""
    edited = FILE.replace("* FACTOR", "* FACTOR + 1")
    assert loaded(built(project, edited, "-O2"), tmp_path).twice(4) == 9


def test_equal_units_are_compiled_once(project: Project, tmp_path: Path) -> None:
    """The second compile is read from the cache, and another header makes another key."""
    first = built(project)
    assert built(project) == first
    units = tmp_path / "cache" / "perfbot" / "cpp" / "units"
    assert len(list(units.iterdir())) == 1
    (project.root / "src dir" / "geo.hpp").write_text("#pragma once\n#define FACTOR 3\n")
    store.tree_digest.cache_clear()
    assert loaded(built(project), tmp_path).twice(4) == 12
    assert len(list(units.iterdir())) == 2


def test_a_broken_cache_file_is_compiled_anew(project: Project, tmp_path: Path) -> None:
    """A file of the cache that was cut short is no library."""
    first = built(project)
    (kept,) = (tmp_path / "cache" / "perfbot" / "cpp" / "units").iterdir()
    kept.write_bytes(kept.read_bytes()[:40])
    assert built(project).library == first.library


def test_each_variant_has_its_instruments(project: Project) -> None:
    """Each variant's library calls its own runtime, and only COVERED has a file for gcov."""
    unit = Unit(FILE, "src dir/geo.cpp")
    variants = [item for item in Variant if item is not Variant.SEARCHED]  # which is clang's alone
    wanted = [(unit, command("-O3", "-std=c++17"), variant) for variant in variants]
    results = dict(zip(variants, compile_all(project, wanted), strict=True))
    marks = {
        Variant.SANITIZED: b"__asan_init",
        Variant.THREADS: b"__tsan_init",
        Variant.COVERED: b"__gcov_dump",
    }
    for variant, result in results.items():
        assert result.library is not None, result.diagnostics
        for of, mark in marks.items():
            assert (mark in result.library) == (of is variant), (variant, of)
        assert (result.gcno is not None) == (variant is Variant.COVERED)
    assert results[Variant.COVERED].gcno[:4] in (b"oncg", b"gcno")  # type: ignore[index]


def test_a_failing_compile_says_why(project: Project) -> None:
    """The reason is the first error, with its line."""
    result = built(project, "int f() {\n  return nonsense;\n}\n")
    assert result.library is None
    assert "geo.cpp:2:10: error:" in result.reason and "nonsense" in result.reason


@pytest.mark.parametrize("path", ["/root/.bashrc", "{secret}", "/proc/1/environ"])
def test_an_include_reads_nothing_of_the_users(project: Project, tmp_path: Path, path: str) -> None:
    """Neither `#include` nor `.incbin` finds a file outside the project and the system."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the users secret\n")
    wanted = path.format(secret=secret)
    included = built(project, f'#include "{wanted}"\n')
    assert included.library is None and "the users secret" not in included.diagnostics
    assembled = built(project, f'asm(".incbin \\"{wanted}\\"");\n')
    assert assembled.library is None or b"the users secret" not in assembled.library


def test_the_users_list_is_not_the_machines(project: Project) -> None:
    """/etc/passwd inside names nobody of this machine."""
    result = built(
        project, 'extern "C" const char said[] = { 0 };\nasm(".incbin \\"/etc/passwd\\"");'
    )
    assert result.library is not None
    assert Path("/etc/passwd").read_bytes() not in result.library


@pytest.mark.parametrize(
    ("bomb", "said"),
    [
        ("template<int N> struct S { static const int v = S<N + 1>::v; };\n"
         "int x = S<0>::v;", "depth"),
        ("constexpr long f() { long s = 0; for (long i = 0; i < 1L << 60; ++i) s += i;\n"
         "return s; }\nconstexpr long x = f();", "constexpr"),
    ],
)  # fmt: skip
def test_endless_templates_are_an_error(project: Project, bomb: str, said: str) -> None:
    """What the compiler itself cuts off is an error with a reason."""
    result = built(project, bomb)
    assert result.library is None and said in result.diagnostics


def test_a_compile_bomb_is_cut_off(project: Project, tmp_path: Path) -> None:
    """A compile that does not end is killed, said so, and not kept."""
    bomb = "#define A(x) x x x x x x x x\n#define B(x) A(A(A(A(x))))\nint a[] = {B(B(B(1,)))};\n"
    result = built(project, bomb, wall_s=2.0)
    assert result.library is None
    assert result.reason in (
        "compiling takes more than 2 s",
        "compiling takes more than 4096 MiB of memory",
    )
    units = tmp_path / "cache" / "perfbot" / "cpp" / "units"
    assert not units.exists() or not list(units.iterdir())


def test_c_with_a_wrapper(project: Project, tmp_path: Path) -> None:
    """C is compiled as C, and what calls it as C++."""
    unit = Unit(
        "int *f(void *p) { int *class = p; return class; }\n",
        "src dir/lib.c",
        'extern "C" int *f(void *);\nextern "C" int g(int x) { return *f(&x); }\n',
    )
    result = compile_unit(project, unit, command("-std=c11", "-O2", is_c=True), Variant.PLAIN)
    assert loaded(result, tmp_path).g(7) == 7


@pytest.mark.parametrize("name", ["g++", "clang++"])
def test_headers_are_compiled_before_only_where_all_are_included(
    project: Project, tmp_path: Path, name: str
) -> None:
    """They are at hand from the third compile on; an edit that drops one does not compile."""
    if shutil.which(name) is None:
        pytest.skip(f"no {name} here")
    how = Command(find_compiler(name).path, ("-std=c++17",), ".", (), False)
    kept = tmp_path / "cache" / "perfbot" / "cpp" / "precompiled"
    for number in range(4):
        text = FILE.replace("* FACTOR", f"* FACTOR + {number}")
        result = compile_unit(project, Unit(text, "src dir/geo.cpp"), how, Variant.PLAIN)
        assert loaded(result, tmp_path, f"{number}.so").twice(1) == 2 + number
        assert len(list(kept.glob("*/*.gch"))) == (number >= PAYS_AFTER)
    without = Unit(FILE.replace("#include <vector>\n", ""), "src dir/geo.cpp")
    failed = compile_unit(project, without, how, Variant.PLAIN)
    assert failed.library is None and "std" in failed.reason


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("// x\n#include <vector>\n#include <stdio.h> // why\nint a;\n#include <map>",
         ("vector", "stdio.h")),
        ('/* a\n b */\n#pragma once\n#include "a.h"\n#include <map>\n', ("map",)),
        ("#define X 1\n#include <vector>\n", ()),
        ("#include <zlib.h>\n#include </etc/passwd>\n#include <../vector>\n", ()),
    ],
)  # fmt: skip
def test_leading_headers(text: str, found: tuple[str, ...]) -> None:
    """Standard headers at the top of a file, and nothing that a macro or the project decides."""
    assert leading(text) == found


def test_flags_of_a_variant() -> None:
    """The project's macros and machine stay; what is not of one file, or would only warn, goes."""
    compiler = find_compiler()
    own = (
        "-O3",
        "-DNDEBUG",
        "-march=native",
        "-flto=auto",
        "-Werror=all",
        "-D_FORTIFY_SOURCE=2",
        "-g",
    )
    plain = compile_flags(own, Variant.PLAIN, compiler)
    assert plain[:4] == ("-O3", "-DNDEBUG", "-march=native", "-D_FORTIFY_SOURCE=2")
    sanitized = compile_flags(own, Variant.SANITIZED, compiler)
    assert sanitized[:3] == ("-DNDEBUG", "-march=native", "-O1")
    assert not {"-g", "-flto=auto", "-Werror=all"} & {*plain, *sanitized}
    assert not {"-O3", "-D_FORTIFY_SOURCE=2"} & {*sanitized}
    assert "-fno-semantic-interposition" not in compile_flags(("-fPIC",), Variant.PLAIN, compiler)


def test_no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where no compiler is on PATH, the command that mends it is said."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MachineError, match="apt-get install"):
        find_compiler()


def test_a_compiler_that_does_not_start(tmp_path: Path) -> None:
    """A file that is no program is no compiler."""
    (tmp_path / "g++").write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    (tmp_path / "g++").chmod(0o755)
    with pytest.raises(MachineError, match="broken"):
        compilers.ask(str(tmp_path / "g++"))


def test_two_that_make_the_same(tmp_path: Path) -> None:
    """The folder of whoever was first stays, and nothing is left of the other."""
    for name in ("first", "second"):
        (tmp_path / "kept" / name).mkdir(parents=True)
        (tmp_path / "kept" / name / name).write_text("x")
        store.place(tmp_path / "kept" / name, tmp_path / "kept" / "key")
    assert [path.name for path in (tmp_path / "kept").rglob("*")] == ["key", "first"]


def test_what_was_not_used_goes_first(tmp_path: Path) -> None:
    """Files and folders alike, the oldest first, and never the newest."""
    for age, name in ((3, "old"), (2, "folder/file"), (1, "new")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x" * 1000)
        used = time.time() - 1000 * age
        os.utime(path if path.parent == tmp_path else path.parent, (used, used))
    store.forget_oldest(tmp_path, 2500)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "new"]
    store.forget_oldest(tmp_path, 10)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_cache_that_cannot_be_made(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be kept, the variable that mends it is said."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(MachineError, match="XDG_CACHE_HOME"):
        compile_program([project.root / "src dir" / "geo.cpp"], Variant.PLAIN)


def test_a_program(project: Project, tmp_path: Path) -> None:
    """A program of several sources is built once, and each of its files makes another."""
    folder = tmp_path / "driver"
    folder.mkdir()
    (folder / "part.hpp").write_text("#define N 3\n")
    (folder / "main.cpp").write_text('#include "part.hpp"\nint main() { return N; }\n')
    path = compile_program([folder / "main.cpp"], Variant.PLAIN)
    assert compile_program([folder / "main.cpp"], Variant.PLAIN) == path
    assert path.stat().st_mode & 0o005 == 0o005
    (folder / "part.hpp").write_text("#define N 4\n")
    assert compile_program([folder / "main.cpp"], Variant.PLAIN) != path
    (folder / "part.hpp").write_text("")
    with pytest.raises(MachineError, match="main"):
        compile_program([folder / "main.cpp"], Variant.PLAIN)
