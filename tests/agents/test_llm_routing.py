"""`perfbot optimize` with two models, as a person runs it: processes, a repository, a server."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfbot.optimizer.config import Options
from perfbot.optimizer.planner import require_proposer
from perfbot.optimizer.routes import experience_file
from perfbot.sandbox.errors import UsageError
from tests.agents.model_server import FAULTS, Answer, ModelServer, Request, completion
from tests.shop import FAST, SHOP, SUITE, WRONG, environment, git, perfbot, repository

WORKLOAD = "def cases():\n    yield (list(range(300)), list(range(150, 450)))\n"
GOOD_REPLY = f"Change: look items up in a set\nWhy: A set is faster.\n\n```python\n{FAST}```"
WRONG_REPLY = f"Change: skip seven\n\n```python\n{WRONG}```"
TARGET = "shop.py::common"
CHEAP, STRONG = "cheap", "strong"


class Repo:
    """A repository, its workload and its user."""

    def __init__(self, folder: Path) -> None:
        self.env = environment(folder / "home")
        self.workload = folder / "workload.py"
        self.workload.write_text(WORKLOAD)
        self.path = repository(folder / "shop", self.env, shop_py=SHOP, test_shop_py=SUITE)
        self.state = folder / "home" / ".local" / "state" / "perfbot"

    def optimize(self, server: ModelServer, *more: str) -> "subprocess.CompletedProcess[str]":
        return perfbot(
            self.path, self.env, "optimize", TARGET, "--workload", str(self.workload),
            *("--proposer", "llm", "--model", f"openai/{STRONG}", "--api-base", server.url),
            *("--cheap-model", f"openai/{CHEAP}", "--samples", "1", "--seed", "1"),
            *("--json", "-", *more),
        )  # fmt: skip

    def resume(self) -> "subprocess.CompletedProcess[str]":
        run = max(path.name for path in (self.state / "runs").glob("*"))
        return perfbot(self.path, self.env, "resume", run, "--json", "-")


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """One for all tests, so that its baseline is found out once."""
    return Repo(tmp_path_factory.mktemp("routing"))


def _run(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert done.stdout.startswith("{"), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["runs"][0]
    return found


def _by_model(cheap: str, strong: str) -> Callable[[Request], Answer]:
    """The cheap model's reply and the strong one's, each under its own name."""
    return lambda request: completion(
        cheap if request.model == CHEAP else strong, model=request.model
    )


@pytest.mark.slow
def test_the_strong_model_is_asked_where_the_cheap_one_failed(repo: Repo) -> None:
    """The cheap one first, plainly; then the strong one, told what was refused and to analyse."""
    with ModelServer(_by_model(WRONG_REPLY, GOOD_REPLY)) as server:
        done = repo.optimize(server, "--budget", "2c")
        run = _run(done)
        asked = [request.model for request in server.requests]
        assert asked[:2] == [CHEAP, STRONG]
        assert "Example 1 of an edit that paid" in server.requests[0].text
        assert "Analysis:" not in server.requests[0].text
        assert "Analysis:" in server.requests[1].text
        assert "skip seven: refuted" in server.requests[1].text
        # All but the last words is the same in every style, so that providers can cache it.
        assert server.requests[1].text.startswith(server.requests[0].text[:2000])
    assert run["decision"] == "accepted"
    assert [item["model"] for item in run["models"]] == [f"openai/{CHEAP}", f"openai/{STRONG}"]
    assert "asking openai/cheap, plain: simple" in done.stderr
    note = git(repo.path, repo.env, "notes", "--ref", "perfbot", "show", run["commit"])
    assert [item["asked"] for item in json.loads(note)["edit"]["models"]] == [f"openai/{STRONG}"]
    trace = perfbot(repo.path, repo.env, "report", run["run"], "--trace").stdout
    assert "llm/openai/cheap/0/" in trace
    assert "/analyse#0" in trace


@pytest.mark.slow
def test_the_cheap_model_stays_while_it_helps(repo: Repo) -> None:
    """Where its first answer is good, the strong one is asked only once it has no more to give."""
    with ModelServer(_by_model(GOOD_REPLY, "I see no faster way.")) as server:
        run = _run(repo.optimize(server, "--budget", "1c"))
        assert {request.model for request in server.requests} == {CHEAP}
    assert run["decision"] == "accepted"


@pytest.mark.slow
def test_a_bandit_resumes_with_the_same_requests(repo: Repo) -> None:
    """A run that a fault ended goes on where it was; what was learnt is kept, and where that is
    damaged it is said and begun afresh."""
    broken = True
    kept = repo.state / "routing" / experience_file(repo.path).name
    kept.parent.mkdir(parents=True)
    kept.write_text("{")

    def answer(request: Request) -> Answer:
        if broken and request.number > 1:
            return FAULTS["401"]
        return completion(WRONG_REPLY if request.number == 1 else GOOD_REPLY, model=request.model)

    with ModelServer(answer) as server:
        done = repo.optimize(server, "--routing", "bandit", "--budget", "3c")
        assert done.returncode == 4, done.stderr
        assert "begun afresh" in done.stderr
        ((_, rows),) = json.loads(kept.read_text())["runs"].items()
        assert sum(row[2] for row in rows) == 1
        stopped_at = server.requests[-1]
        broken = False
        run = _run(repo.resume())
        following = server.requests[server.requests.index(stopped_at) + 1]
        assert following.body == stopped_at.body
    assert run["decision"] == "accepted"
    ((_, rows),) = json.loads(kept.read_text())["runs"].items()
    assert sum(row[2] for row in rows) == sum(item["requests"] for item in run["models"]) - 1
    assert max(row[3] for row in rows) > 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"proposer": "rules", "cheap_model": "openai/y"}, "the rules alone propose"),
        ({"cheap_model": "openai/x"}, "the same as --model"),
        ({"cheap_model": "openai/y", "routing": "fixed"}, "--model alone is asked"),
        ({"cheap_api_base": "http://y"}, "no cheaper model"),
        ({"cheap_model": "nonsense"}, "names no provider"),
        ({"cheap_model": "openai/mine", "budget": "1usd"}, "price of openai/mine is not known"),
    ],
)
def test_what_does_not_go_together_is_said(
    options: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any work; the cheap model is checked as the other is."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-nobody-0123456789")
    model = {} if options.get("proposer") == "rules" else {"model": "openai/gpt-4o"}
    if model.get("model") == "openai/gpt-4o" and options.get("cheap_model") == "openai/x":
        model = {"model": "openai/x"}
    with pytest.raises(UsageError, match=told):
        require_proposer(Options(**{"proposer": "llm", **model, **options}))


def test_two_models_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider's for the hard functions, a server of one's own for the others; any routing."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-nobody-0123456789")
    both = {"model": "openai/gpt-4o", "cheap_model": "openai/mine", "cheap_api_base": "http://x"}
    for routing in (None, "complexity", "bandit"):
        require_proposer(Options(proposer="llm", routing=routing, **both))
    with pytest.raises(UsageError, match="routing"):
        Options(routing="astrology")


def test_a_projects_config_names_no_cheap_model(repo: Repo, tmp_path: Path) -> None:
    """The project may be hostile: it must not choose where the user's key is sent."""
    for name in ("cheap_model", "cheap_api_base"):
        line = f'{name} = "http://evil.example"\n'
        other = repository(tmp_path / name, repo.env, shop_py=SHOP, perfbot_toml=line)
        done = perfbot(other, repo.env, "optimize", TARGET)
        assert done.returncode == 2
        assert "cannot be set in a config file" in done.stderr
