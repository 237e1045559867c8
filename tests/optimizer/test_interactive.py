"""`perfbot optimize --interactive` as a person or a script uses it: pipes, a terminal, kills."""

import json
import os
import pty
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from perfbot.optimizer.config import Options
from perfbot.optimizer.interactive import require_person
from tests.agents.model_server import ModelServer, Replay
from tests.shop import FAST, SHOP, SUITE, command, environment, git, perfbot, repository

WORKLOAD = "def cases():\n    yield (list(range(300)), list(range(150, 450)))\n"
OTHER = FAST.replace("set(ys)", "frozenset(ys)")
OPTIONS = ("optimize", "shop.py::common", "--workload", "../workload.py", "--seed", "1")
PROMPT = "accept | reject REASON"


@dataclass(frozen=True, slots=True)
class Shop:
    """A repository and its user."""

    repo: Path
    env: dict[str, str]

    def piped(self, lines: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """The finished command, with these lines on standard input."""
        return subprocess.run(
            command(*arguments), cwd=self.repo, env=self.env, input=lines, capture_output=True,
            text=True, timeout=300,
        )  # fmt: skip

    def run_id(self) -> str:
        """The last run's name."""
        runs = Path(self.env["HOME"], ".local/state/perfbot/runs")
        return max(path.name for path in runs.iterdir())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """One repository for all tests, so that its baseline is found out once."""
    folder = tmp_path_factory.mktemp("interactive")
    env = environment(folder / "home")
    (folder / "workload.py").write_text(WORKLOAD)
    return Shop(repository(folder / "shop", env, shop_py=SHOP, test_shop_py=SUITE), env)


def _until(stream: IO[str], text: str) -> str:
    """What is read until `text` was."""
    read = ""
    while text not in read:
        character = stream.read(1)
        assert character, read
        read += character
    return read


@pytest.mark.slow
def test_reasons_and_hints_reach_the_model_and_the_accepted_edit_is_committed(shop: Shop) -> None:
    """A rejected edit's reason and a hint stand in the next prompts; `accept` commits that edit,
    verified afresh; standard output is the JSON alone."""
    good = f"Change: a frozen set\nWhy: faster.\n\n```python\n{OTHER}```"
    first = f"Change: look items up in a set\nWhy: faster.\n\n```python\n{FAST}```"
    with ModelServer(Replay({"shop.py::common": [first, "no code here", good]})) as server:
        done = shop.piped(
            "reject name it better\nhint try a frozen set\naccept\n",
            *(*OPTIONS, "--proposer", "llm", "--model", "openai/test", "--api-base", server.url),
            *("--samples", "1", "--json", "-", "--interactive"),
        )
        assert done.returncode == 0, done.stderr
        prompts = [request.text for request in server.requests]
    assert "From the person who runs this" not in prompts[0]
    assert "is not wanted: name it better" in prompts[1]
    assert "refuted by the gate person" in prompts[1]
    assert "- try a frozen set" in prompts[-1]
    run = json.loads(done.stdout)["runs"][0]
    assert run["title"] == "a frozen set"
    assert [trial["gate"] for trial in run["trials"]] == ["person", None]
    assert "frozenset(ys)" in git(shop.repo, shop.env, "show", f"{run['commit']}:shop.py")
    assert "+    known = set(ys)" in done.stderr  # the diff
    assert "oracle strength" in done.stderr  # and the evidence
    again = perfbot(shop.repo, shop.env, "resume", run["run"], "--json", "-")
    assert json.loads(again.stdout)["runs"][0]["verdict"]["decision"] == "accepted"
    report = perfbot(shop.repo, shop.env, "report", run["run"]).stdout
    assert "person  hint try a frozen set" in report
    assert re.search(r"person  reject [0-9a-f]{12} name it better", report)


@pytest.mark.slow
def test_a_question_outlives_kills_and_is_answered_at_a_terminal(shop: Shop) -> None:
    """After kill -9 at a question, `resume` asks that question and measures nothing again; it
    stays open where nobody is there, at the end of the input, and at Ctrl-C; `accept` commits."""
    process = subprocess.Popen(
        command(*OPTIONS, "--budget", "1c", "--interactive"), cwd=shop.repo, env=shop.env,
        stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stderr is not None and process.stdin is not None
    asked = _until(process.stderr, PROMPT)
    assert ": accepted:" in asked
    process.kill()
    process.wait()
    process.stdin.close()
    process.stderr.close()
    run = shop.run_id()
    nobody = perfbot(shop.repo, shop.env, "resume", run)
    assert (nobody.returncode, nobody.stderr.count(PROMPT)) == (2, 0)
    left = shop.piped("", "resume", run)
    assert left.returncode == 130, left.stderr
    assert f"perfbot resume {run}" in left.stderr
    assert left.stderr.count(PROMPT) == 1
    assert ": accepted:" not in left.stderr
    status, shown = _at_a_terminal(shop, ["\x03"], "resume", run)
    assert status == 130, shown
    status, shown = _at_a_terminal(shop, ["bogus\n", "\n", "?\n", "accept\n"], "resume", run)
    assert status == 0, shown
    assert "'bogus' is no answer" in shown
    assert re.search(r"committed .* on perfbot/", shown)
    assert PROMPT not in perfbot(shop.repo, shop.env, "resume", run).stderr


def _at_a_terminal(shop: Shop, keys: list[str], *arguments: str) -> tuple[int, str]:
    """The command's exit code and what it showed; each prompt is answered with the next keys."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(shop.repo)
        os.execve(sys.executable, command(*arguments), shop.env)
    shown = ""
    waiting = iter(keys)
    try:
        while data := os.read(terminal, 4096):
            shown += data.decode(errors="replace")
            if shown.endswith("quit > "):
                os.write(terminal, next(waiting, "quit\n").encode())
    except OSError:
        pass  # the other end is closed: Linux says EIO
    finally:
        os.close(terminal)
        _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), shown


def test_nobody_to_ask_is_said_before_any_work(shop: Shop) -> None:
    """With /dev/null as its input, perfbot ends with code 2 and says how to answer."""
    with open(os.devnull) as nothing:
        done = subprocess.run(
            command(*OPTIONS, "--interactive"), cwd=shop.repo, env=shop.env, stdin=nothing,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode == 2
    assert "needs a terminal, or answers on standard input" in done.stderr
    assert "running the tests" not in done.stderr


def test_nobody_is_needed_where_nobody_is_asked() -> None:
    """Without --interactive any standard input will do."""
    require_person(Options())
