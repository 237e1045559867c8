"""The tests of C and C++ projects, with and without an edit, told apart one by one."""

import io
import shutil
import sys
import tarfile
from pathlib import Path

import pytest

from perfbot.sandbox.cpp import plan, store
from perfbot.sandbox.cpp.suite import again, run_suite
from perfbot.sandbox.cpp.suite_reports import outcomes, with_reports
from perfbot.sandbox.errors import BaselineError
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target

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


def target_in(project: Project, path: str) -> Target:
    """Some function of a file: a suite needs to know the file alone."""
    text = (project.root / path).read_text()
    language = "c" if path.endswith(".c") else "cpp"
    return Target(
        project.root, path, "f", "", ".", text, 0, 1, 1, 1, "function", False, False, language
    )


def test_ctest(tmp_path: Path) -> None:
    """Each test by its name; an edit that breaks one is seen in that one."""
    plan.need("cmake")
    project = project_of("cmake_ctest", tmp_path)
    target = target_in(project, "src/area.cpp")
    before = run_suite(project, target)
    assert dict(before.tests) == {"area": "passed", "scale": "passed"}, before.output
    assert before.ended and before.exit_status == 0
    bad = run_suite(project, target, source=target.file_source.replace("sum / 4", "sum / 5"))
    assert dict(bad.tests) == {"area": "failed", "scale": "passed"}
    assert bad.ended and bad.exit_status != 0


def test_only_what_depends_on_the_edit_is_compiled(tmp_path: Path) -> None:
    """The build of an edit begins where the project's own build ended."""
    project = project_of("make", tmp_path)
    target = target_in(project, "lib/sum.c")
    edited = target.file_source.replace("i++", "++i")
    # The Makefile's $(CC) leaves a line per call: four at first, then one object and one link.
    build = "make 'CC=echo called >>calls; gcc'"
    run = run_suite(project, target, source=edited, build=build, tests="test $(wc -l <calls) = 6")
    assert list(run.tests.values()) == ["passed"], run.output


def test_a_build_that_knows_no_headers(tmp_path: Path) -> None:
    """What includes an edited header is compiled, though the Makefile does not say so."""
    project = project_of("make", tmp_path)
    makefile = project.root / "Makefile"
    makefile.write_text(makefile.read_text().replace("%.c lib/sum.h", "%.c"))
    target = target_in(project, "lib/sum.h")
    assert dict(run_suite(project, target).tests) == {"make check": "passed"}
    run = run_suite(project, target, source=target.file_source + "#error seen\n")
    assert "seen" in next(iter(run.tests)), run.output


def test_the_makefiles_own_rule(tmp_path: Path) -> None:
    """`make check` where the Makefile has it; the whole command is one test."""
    project = project_of("make", tmp_path)
    target = target_in(project, "lib/sum.c")
    assert dict(run_suite(project, target).tests) == {"make check": "passed"}
    bad = run_suite(project, target, source=target.file_source.replace("+=", "-="))
    assert dict(bad.tests) == {"make check": "failed"}


def test_an_edit_that_does_not_build(tmp_path: Path) -> None:
    """One failed test, named after the compiler's first error."""
    project = project_of("make", tmp_path)
    target = target_in(project, "lib/sum.c")
    run = run_suite(project, target, source=target.file_source.replace("total = 0", "total = x"))
    ((name, outcome),) = run.tests.items()
    assert outcome == "failed" and not run.ended
    assert name.startswith("build: lib/sum.c:4:") and "error" in name


def test_a_project_that_does_not_build(tmp_path: Path) -> None:
    """That is no fault of an edit."""
    project = project_of("make", tmp_path)
    with pytest.raises(BaselineError, match="the project does not build"):
        run_suite(project, target_in(project, "lib/sum.c"), build="make nothing", tests="true")


def test_tests_that_hang(tmp_path: Path) -> None:
    """The run is ended, and says that it did not end by itself."""
    project = project_of("single", tmp_path)
    run = run_suite(project, target_in(project, "median.cpp"), tests="sleep 60", wall_s=1.0)
    assert not run.ended and "failed" in run.tests.values()


def test_no_tests(tmp_path: Path) -> None:
    """A single file has none."""
    project = project_of("single", tmp_path)
    assert dict(run_suite(project, target_in(project, "median.cpp")).tests) == {}


