"""The `repeat` gate: results looked at twice, in steps, and while other tasks run."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from perfbot.sandbox import python_language
from perfbot.sandbox.baseline import Settings, prepare
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.drivers.values import Drained
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.gates import repeat
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.project import Project
from perfbot.sandbox.verdict import Status
from tests.kinds import run_snippet

HEAD = "import asyncio\nfrom collections.abc import Iterator\n\nSEEN = []\n\n\n"
ITEMS = "def f(xs: list[int]):\n"
READER = "def f(xs: Iterator[int]):\n"
ROWS = "def f(rows: list[list[int]]):\n"
OPEN = "def f(xs):\n"
TASK = "async def f(xs: list[int], seen: list[int]):\n"
STREAM = "async def f(xs: list[int]):\n"


@dataclass(frozen=True, slots=True)
class Case:
    """Two edits of a function: one that only this way of looking tells apart, and a right one."""

    way: str
    original: str
    wrong: str
    right: str
    call: str = "list(f([1, 2, 3]))"

    def __str__(self) -> str:
        kind = "async " if self.original.startswith("async") else ""
        return kind + self.way


STEPS = "    for x in xs:\n        yield x * 2\n"
EAGER = "    out = [x * 2 for x in xs]\n    for y in out:\n        yield y\n"
ASLEEP = "    for x in xs:\n        await asyncio.sleep(0)\n        yield x * 2\n"
EAGER_ASLEEP = "    await asyncio.sleep(0)\n" + EAGER
DRAIN = "asyncio.run(drain(f([1, 2, 3])))"
CASES = [
    Case(
        "twice",
        "def f(n: int):\n    return [i * i for i in range(n)]\n",
        "def f(n: int, *, kept={}):\n    return kept.setdefault(n, [i * i for i in range(n)])\n",
        "def f(n: int):\n    return list(map(pow, range(n), [2] * n))\n",
        "f(4)",
    ),
    Case("changed", ITEMS + STEPS, ITEMS + EAGER, ITEMS + "    yield from (x * 2 for x in xs)\n"),
    Case("changed", STREAM + ASLEEP, STREAM + EAGER_ASLEEP,
         STREAM + "    for x in xs:\n        await asyncio.sleep(0)\n        yield x + x\n", DRAIN),
    Case(
        "changed",
        READER + STEPS,
        READER + "    for x in list(xs):\n        yield x * 2\n",
        READER + "    yield from (x * 2 for x in xs)\n",
        "list(f(iter([1, 2, 3])))",
    ),
    Case(
        "changed",
        ROWS + "    for xs in rows:\n        for x in xs:\n            yield x\n",
        ROWS + "    for xs in rows:\n        yield from xs[:]\n",
        ROWS + "    for xs in rows:\n        yield from xs\n",
        "list(f([[1, 2, 3], [4]]))",
    ),
    Case(
        "streamed",
        OPEN + STEPS,
        OPEN + "    yield from [x * 2 for x in xs]\n",
        OPEN + "    yield from (x * 2 for x in xs)\n",
        "list(f((1, 2, 3)))",
    ),
    Case(
        "closed",
        ITEMS + "    try:\n        for x in xs:\n            yield x\n"
                "    finally:\n        print('done')\n",
        ITEMS + "    for x in xs:\n        yield x\n    print('done')\n",
        ITEMS + "    try:\n        yield from xs\n    finally:\n        print('done')\n",
    ),
    Case(
        "closed",
        STREAM + "    try:\n        for x in xs:\n            await asyncio.sleep(0)\n"
                 "            yield x\n    finally:\n        print('done')\n",
        STREAM + "    for x in xs:\n        await asyncio.sleep(0)\n        yield x\n"
                 "    print('done')\n",
        STREAM + "    await asyncio.sleep(0)\n    try:\n        for x in xs:\n            yield x\n"
                 "    finally:\n        print('done')\n",
        DRAIN,
    ),
    Case(
        "thrown",
        ITEMS + "    for x in xs:\n        try:\n            yield x\n"
                "        except ValueError:\n            yield -1\n",
        ITEMS + "    for x in xs:\n        yield x\n",
        ITEMS + "    for x in xs:\n        try:\n            yield x\n"
                "        except (ValueError,):\n            yield 1 - 2\n",
    ),
    Case(
        "sent",
        ITEMS + "    for x in xs:\n        got = yield x\n"
                "        if got is not None:\n            yield got\n",
        ITEMS + "    for x in xs:\n        yield x\n",
        ITEMS + "    for x in xs:\n        if (got := (yield x)) is not None:\n"
                "            yield got\n",
    ),
    Case(
        "together",
        TASK + "    size = len(seen)\n    seen.append(size)\n    await asyncio.sleep(0)\n"
               "    return size\n",
        TASK + "    size = len(seen)\n    await asyncio.sleep(0)\n    seen.append(size)\n"
               "    return size\n",
        TASK + "    seen.append(len(seen))\n    size = seen[-1]\n    await asyncio.sleep(0)\n"
               "    return size\n",
        "asyncio.run(f([1], [2]))",
    ),
    Case(
        "cancelled",
        TASK + "    seen.append(1)\n    try:\n        await asyncio.sleep(0)\n"
               "    finally:\n        seen.pop()\n    return sum(xs)\n",
        TASK + "    seen.append(1)\n    await asyncio.sleep(0)\n    seen.pop()\n"
               "    return sum(xs)\n",
        TASK + "    seen.append(1)\n    try:\n        await asyncio.sleep(0)\n"
               "    finally:\n        del seen[-1]\n    return sum(xs)\n",
        "asyncio.run(f([1], [2]))",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_only_a_closer_look_tells_them_apart(case: Case, tmp_path: Path) -> None:
    """The wrong edit is refuted for what this way of looking shows; the right one is not."""
    (tmp_path / "steps.py").write_text(HEAD + case.original)
    (tmp_path / "test_steps.py").write_text(
        "import asyncio\nfrom steps import f\n\n\nasync def drain(source):\n"
        f"    return [item async for item in source]\n\n\ndef test_f():\n    {case.call}\n"
    )
    target = locate(tmp_path, "steps.py", "f", import_root=".")
    project = Project(tmp_path, Path(sys.executable))
    baseline = prepare(project, target, Settings(examples=40), None)
    try:
        found = []
        for source in (case.wrong, case.right):
            candidate = Candidate(baseline, Edit(HEAD + source))
            assert candidate.start() is None
            found.append(repeat.check(candidate))
            candidate.close()
    finally:
        baseline.close()
    wrong, right = found
    assert (wrong.status, wrong.detail) == (Status.REFUTED, repeat.TOLD[case.way])
    assert right.status is Status.SURVIVED, (right.detail, right.counterexample)
    assert wrong.counterexample is not None and wrong.counterexample.snippet
    shown = run_snippet(wrong.counterexample.snippet, tmp_path)
    assert shown.returncode == 1, shown.stdout + shown.stderr
    undone = wrong.counterexample.snippet.replace("answer(EDIT)", "answer(ORIGINAL)")
    same = run_snippet(undone, tmp_path)
    assert same.returncode == 0, same.stdout + same.stderr


def test_a_plain_yield_takes_what_is_sent_to_no_use() -> None:
    """Only a yield whose value is used is sent values."""
    assert not python_language.uses_what_is_sent("def f():\n    yield 1\n    yield from g()\n")
    assert python_language.uses_what_is_sent("def f():\n    got = yield 1\n")
    assert python_language.uses_what_is_sent("    def f(self):\n        return (yield)\n")


def test_iterators_are_known_by_their_arguments() -> None:
    """One among the arguments is enough: such inputs are always looked at."""
    given = [encode([(Drained("iterator", [1, 2], "end", None), 3), {}]), encode([([1, 2],), {}])]
    found = [repeat.has_iterator(Expected(inputs, ())) for inputs in given]
    assert found == [True, False]


@pytest.mark.parametrize(
    "original",
    [
        "    for at in range(len(xs)):\n        yield xs[at]\n",
        "    for x in xs:\n        yield x * sum(1 for _ in xs)\n",
    ],
)
def test_what_takes_no_iterators_is_given_none(original: str, tmp_path: Path) -> None:
    """One that asks for a length, or reads twice: an edit may do as it likes there."""
    (tmp_path / "steps.py").write_text(HEAD + OPEN + original)
    (tmp_path / "test_steps.py").write_text(
        "from steps import f\n\n\ndef test_f():\n    assert list(f((1, 2))) in ([1, 2], [2, 4])\n"
    )
    target = locate(tmp_path, "steps.py", "f", import_root=".")
    project = Project(tmp_path, Path(sys.executable))
    baseline = prepare(project, target, Settings(examples=40), None)
    try:
        edit = original.replace("in xs:", "in xs[:]:", 1).replace(
            "yield xs", "xs = xs[:]; yield xs"
        )
        candidate = Candidate(baseline, Edit(HEAD + OPEN + edit))
        assert candidate.start() is None
        found = repeat.check(candidate)
        candidate.close()
    finally:
        baseline.close()
    assert found.status is Status.SURVIVED, (found.detail, found.counterexample)


VECTOR = """\
from dataclasses import dataclass


