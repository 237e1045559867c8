"""Edits of a whole program, judged: what each must be refused for, and what must pass."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.optimizer.config import Options
from perfbot.optimizer.recipe import options_of, recipe_of
from perfbot.optimizer.session import workload_for
from perfbot.sandbox.baseline import Baseline, prepare
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import BaselineError, UsageError
from perfbot.sandbox.languages.cpp_program import program_target
from perfbot.sandbox.program_inputs import answers_in, inputs_of
from perfbot.sandbox.project import Project
from perfbot.sandbox.settings import Settings
from perfbot.sandbox.verify import judge

ORIGINAL = """\
#include <cstdio>
#include <vector>

int main() {
    int n;
    if (scanf("%d", &n) != 1) return 2;
    std::vector<int> values(n);
    for (int i = 0; i < n; i++)
        if (scanf("%d", &values[i]) != 1) return 2;
    long long pairs = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            if (values[i] == values[j]) pairs++;
    printf("%lld\\n", pairs);
}
"""
GOOD = """\
#include <iostream>
#include <unordered_map>

static std::unordered_map<int, long long> times;

int main() {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    int n, value;
    if (!(std::cin >> n)) return 2;
    long long pairs = 0;
    for (int i = 0; i < n; i++) {
        if (!(std::cin >> value)) return 2;
        pairs += times[value]++;
    }
    std::cout << pairs << '\\n';
}
"""
WRONG = {
    "three": (GOOD.replace("times[value]++", "times[value]; times[value] = 1"), "replay"),
    "blank": (GOOD.replace("'\\n'", '" \\n"'), "replay"),
    "status": (GOOD.replace("'\\n';", "'\\n'; return pairs > 6;"), "fuzz"),
    "beyond the array": (
        GOOD.replace(
            "static std::unordered_map<int, long long> times;", "static long long times[30];"
        ),
        "sanitize",
    ),
    "mapped": (
        GOOD.replace("int n, value;", "mmap(0, 9, 1, 2, 0, 0); int n, value;").replace(
            "#include <iostream>", "#include <iostream>\n#include <sys/mman.h>"
        ),
        "policy",
    ),
    "does not compile": (GOOD.replace("long long pairs", "long long pears"), "build"),
}
TOO_SMALL = {
    "16 bits": GOOD.replace("long long pairs", "unsigned short pairs"),
    "an array": GOOD.replace(
        "static std::unordered_map<int, long long> times;", "static long long times[90];"
    ),
}
"""Right within the ranges that the inputs show, and wrong beyond."""
INPUTS = {
    "a": ("3\n1 1 2\n", "1\n"),
    "b": ("6\n7 7 7 30 2 2\n", "4\n"),
    "c": ("4\n9 1 3 8\n", None),
}


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What refuted edits of this program before is tried first, and another gate decides."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the program, and its inputs in a folder."""
    root = tmp_path_factory.mktemp("project")
    (root / "pairs.cpp").write_text(ORIGINAL)
    (root / "in").mkdir()
    for name, (text, answer) in INPUTS.items():
        (root / "in" / f"{name}.in").write_text(text)
        if answer is not None:
            (root / "in" / f"{name}.out").write_text(answer)
    return root


def made(folder: Path, *, within_examples: bool = False) -> Baseline:
    """The program, ready to be judged on."""
    settings = Settings(examples=60, mutants=8, within_examples=within_examples)
    target = program_target(folder, "pairs.cpp")
    workload = inputs_of(target, folder / "in")
    project = Project(folder, Path(sys.executable), answers=answers_in(workload))
    return prepare(project, target, settings, workload)


@pytest.fixture(scope="module")
def baseline(folder: Path) -> Iterator[Baseline]:
    """The program, ready to be judged on."""
    found = made(folder)
    yield found
    found.close()


def test_what_is_found_out_of_a_program(baseline: Baseline) -> None:
    """Its expected outputs are its tests, and inputs of its format are generated."""
    assert baseline.suite.tests == {"a.in": "passed", "b.in": "passed"}
    assert [name for name, _ in baseline.replayed()] == ["case 1", "case 2", "case 3"]
    assert len(baseline.corpus) > 40


