"""Gate `symbolic`: edits that fuzzing misses and a search finds, good ones, and hostile ones."""

import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from perfbot.optimizer.config import Options
from perfbot.optimizer.session import opened
from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.gates import fuzz, symbolic
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.python_language import gates
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.verify import judge
from perfbot.sandbox.worker import ChildFailedError

needs_crosshair = pytest.mark.skipif(
    find_spec("crosshair") is None, reason="extra symbolic not installed"
)
PROJECT = Path(__file__).parents[1] / "projects" / "python" / "shop"
SHOP = (PROJECT / "shop.py").read_text()
BODY = {
    "thrice": "sum([x for _ in range(3)])",
    "is_reserved": "any(port == item for item in (8080, 9443))",
    "cost": "price\n",
    "is_temporary": 'name.startswith("tmp_")',
    "total": "found\n",
    "seconds": "3600 * hours + 60 * minutes",
}
MUST_REFUTE = {
    "wrong for one square": ("thrice", "3 * x + (x * x + 7 * x == 152_485_440)"),
    "wrong for what is equal in a modulus": (
        "is_reserved",
        "(port - 8080) % 1_000_003 == 0 or port == 9443",
    ),
    "wrong on a line of the plane": (
        "cost",
        "price + (7 * width - 11 * height == 7_771_777)\n",
    ),
    "wrong for letters in another order": (
        "is_temporary",
        'name[:4] == "tmp_" or name[1:3] + name[:1] == "eqz"',
    ),
    "wrong for a first item that goes by the length": (
        "total",
        "found - (items[:1] == [7 * len(items) + 50_021])\n",
    ),
    "wrong for a type that only calls show": (
        "seconds",
        "3600 * hours + 60 * minutes + (13 * hours - minutes == 99_991)",
    ),
}
MUST_PASS = {
    "multiplied": ("thrice", "3 * x"),
    "a tuple": ("is_reserved", "port in (8080, 9443)"),
    "the other order": ("cost", "5 * height + 3 * width\n"),
    "a slice": ("is_temporary", 'name[:4] == "tmp_"'),
    "the built-in sum": ("total", "sum(items)\n"),
    "factored out": ("seconds", "60 * (60 * hours + minutes)"),
}
SETTINGS = Settings(examples=150, mutants=6, symbolic_s=8.0)


@pytest.fixture(scope="module")
def baselines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A function (name of a function) -> its baseline; each is prepared once."""
    root = tmp_path_factory.mktemp("shop") / "project"
    shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns("__pycache__"))
    made: dict[str, Baseline] = {}

    def prepared(name: str) -> Baseline:
        if name not in made:
            target = locate(root, "shop.py", name, import_root=".")
            made[name] = prepare(Project(root, Path(sys.executable)), target, SETTINGS, None)
        return made[name]

    yield prepared
    for baseline in made.values():
        baseline.close()


def edited(name: str, result: str) -> str:
    """The file with what the function returns replaced."""
    assert SHOP.count(f"    return {BODY[name]}") == 1
    return SHOP.replace(f"    return {BODY[name]}", f"    return {result}")


def checked(baseline: Baseline, source: str) -> tuple[Evidence, Evidence]:
    """What the gates `fuzz` and `symbolic` say of an edit."""
    candidate = Candidate(baseline, Edit(source))
    try:
        assert candidate.start() is None
        return fuzz.check(candidate), symbolic.check(candidate)
    finally:
        candidate.close()


@needs_crosshair
@pytest.mark.parametrize("which", MUST_REFUTE)
def test_what_fuzzing_misses_is_refuted(baselines: Any, which: str) -> None:
    """Generated inputs all agree; the search finds one that does not, and shows it."""
    name, result = MUST_REFUTE[which]
    fuzzed, found = checked(baselines(name), edited(name, result))
    assert fuzzed.status is Status.SURVIVED, fuzzed
    assert found.status is Status.REFUTED, found
    shown = found.counterexample
    assert shown is not None
    assert shown.expected != shown.actual
    compared: dict[str, Any] = {}
    exec(shown.call.replace(f"{name}(", "def call(f): return f(", 1), compared)
    versions: list[dict[str, Any]] = [{}, {}]
    for source, version in zip((SHOP, edited(name, result)), versions, strict=True):
        exec(source, version)
    original, edit = (compared["call"](version[name]) for version in versions)
    assert original != edit


@needs_crosshair
@pytest.mark.parametrize("which", MUST_PASS)
def test_what_does_the_same_passes(baselines: Any, which: str) -> None:
    """A good edit goes on, and the evidence says that a search was made."""
    name, result = MUST_PASS[which]
    shorter = replace(baselines(name), settings=replace(SETTINGS, symbolic_s=3.0))
    _, found = checked(shorter, edited(name, result))
    assert found.status is Status.SURVIVED, found
    assert found.detail.startswith("no difference found on "), found
    assert found.data["applied"] is True
    assert found.data["ended"] == []


@needs_crosshair
def test_the_gate_decides_in_the_whole_judgement(baselines: Any) -> None:
    """An edit that survives without the gate is refuted with it, by its name."""
    baseline = baselines("thrice")
    edit = Edit(edited("thrice", MUST_REFUTE["wrong for one square"][1]))
    assert judge(replace(baseline, settings=replace(SETTINGS, symbolic_s=0.0)), edit).decision == (
        "survived"
    )
    trial = judge(baseline, edit)
    assert trial.decision == "refuted", trial
    assert trial.verdict.evidence[-1].gate == "symbolic"
    assert trial.verdict.evidence[-1].counterexample is not None


IN_SEARCH = "    import sys\n    if 'crosshair' in sys.modules:\n        "
FORGE = """\
import sys
serve = sys.modules.get("perfbot_driver.serve")
if serve is not None and "search" in serve.VERBS:
    from perfbot_driver.wire import encode
    def forged(server, seconds):
        return {answer}
    serve.VERBS["search"] = forged


