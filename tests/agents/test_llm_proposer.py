"""The proposer: one prompt, several replies, each an edit, a repair, or a problem on record."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from perfbot.agents.asker import Asker
from perfbot.agents.context import REQUIRED, Section
from perfbot.agents.llm import Model
from perfbot.agents.llm_proposer import CLOSED, ModelProposer
from perfbot.agents.proposal import Proposal
from perfbot.agents.search import Account, Budget, ProposalSpec
from perfbot.optimizer.ledger import Ledger, new_run
from perfbot.optimizer.spend import authors_of, spend_by_model
from perfbot.optimizer.trace import render_trace
from perfbot.sandbox.edit import baseline
from perfbot.sandbox.errors import MachineError
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.target import Target
from tests.agents.model_server import FAULTS, Answer, ModelServer, Request, completion

SOURCE = "def f(x):\n    y = x\n    return y\n"
ONE, TWO = (
    f"Change: {name}\n\n```python\ndef f(x):\n    return {body}\n```"
    for name, body in (("one", "x"), ("two", "+x"))
)
BROKEN = "```python\ndef f(x:\n    return x\n```"


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """`f` in a file."""
    (tmp_path / "m.py").write_text(SOURCE)
    return locate(tmp_path, "m.py", "f", import_root=".")


@pytest.fixture
def ledger(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A new run that has the original."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    run = new_run(target, base=None, options={})
    run.add(baseline(target))
    yield run
    run.close()


def _proposer(
    ledger: Ledger, target: Target, server: ModelServer, samples: int, budget: Budget | None = None
) -> ModelProposer:
    model = Model("openai/test", server.url, reply_tokens=2000, timeout_s=20)
    asker = Asker(model, Account(ledger, budget or Budget()), first_wait_s=0.01)
    background = [Section("The function", target.source, REQUIRED), Section("More", "m" * 9000, 10)]
    return ModelProposer(target, asker, background, samples=samples)


def _propose(proposer: ModelProposer) -> list[Proposal] | None:
    spec = ProposalSpec(baseline(proposer.target).id, "llm", "openai/test")
    found = proposer.propose(spec)
    if found is not None:
        proposer.asker.account.archive.record_proposals(spec.key, found)
    return found


def test_samples_are_edits_each_once(ledger: Ledger, target: Target) -> None:
    """Three replies of which two agree are two proposals, and each knows its call."""
    replies = [ONE, TWO, ONE]
    with ModelServer(lambda request: completion(replies[request.number - 1])) as server:
        found = _propose(_proposer(ledger, target, server, 3))
    assert found is not None
    assert {item.edit.title for item in found} == {"one", "two"}
    for item in found:
        (call,) = ledger.calls(item.call)
        assert item.edit.title in call.reply
        (author,) = authors_of(ledger, item.edit.id)
        assert (author.asked, author.prompt_tokens) == ("openai/test", 1000)


@pytest.mark.parametrize("first", [BROKEN, "cut at the length"])
def test_a_reply_that_does_not_parse_is_sent_back_once(
    ledger: Ledger, target: Target, first: str
) -> None:
    """With what is wrong with it, and after the same beginning."""
    broken = FAULTS.get(first) or completion(first)
    with ModelServer(lambda request: broken if request.number == 1 else completion(ONE)) as server:
        found = _propose(_proposer(ledger, target, server, 1))
        assert found is not None
        assert [item.edit.title for item in found] == ["one"]
        asked, mending = server.requests
    assert mending.text.startswith(asked.text)
    assert "cannot be used" in mending.text
    assert mending.body["messages"][2]["role"] == "assistant"
    assert found[0].call.endswith("/repair")


@pytest.mark.parametrize(
    ("name", "requests"),
    [("prose", 1), ("refusal", 1), ("null content", 1), ("code that does not parse", 2)],
)
def test_a_reply_without_an_edit_is_on_record(
    ledger: Ledger, target: Target, name: str, requests: int
) -> None:
    """It is no proposal, no error, is charged, and is not repaired twice; prose is an answer."""
    with ModelServer(lambda request: FAULTS[name]) as server:
        proposer = _proposer(ledger, target, server, 1)
        assert _propose(proposer) == []
        assert _propose(proposer) == []
        assert len(server.requests) == requests
        assert ledger.tokens() == server.billed
    (spent,) = spend_by_model(ledger.calls(), ledger.all_proposals())
    assert (spent.edits, spent.replies, spent.usd) == (0, requests, None)


def test_a_prompt_that_is_too_long_is_cut(ledger: Ledger, target: Target) -> None:
    """What is worth least is left out, and the model is asked once more."""

    def answer(request: Request) -> Answer:
        return completion(ONE) if len(request.text) < 9000 else FAULTS["context overflow"]

    with ModelServer(answer) as server:
        found = _propose(_proposer(ledger, target, server, 1))
        assert found is not None
        assert [item.edit.title for item in found] == ["one"]
        assert len(server.requests) == 2
        assert server.requests[1].target == "m.py::f"


def test_siblings_of_a_failure_are_kept(ledger: Ledger, target: Target) -> None:
    """The reply that came is on record, and only the other is asked for when it goes on."""
    refusing = ModelServer(lambda r: completion(ONE) if r.number == 1 else FAULTS["401"])
    with refusing as server, pytest.raises(MachineError, match="refuses the key"):
        _propose(_proposer(ledger, target, server, 2))
    with ModelServer(lambda request: completion(TWO)) as server:
        found = _propose(_proposer(ledger, target, server, 2))
        assert found is not None
        assert {item.edit.title for item in found} == {"one", "two"}
        assert len(server.requests) == 1


def test_without_means_nothing_is_asked(ledger: Ledger, target: Target) -> None:
    """None, not "no edits": the request comes up again; the account says why it is closed."""
    with ModelServer(lambda request: completion(ONE)) as server:
        proposer = _proposer(ledger, target, server, 2, Budget(tokens=300))
        assert _propose(proposer) is None
        assert proposer.asker.account.used_up() == CLOSED
        assert not server.requests


def test_the_trace_shows_every_prompt_once(
    ledger: Ledger, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prompts, replies, who answered and what became of them; control characters spelled out."""
    replies = [BROKEN, f"\x1b[31m{ONE}"]
    with ModelServer(lambda request: completion(replies[request.number - 1])) as server:
        _propose(_proposer(ledger, target, server, 1))
    render_trace(ledger.calls(), ledger.all_proposals(), [])
    shown = capsys.readouterr().out
    assert shown.count("You make Python functions faster") == 1
    assert "(as in call 1)" in shown
    assert "answered by test; fingerprint fp_test; 1000 + 100 tokens; price unknown" in shown
    assert "(not judged)" in shown
    assert "\x1b" not in shown
    assert "\\x1b[31m" in shown
    render_trace([], [], [])
    assert capsys.readouterr().out == "No model was asked.\n"
