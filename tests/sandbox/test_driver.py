"""The Python driver: what it loads, what one call did, and which lines and branches ran."""

import sys
import tempfile
import textwrap
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfbot.sandbox.drivers.surroundings import MOST_FILES
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import Drained, Object, Raised
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.outcome import Outcome, Runner
from perfbot.sandbox.project import Project
from perfbot.sandbox.worker import Zygote


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty project; each test's source travels over the wire."""
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def zygote(root: Path) -> Iterator[Zygote]:
    """One sandbox for all tests of this file."""
    with Zygote(Project(root, Path(sys.executable))) as started:
        yield started


class Version:
    """A source text, loaded; `call` gives its outcomes."""

    def __init__(self, root: Path, zygote: Zygote, source: str, qualname: str) -> None:
        source = textwrap.dedent(source)
        (root / "mod.py").write_text(source)
        target = locate(root, "mod.py", qualname, import_root=".")
        project = Project(root, Path(sys.executable))
        self.runner = Runner(project, target, source, hash_seed=0, zygote=zygote)
        assert self.runner.start() is None

    def call(self, *args: Any, twice: bool = False, **kwargs: Any) -> Outcome:
        return self.runner.call(encode([args, kwargs]), cpu_s=10, twice=twice)

    def value(self, *args: Any) -> Any:
        found = self.call(*args)
        assert found.status == "return", found
        return found.parts()[0]

    def effects(self, *args: Any) -> dict[str, Any]:
        found: dict[str, Any] = decode(self.call(*args).effects)
        return found

    def covered(self, *calls: tuple[Any, ...]) -> dict[str, Any]:
        worker = self.runner.worker
        assert worker is not None
        worker.request("cover")
        for args in calls:
            worker.request("call", inputs=encode([args, {}]))
        report: dict[str, Any] = worker.request("covered")
        return report


@pytest.fixture
def version(root: Path, zygote: Zygote) -> Iterator[Any]:
    """A function (source, qualname) -> Version."""
    made: list[Version] = []

    def load(source: str, qualname: str = "f") -> Version:
        made.append(Version(root, zygote, source, qualname))
        return made[-1]

    yield load
    for item in made:
        item.runner.close()


KINDS = """
import functools


def plain(x):
    return x + 1


def double(function):
    @functools.wraps(function)
    def wrapper(*args):
        return 2 * function(*args)
    return wrapper


@double
def decorated(x):
    return x + 1


@functools.lru_cache(None)
def cached(x):
    return x + 1


async def waits(x):
    return x + 1


async def stream(n):
    for i in range(n):
        yield i


def generate(n):
    yield from range(n)
    return n * 10


class Outer:
    factor = 3

    def method(self, x):
        return x * self.factor

    @staticmethod
    def static(x):
        return x * 4

    @classmethod
    def cls_method(cls, x):
        return x * cls.factor

    class Inner:
        def method(self, x):
            return x * 5

    @property
    def size(self):
        return self.factor + 1
"""


@pytest.mark.parametrize(
    ("qualname", "args", "value"),
    [
        ("plain", (1,), 2),
        ("decorated", (1,), 4),
        ("cached", (1,), 2),
        ("waits", (1,), 2),
        ("Outer.static", (2,), 8),
        ("Outer.cls_method", (2,), 6),
        ("Outer.method", (Object("mod", "Outer", ("state", None, {"factor": 7}, {})), 2), 14),
        ("Outer.method", (Object("mod", "Outer", ("state", None, {}, {})), 2), 6),
        ("Outer.Inner.method", (Object("mod", "Outer.Inner", ("state", None, {}, {})), 2), 10),
        ("Outer.size", (Object("mod", "Outer", ("state", None, {}, {})),), 4),
    ],
)
def test_every_kind_of_function_is_called(
    version: Any, qualname: str, args: tuple[Any, ...], value: Any
) -> None:
    """Functions, methods, decorated, asynchronous and nested ones are found and run."""
    assert version(KINDS, qualname).value(*args) == value


def test_generators_are_run_to_their_end(version: Any) -> None:
    """Generators and asynchronous ones travel as what they yield, and what they return."""
    found = version(KINDS, "generate").value(3)
    assert (type(found), found.kind, found.items, found.final) == (
        Drained,
        "generator",
        [0, 1, 2],
        30,
    )
    found = version(KINDS, "stream").value(3)
    assert (found.kind, found.items, found.ended) == ("async_generator", [0, 1, 2], "end")


def test_effects_of_a_generators_body_are_seen(version: Any) -> None:
    """What a generator prints or raises on the way belongs to the outcome."""
    lazy = version("""
        def f(n):
            print("start")
            yield 1
            if n:
                raise ValueError("late")
    """)
    assert lazy.effects(0)["stdout"] == "start\n"
    found = lazy.value(1)
    assert (found.items, found.ended, found.final.args) == ([1], "raise", ("late",))


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


