"""`verify`, end to end on one function, and the baseline kept on disk."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.baseline_file import key_of, load, save
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import BaselineError
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.project import Project
from perfbot.sandbox.python_language import GATES
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Status
from perfbot.sandbox.verify import judge, verify
from perfbot.sandbox.workload import WorkloadFile

ORIGINAL = '''\
def distinct(items: list[int]) -> list[int]:
    """The items in order, each once."""
    found = []
    for item in items:
        if item not in found:
            found.append(item)
    return found
'''
FASTER = '''\
def distinct(items: list[int]) -> list[int]:
    """The items in order, each once."""
    return list(dict.fromkeys(items))
'''
SLOWER = '''\
def distinct(items: list[int]) -> list[int]:
    """The items in order, each once."""
    found = []
    for item in items:
        if item not in found[:]:
            found.append(item)
    return found
'''
TESTS = "from mod import distinct\n\ndef test_it():\n    assert distinct([2, 1, 2]) == [2, 1]\n"
WORKLOAD = "def cases():\n    yield ([n * 7919 % 400 for n in range(500)],)\n"
SETTINGS = Settings(examples=60, mutants=6, measure_budget_s=15)


def place(root: Path, source: str = ORIGINAL) -> tuple[Project, Target]:
    (root / "mod.py").write_text(source)
    (root / "test_mod.py").write_text(TESTS)
    target = locate(root, "mod.py", "distinct", import_root=".")
    return Project(root, Path(sys.executable)), target


@pytest.fixture(scope="module")
def workload(tmp_path_factory: pytest.TempPathFactory) -> WorkloadFile:
    """One case on which the faster edit is some ten times faster."""
    path = tmp_path_factory.mktemp("workload") / "workload.py"
    path.write_text(WORKLOAD)
    return WorkloadFile(path, WORKLOAD)


@pytest.fixture(scope="module")
def baseline(
    tmp_path_factory: pytest.TempPathFactory, workload: WorkloadFile
) -> Iterator[Baseline]:
    """The original, prepared once."""
    made = prepare(*place(tmp_path_factory.mktemp("project")), SETTINGS, workload)
    yield made
    made.close()


def gates(trial: Trial) -> list[str]:
    return [item.gate for item in trial.verdict.evidence]


def test_a_faster_edit_that_does_the_same_is_accepted(baseline: Baseline) -> None:
    """Every gate passes, the speedup's interval lies above 1, and the trial says so."""
    trial = verify(baseline, Edit(FASTER))
    assert trial.decision == "accepted", trial
    assert trial.verdict.status is Status.SURVIVED
    names = gates(trial)
    assert len(names) == len(GATES) + 1
    assert names[0] == "scope"
    assert names[-1] == "measure"
    assert {"policy", "build", "suite", "replay", "fuzz", "coverage", "mutants"} < set(names)
    assert trial.measurement is not None
    assert trial.measurement.speedup is not None
    assert trial.measurement.speedup.low > 2


@pytest.mark.parametrize(
    ("source", "gate"),
    [
        (FASTER + "\n\ndef other():\n    return 1\n", "scope"),
        (FASTER.replace("    return", "    import gc; gc.disable()\n    return"), "policy"),
        ("raise SystemExit\n\n\n" + FASTER, "scope"),
        (FASTER.replace("list(dict", "undefined(dict"), "replay"),
        (ORIGINAL.replace("not in found:", "not in found or item == 0:"), "replay"),
        (ORIGINAL.replace("return found", "return tuple(found)"), "replay"),
    ],
)
def test_a_wrong_edit_is_refuted_by_a_gate(baseline: Baseline, source: str, gate: str) -> None:
    """A wrong edit is refuted, nothing is timed, and the gates after the first are not run."""
    trial = verify(baseline, Edit(source))
    assert trial.decision == "refuted", trial
    assert gates(trial)[-1] == gate
    assert trial.measurement is None
    assert trial.reason == trial.verdict.evidence[-1].detail


def test_an_edit_that_no_input_tests_is_unknown(baseline: Baseline) -> None:
    """A branch that no input reaches leaves the edit unknown, by the coverage gate."""
    source = FASTER.replace(
        "    return", "    if len(items) > 10**7:\n        return items\n    return"
    )
    trial = verify(baseline, Edit(source))
    assert (trial.decision, gates(trial)[-1]) == ("unknown", "coverage"), trial
    assert trial.measurement is None


