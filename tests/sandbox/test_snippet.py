"""Counterexamples as scripts: every value that travels can be written as Python that makes it."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.explanation import call_text
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.snippet import snippet
from perfbot.sandbox.target import Target
from perfbot.sandbox.value_code import NoSourceError, Writer
from tests.kinds import run_snippet

TYPES = """\
import enum
from dataclasses import dataclass, field


@dataclass
class Point:
    x: int
    y: int = 0


@dataclass(frozen=True, slots=True)
class Frozen:
    name: str


class Bag(list):
    def __init__(self, *items, label):
        super().__init__(items)
        self.label = label


class Colour(enum.Enum):
    RED = 1


def double(n):
    return 2 * n
"""
VALUES = """\
import array, collections, datetime, decimal, fractions, io, pathlib, re, uuid
import numpy
from types_of import *

inf, nan = float("inf"), float("nan")
row = [1, 2]
VALUES = [
    None, True, -3, 1.5, -0.0, inf, nan, complex(nan, -0.0), "é\\ud800\\n", b"\\x00'", 10**40,
    [], [1, [2]], (), (1,), {}, {1: {"a"}}, set(), {1, 2}, frozenset(), frozenset({(1, 2)}),
    bytearray(b"ab"), range(1, 9, 2), slice(1, None), ..., decimal.Decimal("-0.10"),
    fractions.Fraction(-1, 3), uuid.UUID(int=5), datetime.date(2024, 2, 29),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), datetime.timedelta(-1),
    pathlib.Path("a/b"), pathlib.PurePosixPath("/"), collections.deque([1], 3),
    collections.Counter("aab"), collections.OrderedDict(a=1), array.array("d", [1.0, nan]),
    collections.defaultdict(list, {"a": [1]}), re.compile("a+", re.I), re.compile(b"x"),
    io.StringIO("text"), io.BytesIO(b"data"), memoryview(b"ab"),
    Point(1, -2), [Point(1)] * 2, Frozen("f"), Bag(1, 2, label="l"), Colour.RED, double, Point, len,
    ValueError("bad", 3), [row, row, {"again": row}],
    numpy.array([[1.0, nan], [inf, -0.0]]), numpy.array(5), numpy.zeros((0, 3), "i4"),
    numpy.array([True, False]), numpy.array(["ab", "c"]), numpy.array([1 + 2j]),
    numpy.array(["2024-01-01"], "M8[D]"), numpy.asfortranarray([[1, 2], [3, 4]]),
    numpy.float32(0.1), numpy.float64(nan), numpy.complex128(1j),
    numpy.int8(-3), numpy.bool_(True), numpy.dtype("f4"),
    numpy.datetime64("2024-01-01"),
]
"""


def test_every_kind_of_value_is_made_again(tmp_path: Path) -> None:
    """The source of each value, run where nothing of perfbot's parent is, gives its bytes again."""
    (tmp_path / "types_of.py").write_text(TYPES)
    (tmp_path / "values_of.py").write_text(VALUES)
    driver = "import sys; sys.path[:0] = ['.']\nfrom perfbot.sandbox.drivers.wire import encode\n"
    dump = driver + "import values_of\nfor v in values_of.VALUES: print(encode(v).hex())\n"
    lines = python(dump, tmp_path).splitlines()
    assert len(lines) > 60
    program = driver
    for line in lines:
        writer = Writer()
        (text,) = writer.write(decode(bytes.fromhex(line)))
        head = [*writer.imports, *writer.functions, *writer.shared]
        program += "\n".join(head) + f"\nprint(encode({text}).hex())\n"
    assert python(program, tmp_path).splitlines() == lines


