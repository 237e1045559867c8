"""How a project's build compiles a file: found by building it, or read from its database."""

import ctypes
import json
import shutil
import sys
from pathlib import Path

import pytest

from perfbot.sandbox.cpp import plan, store
from perfbot.sandbox.cpp.capture import Call, calls_from, entries_of, libraries_of
from perfbot.sandbox.cpp.command import command_for
from perfbot.sandbox.cpp.plan import Plan, plan_of
from perfbot.sandbox.cpp.toolchain import Built, compile_unit
from perfbot.sandbox.cpp.units import Command, Unit, Variant
from perfbot.sandbox.errors import BaselineError, MachineError
from perfbot.sandbox.isolate import bare, choice
from perfbot.sandbox.project import Project

PROJECTS = Path(__file__).parents[2] / "projects" / "cpp"


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> object:
    """One cache for this file: a project is built once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def project_of(name: str, tmp_path: Path) -> Project:
    """A copy of a little project, in a folder with a space."""
    root = tmp_path / "a copy" / name
    if not root.exists():
        shutil.copytree(PROJECTS / name, root)
    store.tree_digest.cache_clear()
    return Project(root, Path(sys.executable))


def compiled(project: Project, path: str, command: Command, more: str = "") -> Built:
    text = (project.root / path).read_text() + more
    return compile_unit(project, Unit(text, path), command, Variant.PLAIN)


def loaded(result: Built, tmp_path: Path) -> ctypes.CDLL:
    assert result.library is not None, result.diagnostics
    (tmp_path / "lib.so").write_bytes(result.library)
    return ctypes.CDLL(str(tmp_path / "lib.so"))


def test_cmake(tmp_path: Path) -> None:
    """Flags are the Release build's; the library links the project's other files; its generated
    headers are there."""
    plan.need("cmake")
    project = project_of("cmake_ctest", tmp_path)
    command = command_for(project, "src/area.cpp")
    assert {"-O3", "-DNDEBUG", "-DGEO_BUILDING", "-I/project/include"} <= {*command.flags}
    assert not command.is_c
    call = '\nextern "C" double f() { return geo::area({{0, 0}, {1, 0}, {1, 1}}); }\n'
    library = loaded(compiled(project, "src/area.cpp", command, call), tmp_path)
    library.f.restype = ctypes.c_double
    assert library.f() == 0.5
    assert compiled(project, "src/hull.cpp", command_for(project, "src/hull.cpp")).library


def test_a_header_has_the_command_of_a_source_that_includes_it(tmp_path: Path) -> None:
    """Through another header too, and the library's source rather than the tests'."""
    plan.need("cmake")
    project = project_of("cmake_ctest", tmp_path)
    command = command_for(project, "include/geo/area.hpp")
    assert command == command_for(project, "src/area.cpp")
    call = '\nextern "C" double f(double x) { return geo::square(x); }\n'
    assert compiled(project, "include/geo/area.hpp", command, call).library is not None


def test_make(tmp_path: Path) -> None:
    """A Makefile's own flags, C as C, and the math library that its link names."""
    project = project_of("make", tmp_path)
    command = command_for(project, "lib/sum.c", build="make checks")
    assert command.flags == ("-O2", "-DLIMIT=100", "-I/project/lib")
    assert command.is_c and command.link[-1] == "-lm"
    result = compiled(project, "lib/sum.c", command)
    assert loaded(result, tmp_path).sum((ctypes.c_int * 2)(5, 500), 2) == 105


def test_sources_compiled_and_linked_at_once(tmp_path: Path) -> None:
    """A build without objects: each source is compiled once more, for the library to link."""
    project = project_of("make", tmp_path)
    build = "gcc -O1 -D LIMIT=7 -I lib main.c lib/sum.c lib/clip.c -o all -lm"
    command = command_for(project, "lib/sum.c", build=build)
    assert command.flags == ("-O1", "-DLIMIT=7", "-I/project/lib")
    result = compiled(project, "lib/sum.c", command)
    assert loaded(result, tmp_path).sum((ctypes.c_int * 2)(5, 500), 2) == 12


@pytest.mark.skipif(not shutil.which("meson", path=plan.PATH), reason="meson is not installed")
def test_meson(tmp_path: Path) -> None:
    """Meson's build, by the same shims."""
    command = command_for(project_of("meson", tmp_path), "tiny.cpp")
    assert "-std=c++17" in command.flags and "-O3" in command.flags


def test_an_extension_of_python(tmp_path: Path) -> None:
    """setup.py's flags, with the folder of Python's own headers."""
    pytest.importorskip("setuptools")
    if not list(Path(sys.base_prefix).glob("include/*/Python.h")):
        pytest.skip("Python's headers are not installed")
    project = project_of("extension", tmp_path)
    command = command_for(project, "fast.c")
    assert command.is_c and any("include/python" in flag for flag in command.flags)
    assert compiled(project, "fast.c", command).library is not None


def test_a_single_file(tmp_path: Path) -> None:
    """Without a build, a modern dialect with optimisation."""
    project = project_of("single", tmp_path)
    command = command_for(project, "median.cpp")
    assert command.flags == ("-std=c++20", "-O2") and not command.built
    assert compiled(project, "median.cpp", command).library is not None