def test_a_slower_edit_is_not_faster(baseline: Baseline) -> None:
    """An edit that does the same more slowly survives the gates and is not accepted."""
    trial = verify(baseline, Edit(SLOWER))
    assert trial.decision == "not_faster", trial
    assert gates(trial)[-1] == "measure"


def test_the_original_is_not_faster_than_itself(baseline: Baseline) -> None:
    """The same code in another layout is turned away before it costs anything."""
    trial = verify(baseline, Edit(ORIGINAL.replace("    found = []", "    found = []  # list")))
    assert (trial.decision, gates(trial)[-1]) == ("not_faster", "dedup")
    assert judge(baseline, Edit(ORIGINAL)).decision == "not_faster"


def test_a_kept_baseline_comes_back_equal(
    baseline: Baseline,
    workload: WorkloadFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is saved is loaded as it was, and judges edits without asking the original again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    project, target = baseline.project, baseline.target
    key = key_of(project, target, SETTINGS, workload)
    assert load(project, target, SETTINGS, workload, key) is None
    strength = baseline.strength()
    save(baseline, key)
    kept = load(project, target, SETTINGS, workload, key)
    assert kept is not None
    try:
        for name in (
            "project", "target", "settings", "signature", "suite", "imports", "state", "load_s",
            "cases", "corpus", "discarded", "size_limit", "reach",
        ):  # fmt: skip
            assert getattr(kept, name) == getattr(baseline, name), name
        assert kept.measured_strength == strength
        assert kept.oracle.hash_seeds == baseline.oracle.hash_seeds
        known = baseline.oracle.known
        assert {item.inputs for item in kept.corpus} <= kept.oracle.known.keys()
        assert all(known[inputs] == item for inputs, item in kept.oracle.known.items())
        wrong = ORIGINAL.replace("return found", "return found[::-1]")
        assert judge(kept, Edit(wrong)).decision == "refuted"
    finally:
        kept.close()


def test_a_damaged_baseline_is_found_out_again(
    baseline: Baseline,
    workload: WorkloadFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file that was cut short is no baseline, and no error."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    save(baseline, "key")
    (path,) = (tmp_path / "perfbot" / "baselines").iterdir()
    path.write_bytes(path.read_bytes()[:-10])
    assert load(baseline.project, baseline.target, SETTINGS, workload, "key") is None


def test_all_that_a_baseline_depends_on_is_in_its_key(
    tmp_path: Path, workload: WorkloadFile
) -> None:
    """Another file, source, setting or workload makes another key; the same ones the same."""
    project, target = place(tmp_path)
    keys = [key_of(project, target, SETTINGS, workload)]
    assert keys[0] == key_of(project, target, SETTINGS, workload)
    keys.append(key_of(project, target, SETTINGS, None))
    keys.append(key_of(project, target, Settings(examples=61, mutants=6), workload))
    keys.append(key_of(project, target, SETTINGS, WorkloadFile(workload.path, "cases = list")))
    (tmp_path / "data.txt").write_text("1")
    keys.append(key_of(project, target, SETTINGS, workload))
    (tmp_path / "test_mod.py").write_text(TESTS + "\n")
    keys.append(key_of(project, target, SETTINGS, workload))
    keys.append(key_of(*place(tmp_path, ORIGINAL + "\nX = 1\n"), SETTINGS, workload))
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("source", "tests", "says"),
    [
        ("1 / 0\n\n\n" + ORIGINAL, TESTS, "does not import"),
        (ORIGINAL, TESTS.replace("[2, 1]\n", "[1]\n"), "fail before any edit"),
        (
            ORIGINAL.replace("return found", "return id(object()), found, [id(found)]"),
            "",
            "not deterministic",
        ),
        (ORIGINAL.replace("items: list[int]", "items"), "", "nothing calls"),
    ],
)
def test_an_original_that_cannot_be_judged_by_is_an_error(
    tmp_path: Path, source: str, tests: str, says: str
) -> None:
    """A failing import or test, no inputs, or answers that vary are told before any edit."""
    project, target = place(tmp_path, source)
    (tmp_path / "test_mod.py").write_text(tests)
    with pytest.raises(BaselineError, match=says):
        prepare(project, target, SETTINGS, None)
