"""`perfbot optimize --proposer llm` as a person runs it: processes, a repository, a server."""

import json
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from perfbot.optimizer.config import Options
from perfbot.optimizer.planner import require_proposer
from perfbot.sandbox.errors import UsageError
from tests.agents.model_server import FAULTS, Answer, ModelServer, Replay, Request, completion
from tests.shop import FAST, SHOP, SUITE, WRONG, command, environment, git, perfbot, repository

WORKLOAD = "def cases():\n    yield (list(range(300)), list(range(150, 450)))\n"
GOOD_REPLY = f"Change: look items up in a set\nWhy: A set is faster.\n\n```python\n{FAST}```"
WRONG_REPLY = f"Change: skip seven\n\n```python\n{WRONG}```"
BROKEN_REPLY = "```python\ndef common(xs, ys:\n    return\n```"
TARGET = "shop.py::common"


@dataclass(frozen=True, slots=True)
class Shop:
    """A repository, its workload and its user."""

    repo: Path
    env: dict[str, str]

    def optimize(
        self, server: ModelServer, *more: str, proposer: str = "llm"
    ) -> "subprocess.CompletedProcess[str]":
        """The finished command."""
        return perfbot(self.repo, self.env, *self.arguments(server, *more, proposer=proposer))

    def arguments(self, server: ModelServer, *more: str, proposer: str = "llm") -> list[str]:
        workload = str(self.repo.parent / "workload.py")
        return [
            *("optimize", TARGET, "--workload", workload, "--proposer", proposer, "--seed", "1"),
            *("--model", "openai/test", "--api-base", server.url, *more),
        ]

    def run_id(self) -> str:
        """The last run's name; empty where there is none yet."""
        runs = self.repo.parent / "home" / ".local" / "state" / "perfbot" / "runs"
        return max((path.name for path in runs.glob("*")), default="")

    def resume(self, *more: str) -> "subprocess.CompletedProcess[str]":
        """The last run, gone on with."""
        return perfbot(self.repo, self.env, "resume", self.run_id(), *more)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """One repository for all tests, so that its baseline is found out once."""
    folder = tmp_path_factory.mktemp("llm")
    env = environment(folder / "home")
    (folder / "workload.py").write_text(WORKLOAD)
    return Shop(repository(folder / "shop", env, shop_py=SHOP, test_shop_py=SUITE), env)


def _document(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)["runs"][0]
    return found


def test_a_reply_becomes_a_commit(shop: Shop) -> None:
    """A wrong reply is refuted, a broken one repaired, the good one committed; who wrote it and
    what it took is in the JSON, in the evidence and in the trace."""
    replies = Replay({TARGET: [WRONG_REPLY, BROKEN_REPLY, GOOD_REPLY]})
    with ModelServer(replies) as server:
        done = shop.optimize(server, "--json", "-", "--samples", "2")
        assert done.returncode == 0, done.stderr
        run = _document(done)
        (spent,) = run["models"]
        assert spent["requests"] == spent["replies"] == len(server.requests)
        assert spent["prompt_tokens"] + spent["completion_tokens"] == server.billed
        assert (spent["edits"], spent["usd"]) == (2, "unknown")
        assert sorted(item["decision"] for item in run["trials"]) == ["accepted", "refuted"]
        feedback = server.requests[-1].text
        assert "skip seven: refuted by the gate" in feedback
        assert "look items up in a set: accepted" in feedback
        assert "the original: returned" in feedback
        assert "## Where its time goes" in server.requests[0].text
        assert "the best version\n" in feedback.partition("## Where its time goes")[2]
        repair = next(item for item in server.requests if "cannot be used" in item.text)
        assert "does not parse" in repair.text
        assert repair.text.startswith(server.requests[0].text)  # one prefix, for prompt caching
    message = git(shop.repo, shop.env, "log", "-1", "--format=%B", run["commit"])
    assert message.startswith("perf(common): look items up in a set;")
    assert "A set is faster" in message
    note = git(shop.repo, shop.env, "notes", "--ref", "perfbot", "show", run["commit"])
    (author,) = json.loads(note)["edit"]["models"]
    assert (author["asked"], author["answered"]) == ("openai/test", "test")
    assert (author["fingerprint"], author["prompt_tokens"]) == ("fp_test", 1000)
    assert perfbot(shop.repo, shop.env, "verify", run["commit"], "-q").returncode == 0
    trace = perfbot(shop.repo, shop.env, "report", run["run"], "--trace").stdout
    assert trace.count("--- reply") == len(server.requests)
    for text in ("You make Python functions faster", "def common(xs, ys:", "fingerprint fp_test"):
        assert text in trace
    report = perfbot(shop.repo, shop.env, "report", run["run"]).stdout
    assert "model  openai/test: 2 edits of" in report


