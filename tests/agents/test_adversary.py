"""`--adversary`: a second model writes inputs, and nothing else that it does counts."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from perfbot.agents.adversary import program_in
from perfbot.agents.search import Account, Budget
from perfbot.optimizer.adversary import require_adversary, written_for
from perfbot.optimizer.config import Options
from perfbot.optimizer.ledger import Ledger, new_run
from perfbot.optimizer.session import Session
from perfbot.optimizer.trials import judging_in
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict
from tests.agents.model_server import FAULTS, Answer, ModelServer, Request, completion
from tests.opened import opened_project
from tests.shop import FAST, SHOP, SUITE, environment, git, perfbot, repository

WORKLOAD = "def cases():\n    yield (list(range(300)), list(range(150, 450)))\n"
TARGET = "shop.py::common"
ODD = FAST.replace("if x in known]", "if x in known][sum(xs) == 1_000 * len(xs) + 50_021 :]")
"""Wrong where the sum is what the length makes it: no branch, and no literal, leads there."""
BREAKS_IT = """\
I would try these:

```python
def cases():
    yield ([], [])
    yield ([50_000, 3_000, 21], [50_000])
```
"""
HARMLESS = BREAKS_IT.replace("3_000", "3_001")
GARBAGE = "The rewrite looks right to me, it should be accepted."
HOSTILE = """\
```python
import os, sys
class Yes(list):
    def __eq__(self, other):
        return True
def cases():
    yield (Yes([1]), [1])
    yield ("text", 3)
    os.kill(os.getppid(), 9)
    os._exit(0)
```
"""
OUTSIDE = """\
```python
def cases():
    yield ("abc", "b")
    yield ([1.0], [1])
    yield (None,)
```
"""


def edit(source: str, title: str = "a set") -> str:
    return f"Change: {title}\nWhy: Sets are fast.\n\n```python\n{source}```"


def answering(adversary: str | Answer, *edits: str) -> Callable[[Request], Answer]:
    """What the server says: to the adversary this, to the proposer its edits in turn."""
    waiting = list(edits)

    def answer(request: Request) -> Answer:
        if "You look for mistakes" in request.text:
            return adversary if isinstance(adversary, Answer) else completion(adversary)
        return completion(edit(waiting.pop(0)) if waiting else "I see no faster way.")

    return answer


def asked(server: ModelServer) -> list[Request]:
    """The requests to the adversary."""
    return [item for item in server.requests if "You look for mistakes" in item.text]


@pytest.mark.slow
def test_one_odd_input_refutes_and_a_right_edit_is_committed(tmp_path: Path) -> None:
    """The wrong edit by the adversary's input, and its twin by reference; the right one passes it,
    afresh and from its commit alone, without a model."""
    env = environment(tmp_path / "home")
    repo = repository(tmp_path / "shop", env, shop_py=SHOP, test_shop_py=SUITE)
    (tmp_path / "workload.py").write_text(WORKLOAD)
    twin = ODD.replace("known", "kept")
    with ModelServer(answering(BREAKS_IT, ODD, twin, FAST)) as server:
        done = perfbot(
            repo, env, "optimize", TARGET, "--json", "-", "--workload", "../workload.py",
            "--proposer", "llm", "--model", "openai/test", "--api-base", server.url,
            "--samples", "2", "--budget", "3c", "--adversary", "openai/rival",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        run = json.loads(done.stdout)["runs"][0]
        ends = [(item["decision"], item["gate"]) for item in run["trials"]]
        assert ends == [("refuted", "adversary"), ("refuted", "dedup"), ("accepted", None)]
        (first, second) = asked(server)
        assert (first.model, second.model) == ("rival", "rival")
        assert "50_021" in first.text and "= set(ys)" in first.text
        spent = {item["model"]: item for item in run["models"]}
        assert spent["openai/rival"]["replies"] == 2
        used = [item["prompt_tokens"] + item["completion_tokens"] for item in spent.values()]
        assert sum(used) == server.billed
        feedback = next(item for item in server.requests if "Tried so far" in item.text)
        assert "refuted by the gate adversary" in feedback.text
        before = len(server.requests)
        text = git(repo, env, "notes", "--ref", "perfbot", "show", run["commit"])
        (kept,) = [item for item in json.loads(text)["gates"] if item["name"] == "adversary"]
        assert (kept["status"], len(kept["data"]["inputs"])) == ("survived", 2)
        again = perfbot(repo, env, "verify", run["commit"], "--json", "-")
        assert again.returncode == 0, again.stdout
        gates = {item["name"]: item for item in json.loads(again.stdout)["gates"]}
        assert gates["adversary"]["detail"].startswith("2 inputs written to break it agree")
        assert len(server.requests) == before
    trace = perfbot(repo, env, "report", run["run"], "--trace").stdout
    assert ": adversary/" in trace and "I would try these" in trace


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The shop, opened once for all tests of this file."""
    folder = tmp_path_factory.mktemp("shop")
    with opened_project(folder, "common", shop_py=SHOP, test_shop_py=SUITE) as found:
        yield found


