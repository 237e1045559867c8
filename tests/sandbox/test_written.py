"""Inputs that somebody wrote: what runs them, what of them is taken, and what they can do."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.drivers.values import Enum, Made, Named, Object
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.exploration import inputs_of
from perfbot.sandbox.gates import adversary
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.written import MOST, Ran, allowed, packed, plain, ran, unpacked

ORIGINAL = '''\
def total(items: list[int], rate: int = 2, *more: int, note=None) -> int:
    """The sum of the items at a rate of 1 or more, and of what comes on top."""
    if rate > 10**6:
        raise ValueError("no such rate")
    found = 0
    for item in items:
        found = found + item * rate
    return found + sum(more) + len(note or "")
'''
SUITE = """\
from total import total


def test_total():
    assert total([1, 2], 3) == 9
    assert total([], 1, 5, note="ab") == 7
"""
LOOP = "    found = 0\n    for item in items:\n        found = found + item * rate\n"
GOOD = ORIGINAL.replace(LOOP, "    found = rate * sum(items)\n")
ODD = GOOD.replace("sum(items)\n", "sum(items) + (items == [31_337, 1, 31_337])\n")
BREAKS_IT = "def cases():\n    yield ([1, 2],)\n    yield ([31_337, 1, 31_337], 3)\n"


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baseline]:
    """One small project, prepared once for all tests of this file."""
    root = tmp_path_factory.mktemp("project")
    (root / "total.py").write_text(ORIGINAL)
    (root / "test_total.py").write_text(SUITE)
    target = locate(root, "total.py", "total", import_root=".")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        settings = Settings(examples=60)
        made = prepare(Project(root, Path(sys.executable)), target, settings, None)
        yield made
        made.close()


def of(*args: object, **kwargs: object) -> bytes:
    return inputs_of(Arguments(args, kwargs))


def checked(baseline: Baseline, source: str, written: list[bytes]) -> Evidence:
    """What the gate says of an edit that these inputs were written against."""
    candidate = Candidate(baseline, Edit(source))
    try:
        assert candidate.start() is None
        return adversary.check(candidate, written)
    finally:
        candidate.close()


def test_one_odd_input_refutes(baseline: Baseline) -> None:
    """A program's input on which only this edit is wrong; the counterexample shows it."""
    written = ran(baseline.project, BREAKS_IT)
    assert (len(written.inputs), written.problem) == (2, "")
    found = checked(baseline, ODD, list(written.inputs))
    assert found.status is Status.REFUTED
    assert found.counterexample is not None and "31337" in found.counterexample.call
    assert adversary.inputs_in(found.data) == [of([1, 2]), of([31_337, 1, 31_337], 3)]


def test_a_right_edit_passes(baseline: Baseline) -> None:
    """The same inputs, and those outside the domain, refute nothing."""
    outside = [of("ab"), of([1.5]), of([1], "x"), of([], 1, note=3), of(), of([1], most=2)]
    found = checked(baseline, GOOD, [*ran(baseline.project, BREAKS_IT).inputs, *outside])
    assert found.status is Status.SURVIVED
    assert found.data["outside"] == len(outside)


@pytest.mark.parametrize(
    "inputs",
    [
        of([1, 2], 3),
        of([], 0),
        of([10**6000], 2, 3),
        of([2**80], 10**7),  # the original refuses it by a `raise` of its own
        of([1], 2, 3, 4, note="x"),
        of([1], note=None),
        of(items=[1]),
    ],
)
def test_what_the_target_is_meant_to_take(baseline: Baseline, inputs: bytes) -> None:
    """By its annotations, or, where there are none, by what was passed or is the default."""
    assert allowed(baseline, [inputs]) == [inputs]


@pytest.mark.parametrize(
    "inputs",
    [
        of("ab"),
        of([True]),
        of((1, 2)),
        of([[1]]),
        of([1], 2.0),
        of([1], 2, "x"),
        of([1], note=b"x"),
        of(),
        of([1], 2, other=1),
        of([1], note=0),
        of([None]),
        of([1] * 20_000),
        b"",
        b"no wire",
        encode([[], {}, 3]),
        encode(3),
        encode([[[1]], {1: 2}]),
    ],
)
def test_what_it_is_not_meant_to_take(baseline: Baseline, inputs: bytes) -> None:
    """Other types, too much, calls that fail, bytes that are no call."""
    assert allowed(baseline, [inputs]) == []


@pytest.mark.parametrize(
    "value",
    [
        Made("os", "system", ("touch /tmp/x",), {}),
        Object("total", "Evil", ("state", (), None, {})),
        Named("function", "os", "system"),
        Enum("re", "RegexFlag", "ASCII"),
        [Made("builtins", "exec", ("import total; total.total = len",), {})],
        Path("/etc/passwd"),
        range(10**12),
        bytearray(b"x"),
    ],
)
def test_only_plain_data_is_taken(baseline: Baseline, value: object) -> None:
    """Nothing that names a class, a function or a call: it would run where the original does."""
    assert plain(encode([[value], {}])) is None
    assert allowed(baseline, [encode([[[1], value], {}])]) == []