def test_a_database_made_elsewhere(tmp_path: Path) -> None:
    """compile_commands.json with the paths of the machine it was made on."""
    project = project_of("make", tmp_path)
    (project.root / "Makefile").unlink()
    rows = [
        {"directory": "/home/a/p/out", "file": "../lib/sum.c",
         "command": "gcc -O3 '-DLIMIT=9' -I../lib -o sum.o -c ../lib/sum.c"},
        {"directory": "/home/a/p/out", "file": "/home/a/p/lib/clip.c",
         "arguments": ["gcc", "-DLIMIT=9", "-I/home/a/p/lib", "-c", "/home/a/p/lib/clip.c"]},
    ]  # fmt: skip
    (project.root / "compile_commands.json").write_text(json.dumps(rows))
    command = command_for(project, "lib/sum.c")
    assert command.flags == ("-O3", "-DLIMIT=9", "-I/project/lib")
    result = compiled(project, "lib/sum.c", command)
    assert loaded(result, tmp_path).sum((ctypes.c_int * 2)(5, 500), 2) == 14


def test_a_build_that_fails(tmp_path: Path) -> None:
    """The first error is said, and what to do."""
    project = project_of("make", tmp_path)
    (project.root / "lib" / "clip.c").write_text("int clip(int value) { return limit; }\n")
    with pytest.raises(BaselineError, match=r"lib/clip.c:1:.*error.*limit"):
        command_for(project, "lib/sum.c", build="make checks")


def test_a_file_that_no_build_compiles(tmp_path: Path) -> None:
    """Flags are not guessed for a source that the build leaves out."""
    project = project_of("make", tmp_path)
    (project.root / "lib" / "unused.c").write_text("int unused;\n")
    with pytest.raises(BaselineError, match=r"unused\.c"):
        command_for(project, "lib/unused.c", build="make checks")


def test_a_tool_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said; a build command of the user's needs no tool that we know."""
    project = project_of("cmake_ctest", tmp_path)
    monkeypatch.setattr(plan, "PATH", str(tmp_path))
    with pytest.raises(MachineError, match="apt-get install cmake"):
        command_for(project, "src/area.cpp")
    assert plan_of(project, "sh build.sh").build == "sh build.sh"


def test_which_build(tmp_path: Path) -> None:
    """A Makefile beside an extension's setup.py is its author's; ours is setup.py."""
    project = project_of("extension", tmp_path)
    (project.root / "Makefile").write_text("deploy:\n\tcurl x\n")
    assert "setup.py" in plan_of(project).build
    assert plan_of(project_of("make", tmp_path)).tests == "make check"
    assert plan_of(project, "b", "t") == Plan("b", "t")


def test_builds_see_nothing_of_the_users(tmp_path: Path) -> None:
    """A build in the sandbox reads no file beside the project's."""
    project = project_of("make", tmp_path)
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(BaselineError, match="does not build"):
        command_for(project, "lib/sum.c", build=f"cat '{tmp_path}/secret' && make checks")


def test_command_lines_taken_apart() -> None:
    """Options in one word or two, dependency files left out, probes and links no entries."""
    words = (
        "-I", "a b", "-isystem", "/opt/x", "-MD", "-MF", "x.d", "-include", "c.h",
        '-DX="/box/d"', "-c", "../m.cpp", "-o", "m.o", "-L", "l", "-lz",
    )  # fmt: skip
    (entry,) = entries_of(Call("/box/out", "g++", words))
    assert entry.source == "m.cpp" and entry.made == "out/m.o" and entry.folder == "out"
    assert entry.flags == (
        "-I/project/out/a b", "-isystem/opt/x", "-include", "/project/out/c.h",
        '-DX="/project/d"',
    )  # fmt: skip
    assert not list(entries_of(Call("/tmp/probe", "gcc", ("-c", "t.c"))))
    assert not list(entries_of(Call("/box", "gcc", ("-E", "t.c"))))
    link = Call("/box", "g++", ("m.o", "libown.a", "/usr/lib/libq.so", "-Lown", "-lz", "-pthread"))
    assert not list(entries_of(link))
    assert list(libraries_of(link)) == ["/usr/lib/libq.so", "-lz", "-pthread"]


def test_calls_that_were_cut_off() -> None:
    """What the shims wrote is read as far as it is whole; words may be empty or have newlines."""
    whole = b"2\0/box\0gcc\0-c\0a\nb.c\0" + b"1\0/box\0cc\0\0"
    found = [Call("/box", "gcc", ("-c", "a\nb.c")), Call("/box", "cc", ("",))]
    assert list(calls_from(whole)) == found
    assert list(calls_from(whole + b"9\0/box\0gcc\0-c")) == found
    assert list(calls_from(b"")) == []


def test_under_landlock_the_message_says_what_else_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build would end with programs that nobody may run, and blame the project."""
    monkeypatch.setattr(choice, "_wanted", bare.Bare(confined=True))
    with pytest.raises(MachineError, match="Landlock") as caught:
        command_for(project_of("make", tmp_path), "main.c")
    assert "perfbot doctor" in str(caught.value)
