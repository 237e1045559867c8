"""What each form of TARGET on the command line means."""

from pathlib import Path

import pytest

from perfbot.optimizer.target import candidates_in, project_root, resolve
from perfbot.sandbox.errors import UsageError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A git project with a src layout, a script, tests, and a file that is not valid Python."""
    texts = {
        "pyproject.toml": "[project]\nname = 'pkg'\n",
        "src/pkg/__init__.py": "def top():\n    return 1\n",
        "src/pkg/mod.py": "def fn():\n    return 1\n\n\nclass C:\n    def m(self):\n        pass\n",
        "src/pkg/broken.py": "def (:\n",
        "script.py": "def run():\n    return 1\n",
        "tests/test_mod.py": "def test_fn():\n    pass\n",
        ".hidden/h.py": "def h():\n    pass\n",
        "venv/pyvenv.cfg": "",
        "venv/lib/v.py": "def v():\n    pass\n",
        "empty.py": "x = 1\n",
        "notes.txt": "fn\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / ".git").mkdir()
    return tmp_path


FORMS = [
    ("src/pkg/mod.py::fn", ".", "fn"),
    ("src/pkg/mod.py::C.m", ".", "C.m"),
    ("src/pkg/mod.py::C::m", ".", "C.m"),
    ("src/pkg/mod.py:2", ".", "fn"),
    ("src/pkg/mod.py:7", ".", "C.m"),
    ("src/pkg/mod/fn", ".", "fn"),
    ("src/pkg/mod/C.m", ".", "C.m"),
    ("pkg/mod/C/m", ".", "C.m"),
    ("pkg.mod.fn", ".", "fn"),
    ("pkg.mod.C.m", ".", "C.m"),
    ("pkg.top", ".", "top"),
    ("mod/fn", "src/pkg", "fn"),
    ("mod.py::fn", "src/pkg", "fn"),
    ("pkg.mod.fn", "src/pkg", "fn"),
    ("script.run", ".", "run"),
]


@pytest.mark.parametrize("text, cwd, qualname", FORMS)
def test_one_function(project: Path, text: str, cwd: str, qualname: str) -> None:
    """Each form that names a function gives that one, with the project as its root."""
    (target,) = resolve(text, project / cwd)
    assert target.qualname == qualname
    assert target.root == project.resolve()
    assert (target.root / target.path).is_file()


def test_module_and_import_root(project: Path) -> None:
    """A target of a src layout is imported from src."""
    (target,) = resolve("src/pkg/mod.py::fn", project)
    assert (target.module, target.import_root, target.path) == ("pkg.mod", "src", "src/pkg/mod.py")


def test_a_file_and_a_folder(project: Path) -> None:
    """A file means its functions; a folder those of its files, without tests and environments."""
    assert [item.qualname for item in resolve("src/pkg/mod.py", project)] == ["fn", "C.m"]
    assert [item.qualname for item in candidates_in(project)] == ["run", "top", "fn", "C.m"]


@pytest.mark.parametrize(
    "text, message",
    [
        ("src/pkg/mdo.py::fn", "mod.py"),
        ("src/pkg/mod.py::fm", "fn"),
        ("src/pkg/mod.py:4", "Nearest"),
        ("src/pkg/broken.py", "broken.py:1"),
        ("src/pkg/broken.py::x", "broken.py:1"),
        ("notes.txt", "not a Python file"),
        ("notes.txt::fn", "not a Python file"),
        ("src::fn", "is a folder"),
        ("missing.py", "no such file"),
        ("pkg/mdo/fn", "pkg/mod/fn"),
        ("pkg.mod.nope", "no function `nope`"),
        ("nowhere.at.all", "no module"),
        ("--odd", "no such file, folder or function"),
        ("empty.py", "no functions"),
        ("", "no functions|no such"),
    ],
)
def test_what_names_nothing(project: Path, text: str, message: str) -> None:
    """What names no function is refused with what was perhaps meant."""
    if text == "":
        project = project / ".hidden"
        (project / "h.py").unlink()
    with pytest.raises(UsageError, match=message):
        resolve(text, project)


def test_project_root_without_git(tmp_path: Path) -> None:
    """Without git the nearest pyproject.toml counts, and without that the file's folder."""
    file = tmp_path / "a" / "b" / "m.py"
    file.parent.mkdir(parents=True)
    file.write_text("def f():\n    pass\n")
    assert project_root(file) == file.parent
    (tmp_path / "a" / "pyproject.toml").write_text("")
    assert project_root(file) == tmp_path / "a"
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert project_root(file) == tmp_path


CPP = """\
namespace geo {
class Hull { public: int build(int n) const; };
int Hull::build(int n) const { return n; }
int area(int a) { return a; }
int area(int a, int b) { return a * b; }
template <class T> T first(const T* p) { return *p; }
}
"""


@pytest.fixture
def cpp_project(tmp_path: Path) -> Path:
    """A C++ project without git, whose files lie in folders that are built by the top's rules."""
    texts = {
        "CMakeLists.txt": "project(geo)\n",
        "src/CMakeLists.txt": "",
        "src/hull.cpp": CPP,
        "src/low.c": "static int low(int a) { return a; }\n",
        "tests/test_hull.cpp": "int main() {}\n",
        "src/hull_test.cpp": "int helper() { return 1; }\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "text, cwd, qualname",
    [
        ("src/hull.cpp::geo::Hull::build", ".", "geo::Hull::build"),
        ("src/hull.cpp::build", ".", "geo::Hull::build"),
        ("src/hull.cpp:3", ".", "geo::Hull::build"),
        ("hull.cpp::geo::area(int, int)", "src", "geo::area(int, int)"),
        ("src/hull.cpp::first<int>", ".", "geo::first<int>"),
        ("src/low.c::low", ".", "low"),
    ],
)
def test_a_function_of_cpp(cpp_project: Path, text: str, cwd: str, qualname: str) -> None:
    """Names with `::`, overloads, instances and lines; the root is the top that is built."""
    (target,) = resolve(text, cpp_project / cwd)
    assert target.qualname == qualname
    assert target.root == cpp_project.resolve()
    assert target.language == ("c" if target.path.endswith(".c") else "cpp")


def test_a_folder_of_cpp(cpp_project: Path) -> None:
    """Functions of C and C++ where there is no Python; no tests, and no template by itself."""
    names = [item.qualname for item in candidates_in(cpp_project)]
    assert names == ["geo::Hull::build", "geo::area(int)", "geo::area(int, int)", "low"]
    (cpp_project / "tool.py").write_text("def run():\n    pass\n")
    assert [item.qualname for item in candidates_in(cpp_project)] == ["run"]


def test_an_ambiguous_overload(cpp_project: Path) -> None:
    """An overload without its types is refused, with the names that tell them apart."""
    with pytest.raises(UsageError, match="ambiguous"):
        resolve("src/hull.cpp::area", cpp_project)