@dataclass{frozen}
class Vector:
    x: float
    y: float

    def scaled(self, by: float):
        return type(self)(self.x * by, self.y * by)

    @classmethod
    def of(cls, pair: tuple[float, float]):
        return cls(pair[0], pair[1])
"""


@pytest.mark.parametrize(
    ("name", "old", "wrong", "right"),
    [
        ("scaled", "type(self)(self.x", "Vector(self.x", "self.__class__(self.x"),
        ("of", "cls(pair[0], pair[1])", "Vector(pair[0], pair[1])", "cls(*pair)"),
    ],
)
@pytest.mark.parametrize("frozen", ["", "(frozen=True)", "(slots=True)"])
def test_a_method_may_be_called_on_a_subclass(
    tmp_path: Path, name: str, old: str, wrong: str, right: str, frozen: str
) -> None:
    """An edit that names its own class makes objects of that, whoever calls."""
    source = VECTOR.format(frozen=frozen)
    (tmp_path / "vectors.py").write_text(source)
    (tmp_path / "test_vectors.py").write_text(
        "from vectors import Vector\n\n\ndef test_both():\n"
        "    assert Vector.of((1.0, 2.0)).scaled(2.0) == Vector(2.0, 4.0)\n"
    )
    target = locate(tmp_path, "vectors.py", f"Vector.{name}", import_root=".")
    project = Project(tmp_path, Path(sys.executable))
    baseline = prepare(project, target, Settings(examples=30), None)
    try:
        checked = {}
        for kind, new in (("wrong", wrong), ("right", right)):
            candidate = Candidate(baseline, Edit(source.replace(old, new)))
            assert candidate.start() is None
            checked[kind] = repeat.check(candidate)
            candidate.close()
    finally:
        baseline.close()
    assert checked["right"].status is Status.SURVIVED, checked["right"].detail
    assert checked["wrong"].status is Status.REFUTED
    shown = checked["wrong"].counterexample
    assert shown is not None and "VectorSubclass" in shown.expected
    done = run_snippet(shown.snippet, tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "VectorSubclass" in done.stdout


def test_what_has_no_subclass_is_looked_at_as_it_is(tmp_path: Path) -> None:
    """An enum; a class whose subclasses must say more."""
    source = (
        "import enum\n\n\nclass Mark(enum.Enum):\n    A = 1\n    B = 2\n\n"
        "    def next(self):\n        return Mark.B if self is Mark.A else Mark.A\n"
    )
    (tmp_path / "marks.py").write_text(source)
    (tmp_path / "test_marks.py").write_text(
        "from marks import Mark\n\n\ndef test_it():\n    assert Mark.A.next() is Mark.B\n"
    )
    target = locate(tmp_path, "marks.py", "Mark.next", import_root=".")
    project = Project(tmp_path, Path(sys.executable))
    baseline = prepare(project, target, Settings(examples=10), None)
    edit = source.replace("Mark.B if self is Mark.A else Mark.A", "Mark(3 - self.value)")
    candidate = Candidate(baseline, Edit(edit))
    try:
        assert candidate.start() is None
        assert repeat.check(candidate).status is Status.SURVIVED
    finally:
        candidate.close()
        baseline.close()


FIRST = """\
from collections.abc import Callable