@pytest.mark.skipif(not Path("/usr/include/gtest").is_dir(), reason="no GoogleTest installed")
def test_googletest(tmp_path: Path) -> None:
    """Its tests are told apart behind `make check` too."""
    project = project_of("gtest", tmp_path)
    target = target_in(project, "twice.hpp")
    before = run_suite(project, target)
    assert dict(before.tests) == {
        "Twice::Small": "passed", "Twice::Zero": "passed", "Twice::Skipped": "skipped",
    }  # fmt: skip
    after = run_suite(project, target, source=target.file_source.replace("2 * x", "x + 2"))
    assert after.tests["Twice::Zero"] == "failed" and after.tests["Twice::Small"] == "passed"


@pytest.mark.parametrize("name", ["doctest", pytest.param("catch2", marks=pytest.mark.slow)])
def test_frameworks_with_options(name: str, tmp_path: Path) -> None:
    """A program of doctest's or Catch2's is recognised and asked for a report."""
    if not (Path("/usr/include") / name).is_dir():
        pytest.skip(f"{name} is not installed")
    project = project_of(name, tmp_path)
    target = target_in(project, "twice.hpp")
    edited = target.file_source.replace("2 * x", "x + 2")
    run = run_suite(project, target, source=edited, tests="./tests")
    found = {test.rpartition("::")[2]: outcome for test, outcome in run.tests.items()}
    assert found == {"small": "passed", "zero": "failed"}, run.output


@pytest.mark.skipif(not shutil.which("meson", path=plan.PATH), reason="meson is not installed")
def test_meson(tmp_path: Path) -> None:
    """Meson's own report."""
    project = project_of("meson", tmp_path)
    target = target_in(project, "tiny.cpp")
    good = run_suite(project, target)
    assert list(good.tests.values()) == ["passed"] and "tiny" in next(iter(good.tests))
    bad = run_suite(project, target, source=target.file_source.replace("1", "2"))
    assert dict(bad.tests) == {name: "failed" for name in good.tests}


def packed(**files: str) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"./{name}.xml")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return data.getvalue()


def test_reports_are_data() -> None:
    """Broken, endless or foreign files are no reports; the worst of two outcomes counts."""
    good = '<testsuite><testcase name="a"/><testcase name="b"><skipped/></testcase></testsuite>'
    bad = '<testsuite><testcase name="a"><failure/></testcase></testsuite>'
    assert outcomes(packed(one=good)) == {"a": "passed", "b": "skipped"}
    assert outcomes(packed(one=good, two=bad))["a"] == "failed"
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><testsuite><testcase name="&a;"/></testsuite>'
    assert outcomes(packed(one=bomb, two="<testsuite>")) == {}
    assert outcomes(b"") == outcomes(b"no tar") == {}


@pytest.mark.parametrize(
    ("tests", "part"),
    [
        ("ctest", "ctest --output-junit /r/ctest.xml"),
        ("cd build && ctest -V", "cd build && ctest --output-junit /r/ctest.xml -V"),
        ("python -m pytest -x", "--junitxml=/r/pytest.xml -x"),
        ("meson test -C out", "cp out/meson-logs/testlog.junit.xml /r/meson.xml"),
        ("./tests --fast", "./tests --fast --reporters=junit --out=/r/d.xml"),
    ],
)
def test_commands_that_leave_reports(tests: str, part: str) -> None:
    """Each runner by its own option."""
    assert part in with_reports(tests, "/r")


def test_commands_that_are_left_alone() -> None:
    """A name that only looks like a runner's gets no option."""
    for tests in ("./ctests.sh | tee x", "make ctest", "sh run-pytest.sh"):
        assert with_reports(tests, "/r").endswith(tests)


def test_a_folder_is_set_up_once() -> None:
    """What prepares a folder is left out of the second build."""
    assert again("cmake -S . -B build && cmake --build build") == "cmake --build build"
    assert again("make -j 2") == "make -j 2"


def test_an_extension_of_python(tmp_path: Path) -> None:
    """pytest's tests, run against the extension as the edit makes it."""
    pytest.importorskip("setuptools")
    if not list(Path(sys.base_prefix).glob("include/*/Python.h")):
        pytest.skip("Python's headers are not installed")
    project = project_of("extension", tmp_path)
    target = target_in(project, "fast.c")
    assert dict(run_suite(project, target).tests) == {"test_fast::test_triangle": "passed"}
    bad = run_suite(project, target, source=target.file_source.replace("i = 1", "i = 2"))
    assert dict(bad.tests) == {"test_fast::test_triangle": "failed"}
