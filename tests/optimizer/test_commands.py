"""The commands as a person or a program runs them: processes, on a little git repository."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from perfbot.optimizer.config import Options
from perfbot.optimizer.ranking import key, ranked
from perfbot.optimizer.target import resolve
from tests.shop import FAST, SHOP, SUITE, WRONG, command, environment, git, perfbot, repository

VERDICT = {
    *("schema", "decision", "gate", "reason", "counterexample", "gates", "oracle_strength"),
    *("speedup", "energy", "seconds"),
}
WORKLOAD = "def cases():\n    yield (list(range(300)), list(range(150, 450)))\n"


@dataclass(frozen=True, slots=True)
class Optimized:
    """A repository after `perfbot optimize`, and what was printed."""

    repo: Path
    env: dict[str, str]
    document: dict[str, Any]

    @property
    def run(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["runs"][0]
        return found


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A user's environment, with a home of its own, where runs and baselines are kept."""
    return environment(tmp_path_factory.mktemp("home"))


@pytest.fixture
def shop(tmp_path: Path, env: dict[str, str]) -> Path:
    """A fresh repository."""
    return repository(tmp_path / "shop", env, shop_py=SHOP, test_shop_py=SUITE)


@pytest.fixture(scope="module")
def optimized(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> Optimized:
    """One run with a workload from outside of the repository, from a detached HEAD."""
    folder = tmp_path_factory.mktemp("optimized")
    repo = repository(folder / "shöp ünd more", env, shop_py=SHOP, test_shop_py=SUITE)
    git(repo, env, "checkout", "-q", "--detach")
    workload = folder / "workload.py"
    workload.write_text(WORKLOAD)
    options = ["--budget", "1c", "--workload", str(workload), "--json", "-", "-q"]
    done = perfbot(repo, env, "optimize", "shop.py::common", *options)
    assert done.returncode == 0, done.stderr
    workload.unlink()  # what follows must do without it
    return Optimized(repo, env, json.loads(done.stdout))


def test_optimize_says_in_json_what_it_committed(optimized: Optimized) -> None:
    """`optimize --json -` prints one object, whose commit is there and changes one file."""
    assert optimized.document["schema"] == "perfbot.runs/1"
    run = optimized.run
    documented = (Path(__file__).parents[2] / "docs" / "json.md").read_text().rpartition("## ")[2]
    assert all(f"`{key}`" in documented for key in run)
    assert (run["target"], run["decision"]) == ("shop.py::common", "accepted")
    assert set(run["verdict"]) == VERDICT
    assert [trial["decision"] for trial in run["trials"]] == ["accepted"]
    branch = git(optimized.repo, optimized.env, "rev-parse", run["branch"])
    assert branch == run["commit"]
    changed = git(optimized.repo, optimized.env, "diff", "--name-only", "HEAD", run["commit"])
    assert changed == "shop.py"


def test_optimize_leaves_the_checkout_as_it_was(optimized: Optimized) -> None:
    """No file, no index and no branch of the user's differs after a run."""
    assert (optimized.repo / "shop.py").read_text() == SHOP
    assert git(optimized.repo, optimized.env, "status", "--porcelain") == ""
    head = git(optimized.repo, optimized.env, "rev-parse", "--abbrev-ref", "HEAD")
    assert head == "HEAD"


def test_a_finished_run_is_shown_and_not_repeated(optimized: Optimized) -> None:
    """`resume` of a run that ended gives the same commit, at once, and judges nothing."""
    run = optimized.run
    done = perfbot(optimized.repo, optimized.env, "resume", run["run"], "--json", "-")
    assert done.returncode == 0, done.stderr
    assert "is finished" in done.stderr
    again = json.loads(done.stdout)["runs"][0]
    assert (again["commit"], again["trials"]) == (run["commit"], run["trials"])
    assert again["verdict"] == run["verdict"]
    shown = perfbot(optimized.repo, optimized.env, "report")
    assert run["commit"][:12] in shown.stdout
    message = git(optimized.repo, optimized.env, "log", "-1", "--format=%B", run["commit"])
    published = message.partition("Perfbot-Speedup: ")[2].partition("\n")[0]
    assert f"speedup  {published}" in shown.stdout  # the commit's figure, not the search's


def test_a_fresh_clone_agrees(optimized: Optimized, tmp_path: Path) -> None:
    """The commit alone is enough: no notes, no workload file, another folder."""
    clone = tmp_path / "clone"
    git(tmp_path, optimized.env, "clone", "-q", str(optimized.repo), str(clone))
    done = perfbot(clone, optimized.env, "verify", f"origin/{optimized.run['branch']}", "-q")
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_altered_commit_is_refused(optimized: Optimized, tmp_path: Path) -> None:
    """A changed file, and a changed recipe, are not what perfbot committed."""
    env, clone = optimized.env, tmp_path / "clone"
    git(tmp_path, env, "clone", "-q", str(optimized.repo), str(clone))
    git(clone, env, "checkout", "-q", "--detach", optimized.run["commit"])
    message = git(clone, env, "log", "-1", "--format=%B")
    (clone / "shop.py").write_text((clone / "shop.py").read_text() + "# more\n")
    git(clone, env, "commit", "-qa", "--amend", "--no-edit")
    done = perfbot(clone, env, "verify", "HEAD", "-q")
    assert done.returncode == 2
    assert "was changed since" in done.stderr
    git(clone, env, "checkout", "-q", "--detach", optimized.run["commit"])
    for altered in ('"tests": 3', '"tests": null, "workload": "../../../secret"'):
        text = message.replace('"tests": null', altered).replace("workload_packed", "x")
        git(clone, env, "commit", "-q", "--amend", "-m", text)
        done = perfbot(clone, env, "verify", "HEAD", "-q")
        assert done.returncode == 2, done.stderr
        assert "Perfbot-Options" in done.stderr or "is not in its tree" in done.stderr


def test_altered_evidence_is_refused(optimized: Optimized, tmp_path: Path) -> None:
    """A note that is fetched must be the one whose hash the commit names; the true one passes."""
    from perfbot.optimizer.commit import NOTES, read_commit

    env, clone = optimized.env, tmp_path / "clone"
    git(tmp_path, env, "clone", "-q", str(optimized.repo), str(clone))
    git(clone, env, "fetch", "-q", "origin", f"{NOTES}:{NOTES}")
    commit = optimized.run["commit"]
    evidence = read_commit(clone, commit).evidence
    assert evidence is not None and evidence.decision == "accepted"
    git(clone, env, "notes", f"--ref={NOTES}", "add", "-f", "-m", "{}", commit)
    done = perfbot(clone, env, "verify", commit, "-q")
    assert done.returncode == 2
    assert "was altered" in done.stderr


@pytest.mark.parametrize(
    ("edit", "code", "decision", "gate"),
    [(FAST, 0, "accepted", None), (WRONG, 1, "refuted", "fuzz"), (SHOP, 1, "not_faster", "dedup")],
)
def test_verify_prints_exactly_the_verdict_object(
    shop: Path, env: dict[str, str], edit: str, code: int, decision: str, gate: str | None
) -> None:
    """`verify --json -` prints one object with the promised keys, and nothing else."""
    (shop / "edit.txt").write_text(edit)
    options = ["--candidate", "edit.txt", "--json", "-", "-q"]
    done = perfbot(shop, env, "verify", "shop.py::common", *options)
    assert done.returncode == code, done.stdout + done.stderr
    verdict = json.loads(done.stdout)
    assert set(verdict) == VERDICT
    assert verdict["schema"] == "perfbot.verdict/1"
    assert (verdict["decision"], verdict["gate"]) == (decision, gate)
    assert verdict["reason"]
    assert (verdict["counterexample"] is not None) is (gate == "fuzz")
    assert all(set(row) == {"name", "status", "seconds", "detail"} for row in verdict["gates"])
    if decision == "accepted":
        speedup = {"estimate", "low", "high", "confidence", "pairs", "clock"}
        assert set(verdict["speedup"]) == speedup
        assert set(verdict["oracle_strength"]) == {"killed", "total"}
    else:
        assert verdict["speedup"] is None


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        pytest.param("proposals", signal.SIGINT, marks=pytest.mark.slow),
        pytest.param("verifying the winner", signal.SIGINT, marks=pytest.mark.slow),
        (": accepted", signal.SIGKILL),
        pytest.param("proposals", signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param("verifying the winner", signal.SIGKILL, marks=pytest.mark.slow),
    ],
)
def test_a_stopped_run_goes_on_to_the_same_edit(
    shop: Path, tmp_path: Path, env: dict[str, str], optimized: Optimized, moment: str, number: int
) -> None:
    """Ctrl-C and kill -9 leave no process; `resume` repeats no finished trial and commits."""
    workload = tmp_path / "workload.py"
    workload.write_text(WORKLOAD)
    state = {**env, "XDG_STATE_HOME": str(tmp_path / "state"), "TMPDIR": str(tmp_path)}
    arguments = ["optimize", "shop.py::common", "--budget", "1c", "--workload", str(workload)]
    code, children = stopped(shop, state, arguments, moment, number)
    assert code == (130 if number == signal.SIGINT else -signal.SIGKILL)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
    (run,) = [path.name for path in (tmp_path / "state" / "perfbot" / "runs").iterdir()]
    before = perfbot(shop, state, "report", run)
    assert before.returncode == 0, before.stderr
    done = perfbot(shop, state, "resume", run, "--json", "-")
    assert done.returncode == 0, done.stderr
    if moment != "proposals":
        assert "1 proposals" not in done.stderr
        assert ": accepted" not in done.stderr
    result = json.loads(done.stdout)["runs"][0]
    assert len(result["trials"]) == 1
    same = git(optimized.repo, env, "rev-parse", f"{optimized.run['commit']}^{{tree}}")
    assert git(shop, env, "rev-parse", f"{result['commit']}^{{tree}}") == same
    assert not list(tmp_path.glob("perfbot-scratch-*"))