def first(accepts: Callable[[int], bool], numbers: list[int]) -> int:
    for number in numbers:
        if accepts(number):
            return number
    return -1


def each(does: Callable[[int], None], numbers: list[int]) -> None:
    for number in numbers:
        does(number)
"""


LOOP = "    for number in numbers:\n        if accepts(number):\n            return number\n"
DOES = "    for number in numbers:\n        does(number)\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "status"),
    [
        ("first", LOOP,
         "    for number in [x for x in numbers if accepts(x)]:\n        return number\n",
         Status.REFUTED),
        ("first", LOOP,
         "    for number in dict.fromkeys(numbers):\n        if accepts(number):\n"
         "            return number\n", Status.SURVIVED),
        ("each", "        does(number)\n", "        does(number)\n        does(number)\n",
         Status.REFUTED),
        ("each", DOES,
         "    for number in reversed(numbers):\n        does(number)\n", Status.REFUTED),
        ("each", DOES, "    [*map(does, numbers)]\n",
         Status.SURVIVED),
    ],
)  # fmt: skip
def test_how_callbacks_are_called(
    tmp_path: Path, name: str, old: str, new: str, status: Status
) -> None:
    """More calls, or others, are seen; fewer are welcome, but for those that return nothing."""
    (tmp_path / "calls.py").write_text(FIRST)
    (tmp_path / "test_calls.py").write_text(
        "from calls import each, first\n\n\ndef even(number):\n    return number % 2 == 0\n\n\n"
        "def nothing(number):\n    return None\n\n\ndef test_both():\n"
        "    assert first(even, [1, 2, 3, 4]) == 2\n    assert first(even, [3, 1, 1]) == -1\n"
        "    each(nothing, [1, 2, 3])\n"
    )
    target = locate(tmp_path, "calls.py", name, import_root=".")
    project = Project(tmp_path, Path(sys.executable))
    baseline = prepare(project, target, Settings(examples=30), None)
    candidate = Candidate(baseline, Edit(FIRST.replace(old, new)))
    try:
        assert candidate.start() is None
        evidence = repeat.check(candidate)
    finally:
        candidate.close()
        baseline.close()
    assert evidence.status is status, evidence.detail
    if status is Status.REFUTED:
        assert evidence.detail == repeat.TOLD["callbacks"]
        assert evidence.counterexample is not None
        done = run_snippet(evidence.counterexample.snippet, tmp_path)
        assert done.returncode == 1, done.stdout + done.stderr