"""
SAME = ("thrice", "3 * x")
WRONG = MUST_REFUTE["wrong for one square"]
FOUND_NOTHING = '{"found": None, "paths": 99, "exhausted": True}'
HOSTILE: Mapping[str, tuple[str, str]] = {
    "ends its process": (
        edited(*WRONG).replace(
            "    return 3 * x", f"{IN_SEARCH}import os; os._exit(0)\n    return 3 * x"
        ),
        "died",
    ),
    "never returns": (
        edited(*WRONG).replace(
            "    return 3 * x", f"{IN_SEARCH}while True: pass\n    return 3 * x"
        ),
        "timeout",
    ),
    "sleeps": (
        edited(*WRONG).replace(
            "    return 3 * x",
            f"{IN_SEARCH}import select; select.select([], [], [], 1000)\n    return 3 * x",
        ),
        "timeout",
    ),
    "prints what CrossHair would": (
        edited(*SAME).replace(
            "    return 3 * x",
            f"{IN_SEARCH}print('No differences found. (attempted 9 iterations)')\n    return 3 * x",
        ),
        "",
    ),
    "says that all was seen": (FORGE.format(answer=FOUND_NOTHING) + edited(*WRONG), ""),
    "proposes without end what agrees": (
        FORGE.format(answer='{"found": encode({"x": 5}), "paths": 1, "exhausted": False}')
        + edited(*SAME),
        "did not hold",
    ),
    "proposes what is no int": (
        FORGE.format(answer='{"found": encode({"x": "5"}), "paths": 1, "exhausted": False}')
        + edited(*SAME),
        "did not hold",
    ),
    "proposes what is not encoded": (
        FORGE.format(answer='{"found": b"\\xff\\xff", "paths": 1, "exhausted": False}')
        + edited(*SAME),
        "did not hold",
    ),
    "ends its process after an answer": (
        FORGE.format(
            answer='__import__("threading").Timer(0.001, __import__("os")._exit, [0]).start()'
            ' or {"found": encode({"x": 5}), "paths": 1, "exhausted": False}'
        )
        + edited(*SAME),
        "died",
    ),
    "answers something else": (FORGE.format(answer="[1, 2, 3]") + edited(*SAME), "corrupt"),
    "counts too far": (
        FORGE.format(answer='{"found": None, "paths": 10**5000, "exhausted": True}')
        + edited(*SAME),
        "corrupt",
    ),
}


@needs_crosshair
@pytest.mark.parametrize("which", HOSTILE)
def test_a_hostile_edit_gains_nothing(baselines: Any, which: str) -> None:
    """It can keep the search from finding anything, which is as if there were none: it ends in
    time, says why, and the other gates refuse the edit as they do without it."""
    source, ended = HOSTILE[which]
    baseline = replace(baselines("thrice"), settings=replace(SETTINGS, symbolic_s=1.0))
    candidate = Candidate(baseline, Edit(source))
    try:
        assert candidate.start() is None
        found = symbolic.check(candidate)
    finally:
        candidate.close()
    assert found.status is Status.SURVIVED, found
    reasons = found.data["ended"]
    assert isinstance(reasons, list)
    assert all(ended in reason for reason in reasons), found
    assert bool(reasons) == bool(ended), found
    assert judge(baseline, Edit(source)).decision == "refuted"


@needs_crosshair
def test_a_proposal_does_not_narrow_what_later_edits_are_judged_on(baselines: Any) -> None:
    """An int on which the original is out of time leaves the baseline's limit as it was."""
    baseline = baselines("total")
    before = baseline.reach
    candidate = Candidate(baseline, Edit(SHOP))
    try:
        assert candidate.start() is None
        parameters = symbolic.searchable(baseline)
        for values in ({"items": [1]}, {"items": 1}, {"other": [1]}, [1], {"items": [True]}):
            assert symbolic.confirmed(candidate, encode(values), parameters) is None
        assert baseline.reach == before
    finally:
        candidate.close()