@pytest.fixture
def ledger(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A new run's record; what refuted an edit elsewhere is tried here on none."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = new_run(session.target, base=None, options={})
    yield found
    found.close()


def judged(
    session: Session,
    ledger: Ledger,
    server: ModelServer,
    *functions: str,
    budget: Budget | None = None,
    name: str = "openai/rival",
) -> list[Trial]:
    """Each edit as one run judges it that has this adversary."""
    options = Options(
        adversary=name, adversary_api_base=server.url, proposer="llm", model="openai/test",
        remember=False,
    )  # fmt: skip
    account = Account(ledger, budget or Budget())
    judge_edit = judging_in(session, account, options, lambda _text: None)
    start, end = SHOP.index("def common"), SHOP.index("\n\ndef cold")
    for function in functions:
        head, body = function.split("\n", 1)
        text = f'{head}\n    """The items of xs that are in ys, in order."""\n{body}'
        edit = Edit(SHOP[:start] + text + SHOP[end:], title="a set")
        ledger.add(edit)
        ledger.record_judged(judge_edit(edit))
    return ledger.trials()


def last(trial: Trial) -> tuple[str, str, str]:
    found = trial.verdict.evidence[-1]
    return trial.decision, found.gate, found.detail


@pytest.mark.slow
def test_it_is_its_input_that_refutes(session: Session, ledger: Ledger) -> None:
    """Harmless ones do not; `same` asks the model that proposes."""
    with ModelServer(answering(HARMLESS)) as server:
        (trial,) = judged(session, ledger, server, ODD, name="same")
        assert last(trial)[:2] == ("survived", "adversary")
        assert [item.model for item in asked(server)] == ["test"]


def test_what_it_wrote_counts_for_later_edits(session: Session, ledger: Ledger) -> None:
    """A second edit with the first one's mistake is refuted without a request."""
    with ModelServer(answering(BREAKS_IT)) as server:
        also = ODD.replace("known", "kept").replace("set(ys)", "set(ys) | set()")
        first, second = judged(session, ledger, server, FAST, also)
        assert last(first)[:2] == ("survived", "adversary")
        assert last(second)[:2] == ("refuted", "adversary")
        assert len(server.requests) == 1
        assert len(written_for([first])) == 2


def test_so_many_inputs_are_kept_of_a_run() -> None:
    """The last ones, each once, in their order; what else a trial's evidence holds is no input."""

    def trial(*inputs: bytes) -> Trial:
        data = {"inputs": [base64.b64encode(item).decode() for item in inputs]}
        found = Evidence("adversary", Status.SURVIVED, "", data=data)
        other = Evidence("replay", Status.SURVIVED, "", data={"inputs": 7})
        return Trial(Edit("x"), Verdict((other, found)), None, Cost(), "survived", "")

    assert written_for([trial(b"a", b"b"), trial(b"b", b"c")]) == [b"a", b"b", b"c"]
    many = [b"%d" % number for number in range(500)]
    assert written_for([trial(*many)]) == many[-200:]
    large = [bytes([number]) * (1 << 16) for number in range(10)]
    assert written_for([trial(*large)]) == large[-4:]
    assert written_for([]) == []


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (GARBAGE, "no input was written; the adversary's reply has no program with cases()"),
        (HOSTILE, "no input was written; its program fails: "),
        (OUTSIDE, "0 inputs written to break it agree, or the original has no answer; 3 are"),
        (FAULTS["401"], "no input was written; the adversary cannot be asked: "),
        (FAULTS["refusal"], "no input was written; the adversary's reply has no program"),
    ],
    ids=["garbage", "hostile", "outside", "401", "refusal"],
)
def test_what_is_no_input_refutes_nothing(
    session: Session, ledger: Ledger, reply: str | Answer, told: str
) -> None:
    """A right edit survives whatever the adversary does, and what it did is on record."""
    with ModelServer(answering(reply)) as server:
        (trial,) = judged(session, ledger, server, FAST)
        assert last(trial)[:2] == ("survived", "adversary")
        assert last(trial)[2].startswith(told)
        assert len(ledger.calls()) == len(server.requests) == 1


