"""The Python driver: the side effects of a call are told, and undone before the next one."""

import tempfile
import venv
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest

from perfbot.sandbox.drivers.outcome import warned
from perfbot.sandbox.drivers.surroundings import MOST_FILES
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.project import Project
from perfbot.sandbox.worker import Zygote
from tests.driving import Version

EFFECTS = """
import logging, os, random, sys, threading, time, warnings

ITEMS = [1]
TABLE = {"a": [1]}
NUMBER = 1
log = logging.getLogger("mod")


class Holder:
    count = 0
    seen = []


def f(what):
    if what == "stdout":
        print("out")
    elif what == "stderr":
        print("err", file=sys.stderr)
    elif what == "warnings":
        warnings.warn("careful", DeprecationWarning)
    elif what == "rng":
        random.random()
    elif what == "threads":
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
    elif what == "list":
        ITEMS.append(2)
    elif what == "dict":
        TABLE["a"].append(2)
    elif what == "number":
        global NUMBER
        NUMBER += 1
    elif what == "class":
        Holder.count += 1
        Holder.seen.append(1)
    elif what == "new on class":
        Holder.fresh = 1
    elif what == "function":
        f.calls = getattr(f, "calls", 0) + 1
    elif what == "files":
        with open("left.txt", "w") as file:
            file.write("x")
        os.makedirs("deep/er")
    elif what in ("/tmp", "/dev/shm", "~"):
        with open(os.path.join(os.path.expanduser(what), "left.txt"), "w") as file:
            file.write("x")
    elif what == "environment":
        os.environ["LEFT"] = "1"
    elif what == "folder":
        os.chdir("/")
    elif what == "log":
        log.debug("saw %s and %s", 1, 0.5)
    return ITEMS, TABLE, NUMBER, Holder.count, list(Holder.seen), len(vars(f)), os.listdir(".")
"""


@pytest.mark.parametrize(
    ("what", "effect", "holds"),
    [
        ("stdout", "stdout", "out"),
        ("stderr", "stderr", "err"),
        ("warnings", "warnings", "careful"),
        ("rng", "rng", ""),
        ("threads", "threads", "1"),
        ("list", "globals", "ITEMS"),
        ("dict", "globals", "TABLE"),
        ("number", "globals", "NUMBER"),
        ("class", "globals", "Holder"),
        ("new on class", "globals", "fresh"),
        ("function", "globals", "calls"),
        ("files", "files", "left.txt"),
        ("/tmp", "files", "/tmp/left.txt"),
        ("/dev/shm", "files", "/dev/shm/left.txt"),
        ("~", "files", "left.txt"),
        ("environment", "environment", "LEFT"),
        ("folder", "folder", "/"),
        ("log", "log", "saw"),
    ],
)
def test_each_side_effect_is_told_and_undone(
    version: Any, what: str, effect: str, holds: str
) -> None:
    """An effect shows under its name alone, twice alike, and is gone before the next call."""
    loaded = version(EFFECTS)
    clean = loaded.call("nothing")
    assert decode(clean.effects) == {}
    first = loaded.effects(what)
    assert list(first) == [effect]
    assert holds in str(first[effect])
    if what != "threads":
        again = loaded.call("nothing")
        assert (again.body, again.effects) == (clean.body, clean.effects)
        assert loaded.effects(what) == first


def test_an_interpreter_below_tmp_hides_no_written_file(tmp_path: Path) -> None:
    """What is mounted there from outside is not walked: it would use up the files that are seen."""
    assert Path(tempfile.gettempdir()) in tmp_path.parents
    made, project = tmp_path / "venv", tmp_path / "project"
    venv.create(made, symlinks=True)
    project.mkdir()
    (crowd,) = made.glob("lib/python3*/site-packages")
    for number in range(MOST_FILES + 1):
        (crowd / str(number)).touch()
    with Zygote(Project(project, made / "bin" / "python")) as started:
        loaded = Version(project, started, EFFECTS, "f")
        assert decode(loaded.call("nothing").effects) == {}
        for what in ("files", "/tmp"):
            assert list(loaded.effects(what)) == ["files"]


def test_mutable_defaults_are_watched(version: Any) -> None:
    """What a call leaves in a default argument is an effect, and does not reach the next call."""
    loaded = version("""
        def f(x, seen=[]):
            seen.append(x)
            return len(seen)
    """)
    assert (loaded.value(1), loaded.value(1)) == (1, 1)
    assert "f." in loaded.effects(1)["globals"]


def test_module_iterators_are_not_used_up(version: Any) -> None:
    """Looking at a module's data leaves its iterators where they were."""
    loaded = version("""
        import itertools
        ids = itertools.count()
        rows = {"a": iter([1, 2, 3])}

        def f():
            return next(ids), next(rows["a"])
    """)
    assert [loaded.value(), loaded.value()] == [(0, 1), (1, 2)]


def test_random_numbers_are_the_same_in_every_call(version: Any) -> None:
    """Generators are seeded before each call, so that random targets can be compared."""
    loaded = version("""
        import random
        def f():
            return random.random()
    """)
    assert loaded.value() == loaded.value()


def warned_of(compute: Callable[[], object]) -> list[Any]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compute()
    return warned(caught, __file__)


def test_numpys_warnings_on_floating_point_are_told_apart_by_kind_alone() -> None:
    """A loop is warned for each number, an operation on arrays once, and under another name."""
    bad = numpy.array([numpy.inf, numpy.inf, 1.0])
    none = numpy.zeros(3)
    loop = warned_of(lambda: [item / item for item in bad])
    assert loop == warned_of(lambda: bad / bad) == [("RuntimeWarning", "invalid value", True)]
    assert warned_of(lambda: bad[2:] / none[2:]) == [("RuntimeWarning", "divide by zero", True)]
    for text in ("invalid value of mine", "invalid value encountered in reading"):
        own = warned_of(lambda text=text: [tell(text), tell(text)])  # type: ignore[misc]
        assert own == 2 * [("RuntimeWarning", text, True)]


def test_an_overflow_of_scalars_is_a_kind_of_its_own() -> None:
    """Arrays of integers wrap without a word, those of floats do not."""
    small, large = numpy.array([2, 200], dtype="u1"), numpy.array([1.0, 1e308])
    scalars, arrays = "overflow of scalars", "overflow"
    assert warned_of(lambda: [item * item for item in small]) == [("RuntimeWarning", scalars, True)]
    assert warned_of(lambda: small * small) == []
    assert warned_of(lambda: [item * item for item in large]) == [("RuntimeWarning", scalars, True)]
    assert warned_of(lambda: large * large) == [("RuntimeWarning", arrays, True)]
    assert warned_of(lambda: (large * large, large[1] * large[1])) == [
        ("RuntimeWarning", arrays, True)
    ]


def tell(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=1)