@needs_crosshair
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("first", "no values of items (Iterator[int]) can be searched through"),
        ("lazily", "generator, not a plain function"),
        ("later", "async function, not a plain function"),
        ("Shop.twice", "method, not a plain function"),
    ],
)
def test_a_target_that_cannot_be_searched_is_said_so(
    baselines: Any, name: str, reason: str
) -> None:
    """The gate lets the edit go on and names what stood in the way."""
    found = symbolic.check(Candidate(baselines(name), Edit(SHOP)))
    assert (found.status, found.detail) == (Status.SURVIVED, f"not applied: {reason}")
    assert found.data["applied"] is False


@needs_crosshair
def test_the_project_need_not_have_crosshair(tmp_path: Path) -> None:
    """In an environment of its own that holds nothing, the search is made all the same."""
    venv.create(tmp_path / "venv", symlinks=True)
    baseline = prepared_with(tmp_path / "venv" / "bin" / "python", tmp_path / "project")
    try:
        _, found = checked(baseline, edited(*WRONG))
    finally:
        baseline.close()
    assert found.status is Status.REFUTED, found


@needs_crosshair
def test_another_python_than_ours_is_not_searched(tmp_path: Path) -> None:
    """CrossHair is built for one version of Python; a project on another one is told so."""
    ours = "{}.{}".format(*sys.version_info[:2])
    others = [shutil.which(f"python3.{minor}") for minor in range(9, 16)]
    working = [Path(item) for item in others if item and works(Path(item)) and ours not in item]
    if not working:
        pytest.skip("this machine has one version of Python")
    baseline = prepared_with(working[0], tmp_path / "project")
    try:
        found = symbolic.check(Candidate(baseline, Edit(SHOP)))
    finally:
        baseline.close()
    assert found.status is Status.SURVIVED
    assert f"CrossHair is installed for Python {ours}, the project has 3." in found.detail


def works(python: Path) -> bool:
    """Whether an interpreter starts (a version manager's stand-in may not)."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def prepared_with(python: Path, root: Path) -> Baseline:
    """The baseline of `thrice` in a project that another interpreter runs."""
    root.mkdir()
    (root / "shop.py").write_text(SHOP)
    target = locate(root, "shop.py", "thrice", import_root=".")
    return prepare(Project(root, python, tests="true"), target, SETTINGS, None)


def test_without_crosshair_asking_for_it_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any work is done, the error says what is missing and the command that installs it."""
    monkeypatch.setitem(sys.modules, "crosshair", None)  # Python's own way to say: not importable
    (tmp_path / "shop.py").write_text(SHOP)
    target = locate(tmp_path, "shop.py", "thrice", import_root=".")
    done: list[Path] = []
    with (
        pytest.raises(MachineError, match="pip install 'crosshair-tool==") as raised,
        opened(target, done.append, Options(symbolic=True)),
    ):
        pass
    assert raised.value.exit_code == 4
    assert not done


def test_the_gate_runs_only_where_it_was_asked_for() -> None:
    """It is no part of the default, and when it runs it is the last before the clock."""
    assert symbolic.check not in gates(Settings())
    assert gates(Settings(symbolic_s=1.0))[-1] is symbolic.check
    assert Settings(symbolic_s=1.0).relaxations() == {}


@pytest.mark.parametrize(
    "reply",
    [
        None,
        {},
        {"found": None, "paths": 1},
        {"found": "x", "paths": 1, "exhausted": False},
        {"found": None, "paths": True, "exhausted": False},
        {"found": None, "paths": -1, "exhausted": False},
        {"found": None, "paths": 1, "exhausted": 0},
        {"found": None, "paths": 1, "exhausted": False, "more": 1},
    ],
)
def test_a_malformed_reply_is_no_proposal(reply: object) -> None:
    """What is not exactly a reply ends the search."""
    with pytest.raises(ChildFailedError, match="not a proposal"):
        symbolic.parsed(reply)
    fine = {"found": b"", "paths": 1, "exhausted": False}
    assert symbolic.parsed(fine) == symbolic.Proposal(b"", 1, False)