def test_one_that_cannot_be_asked_is_asked_once(session: Session, ledger: Ledger) -> None:
    """A wrong key stays wrong: the second edit is judged without it."""
    with ModelServer(answering(FAULTS["401"])) as server:
        other = FAST.replace("set(ys)", "frozenset(ys)")
        *_, second = judged(session, ledger, server, FAST, other)
        assert "is not asked any more" in last(second)[2]
        assert (second.decision, len(server.requests)) == ("survived", 1)


def test_its_replies_are_paid_from_the_same_budget(session: Session, ledger: Ledger) -> None:
    """With too little left it is not asked, which changes no verdict."""
    with ModelServer(answering(BREAKS_IT)) as server:
        (trial,) = judged(session, ledger, server, ODD, budget=Budget(tokens=300))
        assert trial.decision == "survived"
        assert "does not pay for the adversary" in last(trial)[2]
        assert server.requests == []


def test_a_resumed_run_asks_no_second_time(session: Session, ledger: Ledger) -> None:
    """A reply on record is used again."""
    with ModelServer(answering(BREAKS_IT)) as server:
        judged(session, ledger, server, FAST)
        judged(session, ledger, server, FAST)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"adversary": "same"}, "needs the model that proposes"),
        ({"adversary_api_base": "http://x"}, "no adversary"),
        ({"adversary": "nonsense"}, "names no provider"),
        ({"adversary": "openai/gpt-4o"}, "export OPENAI_API_KEY"),
        (
            {"adversary": "openai/mine", "adversary_api_base": "http://x", "budget": "1usd"},
            "the price of openai/mine is not known",
        ),
    ],
)
def test_what_is_missing_is_said(
    options: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any work, with what to do; an adversary that can be asked is accepted."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UsageError, match=told):
        require_adversary(Options(**options))
    require_adversary(Options(adversary="openai/mine", adversary_api_base="http://127.0.0.1:1"))


@pytest.mark.parametrize(
    ("reply", "program"),
    [
        ("```python\ndef cases():\n    yield (1,)\n```", "def cases():\n    yield (1,)\n"),
        ("```\nx = 1\n```\n```py\ncases = lambda: []\n```", "cases = lambda: []\n"),
        ("def cases():\n    yield (1,)\n", "def cases():\n    yield (1,)\n"),
        ("```python\ndef cases(:\n```", ""),
        ("```python\ndef inputs():\n    yield (1,)\n```", ""),
        ("<think>def cases(): ...</think>no", ""),
        ("", ""),
    ],
)
def test_a_program_is_found_in_a_reply(reply: str, program: str) -> None:
    """The first block that is Python and defines `cases`."""
    assert program_in(reply).strip() == program.strip()