@pytest.mark.slow
def test_rules_go_first_and_the_model_sees_what_they_did(shop: Shop) -> None:
    """With both, the model is asked about the rules' best edit, and a failing one loses nothing."""
    with ModelServer(lambda request: FAULTS["401"]) as server:
        done = shop.optimize(server, "--json", "-", proposer="both")
        assert done.returncode == 0, done.stderr
        assert _document(done)["decision"] == "accepted"
        assert "refuses the key" in done.stderr
        assert len(server.requests) <= 2
        assert "The best version so far" in server.requests[0].text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [("401", 4, "refuses the key"), ("404", 2, "has no model"), ("HTML with status 200", 4, "/v1")],
)
def test_a_fault_ends_the_run_and_resume_goes_on(
    shop: Shop, fault: str, code: int, told: str
) -> None:
    """The message says what to do; the reply that came is not asked for again."""
    mended = False

    def answer(request: Request) -> Answer:
        if request.number == 1 or mended:
            return completion(WRONG_REPLY if request.number == 1 else GOOD_REPLY)
        return FAULTS[fault]

    with ModelServer(answer) as server:
        done = shop.optimize(server)
        assert done.returncode == code
        assert told in done.stderr
        assert "Traceback" not in done.stderr
        broken = len(server.requests)
        mended = True
        again = shop.resume("--json", "-")
        assert again.returncode == 0, again.stderr
        run = _document(again)
        assert {item["title"] for item in run["trials"]} >= {"skip seven", "look items up in a set"}
        first_round = [item for item in server.requests[broken:] if "Tried so far" not in item.text]
        assert len(first_round) == 1