def stopped(
    folder: Path, env: dict[str, str], arguments: list[str], moment: str, number: int
) -> tuple[int, list[psutil.Process]]:
    """Start perfbot, signal its group when it says `moment`; its exit code, and what it ran."""
    process = subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=env,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if moment in line:
            break
    time.sleep(0.2)
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, number)
    process.stderr.read()
    process.stderr.close()
    return process.wait(60), children


def test_the_hot_function_comes_first_and_the_cold_is_left_out(
    shop: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str]
) -> None:
    """A file and a folder mean the functions that their tests spend their time in."""
    monkeypatch.setenv("XDG_CACHE_HOME", env["HOME"])
    (shop / "warm.py").write_text("def warm(n: int) -> int:\n    return sum(range(n))\n")
    # Much more than a busy machine takes away from either.
    (shop / "test_both.py").write_text(
        "from shop import common\nfrom warm import warm\n\n\ndef test_both():\n"
        "    for _ in range(40):\n        assert len(common([*range(300)], [*range(450)])) == 300\n"
        "    for _ in range(20):\n        assert warm(20000) == 199990000\n"
    )
    said: list[str] = []
    in_file = ranked(resolve("shop.py", shop), Options(), said.append)
    assert [item.qualname for item in in_file] == ["common"]
    shares: dict[tuple[str, int], float] = {}
    in_folder = ranked(resolve(".", shop), Options(), said.append, shares)
    assert [item.qualname for item in in_folder] == ["common", "warm"]
    assert any("shop.py::common" in line and "%" in line for line in said)
    hottest, next_one = (shares[key(item)] for item in in_folder)
    assert 1 >= hottest > next_one > 0