def python(program: str, folder: Path) -> str:
    """What a program prints."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_values_without_a_source() -> None:
    """Nameless functions, values that hold themselves and very large ones have none."""
    within: list[object] = []
    within.append(within)
    for value in (lambda: 1, within, list(range(500_000))):
        with pytest.raises(NoSourceError):
            Writer().write(decode(encode(value)))


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """A function in a package, which imports from a module beside it."""
    package = tmp_path / "src" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from .total import total\n")
    (package / "model.py").write_text(TYPES)
    (package / "total.py").write_text(
        "from .model import Point\n\nCALLS = []\n\n\n"
        "def total(points: list[Point]):\n    CALLS.append(1)\n    return [p.x for p in points]\n"
    )
    return locate(tmp_path, "src/shop/total.py", "total", import_root="src")


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ("p.x for p", "p.y for p", True),
        ("return [", "points.clear()\n    return [", True),
        ("return [", "print('x')\n    return [", True),
        ("p.x for p in points]", "p.x for p in points] if len(CALLS) == 1 else None", False),
        ("return [p.x for p in points]", "return list(p.x for p in points)", False),
    ],
)
def test_a_script_of_a_package(target: Target, old: str, new: str, differs: bool) -> None:
    """Both versions run as the package's module, each for itself: 1 where they differ, else 0."""
    from perfbot.sandbox.drivers.values import Made

    inputs = encode([([Made("shop.model", "Point", (), {"x": 1, "y": 2})],), {}])
    edit = target.file_source.replace(old, new)
    assert edit != target.file_source
    text = snippet(target, edit, inputs)
    done = run_snippet(text, target.root)
    assert done.returncode == int(differs), done.stdout + done.stderr
    assert done.stderr == ""
    shown = "original: returned [1]; its arguments are then ([Point(x=1, y=2)],), {}"
    assert done.stdout.splitlines()[0] == shown
    assert call_text(target, inputs) == "total([Point(x=1, y=2)])"


def test_a_difference_of_aliasing_shows(tmp_path: Path) -> None:
    """Arguments that are one object in the counterexample are one object in the script."""
    (tmp_path / "m.py").write_text("def f(a, b):\n    return a is b\n")
    target = locate(tmp_path, "m.py", "f", import_root=".")
    edit = target.file_source.replace("a is b", "a == b")
    one, other = [1], [1]
    for args, differs in (((one, one), 0), ((one, other), 1)):
        done = run_snippet(snippet(target, edit, encode([args, {}])), tmp_path)
        assert done.returncode == differs, done.stdout + done.stderr


def test_endless_and_failing_versions(tmp_path: Path) -> None:
    """A version that never answers, or that ends its process, is shown as such."""
    (tmp_path / "m.py").write_text("def f(n):\n    return n\n")
    target = locate(tmp_path, "m.py", "f", import_root=".")
    for body in ("raise SystemExit(3)", "import os; os._exit(0)", "raise ValueError(n)"):
        edit = target.file_source.replace("return n", body)
        done = run_snippet(snippet(target, edit, encode([(1,), {}])), tmp_path)
        assert done.returncode == 1 and done.stderr == "", done.stdout + done.stderr


def test_no_script_without_a_source(target: Target) -> None:
    """Where an argument has no source there is no script, and the call is shown as it is."""
    inputs = encode([(lambda: 1,), {}])
    assert snippet(target, target.file_source, inputs) == ""
    assert call_text(target, inputs).startswith("total(<function")


def test_streams_that_were_read() -> None:
    """A stream that is not at its start is put together from its state."""
    stream = io.StringIO("abc")
    stream.read(1)
    (text,) = Writer().write(decode(encode(stream)))
    assert text.startswith("rebuilt(")


def test_an_async_generator_is_taken_to_its_end(tmp_path: Path) -> None:
    """What it gives shows, not its address."""
    (tmp_path / "flow.py").write_text("async def f(n):\n    for i in range(n):\n        yield i\n")
    target = locate(tmp_path, "flow.py", "f", import_root=".")
    text = snippet(target, target.file_source.replace("yield i", "yield -i"), encode([(2,), {}]))
    done = run_snippet(text, tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.splitlines()[0].startswith("original: returned [0, 1];")