@pytest.mark.slow
def test_a_token_budget_ends_the_run(shop: Shop) -> None:
    """It stops before it is overspent, with the exit code of a budget, and a larger one goes on."""
    with ModelServer(Replay({TARGET: [WRONG_REPLY, GOOD_REPLY]})) as server:
        done = shop.optimize(server, "--budget", "1900tok", "--samples", "1")
        assert done.returncode == 5, done.stderr
        assert 0 < server.billed <= 1900
        again = shop.resume("--budget", "100ktok")
        assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"proposer": "llm"}, "needs a model"),
        ({"model": "openai/x"}, "add --proposer llm"),
        ({"proposer": "llm", "model": "nonsense"}, "names no provider"),
        ({"proposer": "both", "model": "openai/gpt-4o"}, "export OPENAI_API_KEY"),
        (
            {"proposer": "llm", "model": "openai/mine", "api_base": "http://x", "budget": "1usd"},
            "the price of openai/mine is not known",
        ),
    ],
)
def test_what_is_missing_is_said(
    options: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any work, with what to do; a budget that could not be kept is refused, too."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UsageError, match=told):
        require_proposer(Options(**options))


def test_what_can_be_asked_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules alone; a server of one's own without a key; a priced model with its key."""
    require_proposer(Options())
    require_proposer(Options(proposer="llm", model="openai/mine", api_base="http://127.0.0.1:1"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-nobody-0123456789")
    require_proposer(Options(proposer="both", model="openai/gpt-4o", budget="1usd"))


@pytest.mark.parametrize(
    "values",
    [
        {"proposer": "oracle"},
        {"samples": 0},
        {"temperature": 3.0},
        {"prompt_tokens": 10},
        {"reply_tokens": 1},
        {"model_timeout": 0.0},
    ],
)
def test_values_that_no_model_takes_are_refused(values: dict[str, Any]) -> None:
    """The message names the option."""
    with pytest.raises(UsageError, match=next(iter(values))):
        Options(**values)


def test_a_projects_config_names_neither_model_nor_server(shop: Shop, tmp_path: Path) -> None:
    """The project may be hostile: it must not choose where the user's key is sent."""
    for line in ('api_base = "http://evil.example"', 'model = "openai/x"'):
        repo = repository(tmp_path / line[:5], shop.env, shop_py=SHOP, perfbot_toml=line + "\n")
        done = perfbot(repo, shop.env, "optimize", TARGET)
        assert done.returncode == 2
        assert "cannot be set in a config file" in done.stderr


def test_the_key_is_not_in_the_sandbox(shop: Shop) -> None:
    """What an edit could read of the environment holds nothing of the user's."""
    env = {**shop.env, "OPENAI_API_KEY": "sk-never-seen-inside-0001"}
    done = perfbot(shop.repo, env, "sandbox", "--", sys.executable, "-c", _ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    assert "HOME" in done.stdout
    assert "sk-never" not in done.stdout


_ENVIRONMENT = "import os; print(os.environ, open('/proc/self/environ').read())"
_HEAVY = {"litellm", "openai", "tiktoken", "tokenizers", "aiohttp", "jinja2", "dotenv"}


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["optimize", TARGET, "--budget", "1c"], marks=pytest.mark.slow),
        ["verify", TARGET, "--candidate", "../fast.py"],
        ["--help"],
    ],
)
def test_without_a_model_nothing_of_one_is_imported(shop: Shop, arguments: list[str]) -> None:
    """LiteLLM and what it brings cost seconds: rules and verify never load them."""
    (shop.repo.parent / "fast.py").write_text(FAST)
    program = (
        "import atexit, sys\n"
        "def told():\n"
        "    print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
        "atexit.register(told)\n"
        "from perfbot.optimizer.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=shop.repo, env=shop.env, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    loaded = done.stdout.partition("LOADED")[2].split()
    assert "perfbot" in loaded, done.stderr
    assert not set(loaded) & _HEAVY


def _killed_and_resumed(shop: Shop, seconds: float) -> tuple[list[str], str]:
    """The prompts that were asked, and the commit, of a run killed after so long and resumed."""
    replies = {"": [WRONG_REPLY, GOOD_REPLY]}
    asked: list[str] = []
    with ModelServer(lambda request: completion(_reply_to(request, asked, replies))) as server:
        process = subprocess.Popen(
            command(*shop.arguments(server, "--samples", "1", "--budget", "2c", "-q")),
            cwd=shop.repo, env=shop.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        before = shop.run_id()
        while shop.run_id() == before:
            time.sleep(0.05)
            assert process.poll() is None
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        recorded = perfbot(shop.repo, shop.env, "report", shop.run_id(), "--trace").stdout
        answered = recorded.count("--- reply\n") - recorded.count("--- reply\n(none)")
        on_record = set(asked[:answered])
        sent = len(asked)
        done = shop.resume("--json", "-", "-q")
        assert done.returncode == 0, done.stderr
        assert not on_record & set(asked[sent:]), "a recorded reply was asked for again"
        return asked, git(shop.repo, shop.env, "show", f"{_document(done)['commit']}:shop.py")


def _reply_to(request: Request, asked: list[str], replies: dict[str, list[str]]) -> str:
    """The first prompt gets the wrong reply, the second the right one, as often as asked."""
    prompt = re.sub(r"[\d.]+x|\[[\d., ]+\]", "", request.text)
    asked.append(prompt)
    order = list(dict.fromkeys(asked))
    return replies[""][min(order.index(prompt), 1)]


@pytest.mark.slow
def test_kill_at_any_point_repeats_no_reply(shop: Shop) -> None:
    """`kill -9` at twenty random points: the same final text, and no recorded reply asked twice."""
    generator = random.Random(4)
    texts = {_killed_and_resumed(shop, generator.uniform(0, 12))[1] for _ in range(20)}
    assert len(texts) == 1


@pytest.mark.slow
def test_a_kill_repeats_no_reply(shop: Shop) -> None:
    """Once, in the middle: the run goes on to the commit it would have made."""
    asked, text = _killed_and_resumed(shop, 4.0)
    assert "known = set(ys)" in text
    assert asked