KINDS = """\
from collections.abc import Iterator


class Box:
    def __init__(self, ys: list[int]) -> None:
        self.ys = ys

    def method(self, xs: list[int]) -> list[int]:
        return [x for x in xs if x in list(self.ys)]

    @staticmethod
    def static(xs: list[int], ys: list[int]) -> list[int]:
        return [x for x in xs if x in list(ys)]

    @classmethod
    def of_class(cls, xs: list[int], ys: list[int]) -> list[int]:
        return [x for x in xs if x in list(ys)]

    class Inner:
        @staticmethod
        def deep(xs: list[int], ys: list[int]) -> list[int]:
            return [x for x in xs if x in list(ys)]


async def later(xs: list[int], ys: list[int]) -> list[int]:
    return [x for x in xs if x in list(ys)]


def stream(xs: list[int], ys: list[int]) -> Iterator[int]:
    yield from [x for x in xs if x in list(ys)]
"""
KINDS_SUITE = """\
import asyncio
from pkg.kinds import Box, later, stream

XS, YS = list(range(600)), list(range(300, 900))


def test_all():
    want = list(range(300, 600))
    assert Box(YS).method(XS) == Box.static(XS, YS) == Box.of_class(XS, YS) == want
    assert Box.Inner.deep(XS, YS) == asyncio.run(later(XS, YS)) == list(stream(XS, YS)) == want
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "qualname", ["Box.method", "Box.static", "Box.of_class", "Box.Inner.deep", "later", "stream"]
)
def test_every_kind_of_function_is_judged(
    tmp_path: Path, env: dict[str, str], qualname: str
) -> None:
    """In a src layout: a right edit of each kind is accepted, a wrong one refuted."""
    repo = repository(
        tmp_path / "repo",
        env,
        src__pkg____init___py="",
        src__pkg__kinds_py=KINDS,
        tests__test_kinds_py=KINDS_SUITE,
        pyproject_toml='[project]\nname = "pkg"\nversion = "1"\n',
    )
    lines = KINDS.splitlines()
    name = qualname.rpartition(".")[2]
    at = next(number for number, line in enumerate(lines) if f"def {name}(" in line)
    ys = "self.ys" if name == "method" else "ys"
    indent = " " * (len(lines[at]) - len(lines[at].lstrip()) + 4)
    body = lines[at + 1].replace(f"list({ys})", "known")
    right = [*lines[: at + 1], f"{indent}known = set({ys})", body, *lines[at + 2 :]]
    for text, code in ((right, 0), ([line.replace("if x in known", "") for line in right], 1)):
        (repo / "edit.txt").write_text("\n".join(text) + "\n")
        target = f"src/pkg/kinds.py::{qualname}"
        done = perfbot(repo, env, "verify", target, "--candidate", "edit.txt", "-q")
        assert done.returncode == code, done.stdout + done.stderr
