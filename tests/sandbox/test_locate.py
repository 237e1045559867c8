"""Locating functions in Python files, and naming the modules they are in."""

from pathlib import Path

import pytest

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.python import functions, locate
from perfbot.sandbox.languages.python_modules import import_root_of, module_name

SOURCE = """\
# comment
import typing


@typing.overload
def plain(a: int) -> int: ...
@typing.overload
def plain(a: str) -> str: ...
def plain(a):
    def inner():
        yield 1

    return a


async def waits():
    yield 1


def twice():
    return 1


def twice():
    return 2


if True:

    @property
    def under_if():
        return (yield)


try:
    import json
except ImportError:

    def fallback():
        return [x for x in ()]


class Outer:
    def method(self):
        return lambda: (yield)

    @staticmethod
    def still():
        return 1

    @classmethod
    def klass(cls):
        return 1

    def __new__(cls):
        return 1

    class Inner:
        def method(self):
            return 1

        def only(self):
            return 1
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project that holds SOURCE as m.py."""
    (tmp_path / "m.py").write_bytes(SOURCE.encode())
    return tmp_path


def test_finds_every_kind() -> None:
    """Each kind of function is found with its nature; overloads and nested ones are not."""
    found = [(f.qualname, f.kind, f.is_async, f.is_generator) for f in functions(SOURCE)]
    assert found == [
        ("plain", "function", False, False),
        ("waits", "function", True, True),
        ("twice", "function", False, False),
        ("twice", "function", False, False),
        ("under_if", "function", False, True),
        ("fallback", "function", False, False),
        ("Outer.method", "method", False, False),
        ("Outer.still", "staticmethod", False, False),
        ("Outer.klass", "classmethod", False, False),
        ("Outer.__new__", "staticmethod", False, False),
        ("Outer.Inner.method", "method", False, False),
        ("Outer.Inner.only", "method", False, False),
    ]


def test_span_has_the_decorators(root: Path) -> None:
    """The span begins at the first decorator and ends with the body."""
    target = locate(root, "m.py", "Outer.still", import_root=".")
    assert target.source == "@staticmethod\n    def still():\n        return 1"
    assert SOURCE.splitlines()[target.start_line - 1].strip() == "@staticmethod"
    assert SOURCE.splitlines()[target.end_line - 1].strip() == "return 1"


def test_last_definition_counts(root: Path) -> None:
    """Of a name defined twice the last one is meant, as at run time."""
    assert "return 2" in locate(root, "m.py", "twice", import_root=".").source


def test_bare_method_name(root: Path) -> None:
    """A bare method name is enough while it is the only one."""
    assert locate(root, "m.py", "only", import_root=".").qualname == "Outer.Inner.only"


@pytest.mark.parametrize("line, qualname", [(9, "plain"), (10, "plain"), (11, "plain"), (49, None)])
def test_by_line(root: Path, line: int, qualname: str | None) -> None:
    """A line inside a function names it, also inside a nested one; outside it names nothing."""
    if qualname is None:
        with pytest.raises(UsageError, match="Nearest"):
            locate(root, "m.py", None, 1, import_root=".")
    else:
        assert locate(root, "m.py", None, line, import_root=".").qualname == qualname


@pytest.mark.parametrize(
    "name, message",
    [
        ("method", "Outer.method, Outer.Inner.method"),
        ("inner", "inside the function `plain`"),
        ("twise", "twice"),
        ("quite_other", "It has: plain"),
    ],
)
def test_names_that_do_not_do(root: Path, name: str, message: str) -> None:
    """Ambiguous, nested, misspelt and unknown names are refused with what was perhaps meant."""
    with pytest.raises(UsageError, match=message):
        locate(root, "m.py", name, import_root=".")


@pytest.mark.parametrize(
    "name, data, message",
    [
        ("bad.py", b"def f(:\n    pass\n", r"bad.py:1: not valid Python"),
        ("late.py", b"def f():\n    pass\n\nx = = 1\n", r"late.py:4: not valid Python"),
        ("latin.py", b"# -*- coding: latin-1 -*-\ndef f(): pass\n", "latin-1"),
        ("bytes.py", b"def f(): return '\xff'\n", "not UTF-8"),
        ("null.py", b"def f(): return 1\n\x00", "null.py"),
        ("f.txt", b"def f(): pass\n", "not a Python file"),
    ],
)
def test_files_that_do_not_do(root: Path, name: str, data: bytes, message: str) -> None:
    """Syntax errors (with their line), other encodings and other languages are refused."""
    (root / name).write_bytes(data)
    with pytest.raises(UsageError, match=message):
        locate(root, name, "f", import_root=".")


def test_missing_file_names_a_close_one(root: Path) -> None:
    """A misspelt file name is answered with the one that is there."""
    (root / "sorting.py").write_text("")
    with pytest.raises(UsageError, match=r"sorting\.py"):
        locate(root, "sortign.py", "f", import_root=".")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_keeps_the_bytes(root: Path, newline: str, mark: str) -> None:
    """Byte order mark and CRLF stay in the text, and the span fits them."""
    text = f"{mark}def f():\n    return 'ä'\n    # end\nx = 1\n".replace("\n", newline)
    (root / "b.py").write_bytes(text.encode())
    target = locate(root, "b.py", "f", import_root=".")
    assert target.file_source == text
    assert target.source == "def f():\n    return 'ä'\n    # end".replace("\n", newline)


LAYOUTS = [
    (["pkg/__init__.py", "pkg/sub/__init__.py"], "pkg/sub/m.py", "", ".", "pkg.sub.m"),
    (["src/pkg/__init__.py"], "src/pkg/m.py", "", "src", "pkg.m"),
    ([], "src/ns/m.py", "", "src", "ns.m"),
    ([], "scripts/m.py", "", "scripts", "m"),
    ([], "m.py", "", ".", "m"),
    (["pkg/__init__.py"], "pkg/__init__.py", "", ".", "pkg"),
    ([], "google/cloud/m.py", "[project]\nname = 'google-cloud-x'", ".", "google.cloud.m"),
    ([], "lib/ns/m.py", "[tool.setuptools.package-dir]\n'' = 'lib'", "lib", "ns.m"),
    ([], "py/ns/m.py", "[tool.pytest.ini_options]\npythonpath = ['py']", "py", "ns.m"),
]


@pytest.mark.parametrize("packages, path, pyproject, root, module", LAYOUTS)
def test_import_roots(
    tmp_path: Path, packages: list[str], path: str, pyproject: str, root: str, module: str
) -> None:
    """Packages, src layouts, namespaces and declared folders give the name one would import."""
    for name in [*packages, path]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "pyproject.toml").write_text(pyproject)
    assert import_root_of(tmp_path, path) == root
    assert module_name(path, root) == module


def test_unimportable_name() -> None:
    """A file whose name is no Python name is refused."""
    with pytest.raises(UsageError, match="my-script"):
        module_name("tools/my-script.py", ".")