def test_a_forged_answer_is_data_too(baseline: Baseline) -> None:
    """A program that sends bytes of its own making in place of its cases gets no call through."""
    call = encode([[Made("builtins", "exec", ("import total; total.total = len",), {})], {}])
    forging = (
        "import perfbot_driver.workload as driver\n"
        f"driver.encode = lambda item: {call!r}\n"
        "def cases():\n    yield ([1],)\n"
    )
    found = ran(baseline.project, forging)
    assert found.inputs == (call,), "the program was not able to forge, so this shows nothing"
    assert allowed(baseline, found.inputs) == []
    assert checked(baseline, GOOD, list(found.inputs)).data["outside"] == 1


def test_what_holds_itself_is_no_plain_data() -> None:
    """Looking at it ends, and at a list that doubles with each level too."""
    endless: list[object] = []
    endless.append(endless)
    doubled: object = 1
    for _ in range(40):
        doubled = [doubled, doubled]
    for value in (endless, doubled):
        assert plain(encode([[value], {}])) is None


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "no attribute 'cases'"),
        ("def cases(:\n", "SyntaxError"),
        ("raise RuntimeError('no')", "RuntimeError: no"),
        ("def cases():\n    raise ValueError('odd')\n    yield 1\n", "ValueError: odd"),
        ("def cases():\n    return 3\n", "not iterable"),
        ("while True: pass", "CPU|time|ended"),
        ("def cases():\n    while True: pass\n    yield 1\n", "CPU|time|ended"),
        ("import os; os._exit(0)", "ended"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended"),
        ("x = [0] * 10**12\n", "MemoryError|ended"),
    ],
)
def test_a_program_that_goes_wrong_gives_no_inputs(
    baseline: Baseline, source: str, told: str
) -> None:
    """Whatever it does, it is told and it ends."""
    found = ran(baseline.project, source)
    assert found.inputs == ()
    assert re.search(told, found.problem), found.problem


def test_a_program_gives_so_many_inputs(baseline: Baseline) -> None:
    """An endless one its first; of one that fails half way, or cannot be sent, the rest."""
    endless = "def cases():\n    n = 0\n    while True:\n        n += 1\n        yield ([n],)\n"
    assert len(ran(baseline.project, endless).inputs) == MOST
    half = "def cases():\n    yield ([1],)\n    raise ValueError\n"
    assert ran(baseline.project, half) == Ran((of([1]),))
    unsendable = "def cases():\n    return [(lambda: 0, open('/dev/null')), ([2],)]\n"
    assert of([2]) in ran(baseline.project, unsendable).inputs


def test_a_program_reaches_nothing(baseline: Baseline, tmp_path: Path) -> None:
    """No file of the user's, no network, and nothing of the judge."""
    for line in (
        f"open({str(tmp_path / 'x')!r}, 'w')",
        "import socket; socket.create_connection(('127.0.0.1', 22), 1)",
        "import os; open(os.path.expanduser('~/.bashrc'))",
        "open('/project/total.py', 'w')",
        "import perfbot",
    ):
        found = ran(baseline.project, f"{line}\ndef cases():\n    yield ([1],)\n")
        assert (found.inputs, "Error" in found.problem) == ((), True), line
    assert list(tmp_path.iterdir()) == []


def test_slow_inputs_narrow_nothing(baseline: Baseline) -> None:
    """What later edits are judged on stays as it was, whatever an adversary writes."""
    before = baseline.reach, baseline.patience
    checked(baseline, GOOD, [of([1], 10**9), of([10**400] * 200, 3)])
    assert (baseline.reach, baseline.patience) == before


def test_nothing_written_is_no_verdict(baseline: Baseline) -> None:
    """The wrong edit goes on as if the gate were not there, and the evidence says why."""
    candidate = Candidate(baseline, Edit(ODD))
    found = adversary.check(candidate, [], problem="nobody answered")
    assert (found.status, found.detail) == (
        Status.SURVIVED, "no input was written; nobody answered"
    )  # fmt: skip


def test_inputs_travel_in_a_commit() -> None:
    """As they are; of too many the first; damaged ones are none."""
    inputs = [of([number]) for number in range(50)]
    assert unpacked({"x": packed(inputs)}, "x") == inputs
    large = [of([(number * 7919) ** 300]) for number in range(1, 200)]
    kept = unpacked({"x": packed(large)}, "x")
    assert 0 < len(kept) < len(large) and kept == large[: len(kept)]
    assert packed([]) == ""
    for damaged in ("", "!", packed(inputs)[:-9], 3, None, packed([])):
        assert unpacked({"x": damaged}, "x") == []