@pytest.mark.parametrize(
    ("body", "name", "explicit"),
    [
        ("raise ValueError(x)", "ValueError", True),
        ("assert x is None, x", "AssertionError", True),
        ("return [][x]", "IndexError", False),
        ("return x.nothing", "AttributeError", False),
        ("return int('a')", "ValueError", False),
        ("import sys; sys.exit(x)", "SystemExit", False),
        ("return helper(x)", "KeyError", True),
    ],
)
def test_raised_exceptions_are_explicit_or_accidents(
    version: Any, body: str, name: str, explicit: bool
) -> None:
    """An exception is explicit where a `raise` or `assert` of the project's code made it."""
    loaded = version(f"""
        def helper(x):
            raise KeyError(x)

        def f(x):
            {body}
    """)
    found = loaded.call(1)
    raised = found.exception()
    assert (found.status, found.explicit) == ("raise", explicit)
    assert isinstance(raised, Raised)
    assert raised.qualname == name


def test_arguments_after_the_call_and_their_aliases_are_reported(version: Any) -> None:
    """The body holds the arguments as the call left them, in one graph with the result."""
    loaded = version("""
        def f(items, copy):
            items.append(1)
            return list(items) if copy else items
    """)
    value, args, _ = loaded.call([], False).parts()
    assert value is args[0]
    value, args, _ = loaded.call([], True).parts()
    assert value == args[0] == [1]
    assert value is not args[0]


def test_two_calls_show_what_they_share(version: Any) -> None:
    """Called twice, a function that returns one list both times is told from one that copies."""
    shares = version("""
        KEPT = []
        def f():
            return KEPT
    """).call(twice=True)
    copies = version("""
        KEPT = []
        def f():
            return list(KEPT)
    """).call(twice=True)
    first, second = shares.parts()[0]
    assert first is second
    first, second = copies.parts()[0]
    assert first is not second


def test_calling_an_argument_that_could_not_be_sent_is_no_outcome(version: Any) -> None:
    """A captured lambda is a stand-in; a call that needs it cannot be compared."""
    loaded = version("""
        def f(function, call):
            return function() if call else 1
    """)
    assert loaded.call(lambda: 1, False).status == "return"
    assert loaded.call(lambda: 1, True).status == "unsendable"


@pytest.mark.parametrize(
    "result", ["threading.Lock()", "open('/dev/null')", "memoryview(b'a').cast('b')", "deep()"]
)
def test_a_result_that_cannot_be_sent_is_no_outcome(version: Any, result: str) -> None:
    """Results without data of their own are told as unsendable."""
    loaded = version(f"""
        import threading
        def deep():
            found = []
            for _ in range(1000):
                found = [found]
            return found
        def f():
            return {result}
    """)
    assert loaded.call().status == "unsendable"


def branches(report: dict[str, Any], line: int) -> list[tuple[bool, bool]]:
    return [(taken, passed) for at, taken, passed in report["branches"] if at == line]


BRANCHES = """\
def f(x):
    if x > 0 and x < 10:
        y = 1
    else:
        y = 2
    z = "a" if x else "b"
    while x > 0:
        x -= 5
    kept = [i for i in range(2) if i > y]
    w = x or y
    return y, z, kept, w


def other():
    return 1
"""


def test_branches_are_covered_when_they_went_both_ways(version: Any) -> None:
    """`and`, `or`, ternaries, while loops and comprehensions have branches of their own."""
    one_way = version(BRANCHES).covered((5,))
    both = version(BRANCHES).covered((5,), (50,), (0,), (-5,))
    for line in (2, 6, 9):
        assert not all(taken and passed for taken, passed in branches(one_way, line)), line
    for line in (2, 6, 7, 10):
        assert branches(both, line), line
        assert all(taken and passed for taken, passed in branches(both, line)), line
    assert len(branches(both, 2)) == 2
    assert not all(taken and passed for taken, passed in branches(both, 9))


def test_lines_that_ran_are_told_from_lines_that_could(version: Any) -> None:
    """A report names the lines run, and the lines of all functions that hold code."""
    report = version(BRANCHES).covered((5,))
    assert {2, 3, 6, 7, 8, 9, 10, 11} <= set(report["lines"])
    assert 5 not in report["lines"]
    assert {5, 15} <= set(report["executable"])
    assert 1 not in report["executable"]


def test_exits_that_the_compiler_makes_are_no_branches(version: Any) -> None:
    """`with`, `except` and `for` are run in one way without leaving a branch half covered."""
    report = version("""\
        import contextlib

        def f(items):
            with contextlib.nullcontext():
                try:
                    items[0]
                except IndexError:
                    return None
            for item in items:
                item += 1
            return items
    """).covered(([1],), ([],))
    assert all(taken and passed for _, taken, passed in report["branches"]), report["branches"]


def test_tracing_follows_generators_and_helpers(version: Any) -> None:
    """Code run by a generator, a coroutine, a method or a nested function is traced."""
    report = version("""\
        def helper(x):
            return x + 1

        def f(n):
            def inner(x):
                return helper(x)
            for i in range(n):
                yield inner(i)
    """).covered((2,))
    assert {2, 6, 7, 8} <= set(report["lines"])