def test_a_good_edit_of_a_program_survives(baseline: Baseline) -> None:
    """Other headers, a global, other streams and another algorithm are all let through."""
    trial = judge(baseline, Edit(GOOD))
    assert trial.decision == "survived", trial.reason
    told = next(item for item in trial.verdict.evidence if item.gate == "fuzz").data["domain"]
    assert told == ["standard input: int 1.1: 3 to 6", "standard input: int 2.1: 1 to 30"]


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_edit_of_a_program_is_refuted(baseline: Baseline, name: str) -> None:
    """Each is refuted, by its gate or one that comes before it."""
    source, gate = WRONG[name]
    trial = judge(baseline, Edit(source))
    decisive = trial.verdict.decisive
    assert trial.decision == "refuted" and decisive is not None, trial.reason
    assert decisive.gate in (gate, "replay", "fuzz"), decisive.detail


@pytest.mark.parametrize("name", list(TOO_SMALL))
def test_an_edit_that_is_wrong_beyond_the_examples_is_not_accepted(
    baseline: Baseline, name: str
) -> None:
    """Whether the program has to take more is not known, so nothing is refuted: UNKNOWN says it."""
    trial = judge(baseline, Edit(TOO_SMALL[name]))
    decisive = trial.verdict.decisive
    assert trial.decision == "unknown" and decisive is not None, trial.reason
    assert decisive.gate == "explore" and "--within-examples" in decisive.detail
    assert decisive.counterexample is not None


def test_examples_may_be_said_to_show_the_largest_inputs(folder: Path) -> None:
    """With `within_examples` an edit that is wrong only beyond them survives, and that is noted."""
    found = made(folder, within_examples=True)
    trial = judge(found, Edit(TOO_SMALL["an array"]))
    found.close()
    assert trial.decision == "survived", trial.reason
    assert found.settings.relaxations()["within_examples"] is True


def test_a_program_that_fails_its_tests(tmp_path: Path) -> None:
    """An original that prints something else than the expected output is said to fail."""
    (tmp_path / "pairs.cpp").write_text(ORIGINAL)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.in").write_text("1\n1\n")
    (tmp_path / "in" / "a.out").write_text("7\n")
    with pytest.raises(BaselineError, match=r"tests fail before any edit: a\.in"):
        made(tmp_path).close()


def test_the_recipe_of_a_program(folder: Path, tmp_path: Path) -> None:
    """Inputs that are committed are named, others travel; either way the answers come back."""
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "program")):
        identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
        subprocess.run(["git", *identity, *command], cwd=folder, check=True)
    target = program_target(folder, "pairs.cpp")
    options = Options(program=True, inputs=folder / "in")
    workload = workload_for(target, options)
    recipe = recipe_of(target, options, workload, base="HEAD")
    assert recipe["inputs"] == "in" and recipe["program"] is True
    again = options_of(json.loads(json.dumps(recipe)), Options(), folder, tmp_path)
    assert again.program and workload_for(target, again) == workload

    (folder / "in" / "c.in").write_text("2\n5 5\n")
    changed = workload_for(target, options)
    with pytest.raises(UsageError, match="not the one"):
        options_of(recipe, Options(), folder, tmp_path)
    packed = recipe_of(target, options, changed, base="HEAD")
    assert "inputs" not in packed
    unpacked = workload_for(target, options_of(packed, Options(), folder, tmp_path))
    assert unpacked is not None and changed is not None
    assert unpacked.source == changed.source
    assert answers_in(unpacked) == answers_in(changed)


def test_a_session_finds_inputs_beside_the_program(tmp_path: Path) -> None:
    """Without options the files that begin with the program's name are its inputs."""
    (tmp_path / "pairs.cpp").write_text(ORIGINAL)
    (tmp_path / "pairs1.in").write_text("2\n4 4\n")
    options = Options(program=True)
    found = workload_for(program_target(tmp_path, "pairs.cpp"), options)
    assert found is not None and "4 4" in found.source


def test_inputs_belong_to_programs(tmp_path: Path) -> None:
    """A folder of inputs without `--program`, or beside a workload, is a mistake."""
    with pytest.raises(UsageError, match="--inputs"):
        Options(inputs=Path("in"))
    with pytest.raises(UsageError, match="--within-examples"):
        Options(within_examples=True)
    (tmp_path / "pairs.cpp").write_text(ORIGINAL)
    both = Options(inputs=tmp_path, workload=tmp_path / "w.py", program=True)
    with pytest.raises(UsageError, match="--inputs and --workload"):
        workload_for(program_target(tmp_path, "pairs.cpp"), both)
