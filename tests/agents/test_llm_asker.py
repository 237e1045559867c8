"""Asking is done once per key, repeated by one owner, and never beyond the budget."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perfbot.agents.asker import Asker, OutOfBudgetError, same_model
from perfbot.agents.calls import Message
from perfbot.agents.llm import Model
from perfbot.agents.search import Account, Budget
from perfbot.optimizer.ledger import Ledger, new_run, open_run
from perfbot.sandbox.errors import InterruptedRunError, MachineError, PerfbotError
from perfbot.sandbox.target import Target
from tests.agents.model_server import (
    FAULTS,
    GOOD,
    Answer,
    ModelServer,
    Request,
    completion,
    failure,
)

MESSAGES = (Message("user", "Function: `f` in `a.py`"),)
BILLED = 1100
"""Tokens of a reply of the server's."""


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A new run in a state folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    target = Target(tmp_path, "a.py", "f", "a", ".", "x", 0, 1, 1, 1, "function", False, False)
    run = new_run(target, base=None, options={})
    yield run
    run.close()


def _asker(
    ledger: Ledger,
    server: ModelServer,
    *,
    name: str = "openai/test",
    budget: Budget | None = None,
    reply_tokens: int = 2000,
    say: Callable[[str], None] = lambda _text: None,
) -> Asker:
    model = Model(name, server.url, reply_tokens=reply_tokens, timeout_s=20)
    return Asker(model, Account(ledger, budget or Budget()), say, first_wait_s=0.01)


def _after(count: int, fault: Answer) -> Callable[[Request], Answer]:
    """The fault so often, then a good reply."""
    return lambda request: fault if request.number <= count else completion(GOOD)


def test_an_answered_key_is_never_asked_again(ledger: Ledger) -> None:
    """Not in this process and not in one that resumes the run; another key is."""
    with ModelServer(lambda request: completion(GOOD)) as server:
        first = _asker(ledger, server).ask("k", MESSAGES)
        assert _asker(ledger, server).ask("k", MESSAGES) == first
        ledger.close()
        again = open_run(ledger.folder.name, resume=True)
        assert _asker(again, server).ask("k", (Message("user", "other"),)) == first
        assert len(server.requests) == 1
        _asker(again, server).ask("l", MESSAGES)
        assert again.tokens() == server.billed == 2 * BILLED
        again.close()


def test_a_call_is_on_record_before_it_is_sent(ledger: Ledger) -> None:
    """The server, when it is asked, finds the call set aside in the ledger: a kill loses none."""
    seen: list[tuple[str, int]] = []

    def answer(request: Request) -> Answer:
        reader = open_run(ledger.folder.name)
        seen.extend((call.state, reader.tokens()) for call in reader.calls())
        reader.close()
        return completion(GOOD)

    with ModelServer(answer) as server:
        _asker(ledger, server).ask("k", MESSAGES)
    ((state, tokens),) = seen
    assert state == "sent"
    assert tokens > 2000
    assert ledger.tokens() == BILLED


@pytest.mark.parametrize("name", ["500", "429 with retry-after", "connection reset"])
def test_what_may_pass_is_tried_again(ledger: Ledger, name: str) -> None:
    """Two faults, then a reply: three requests, each on record, the reply billed once."""
    with ModelServer(_after(2, FAULTS[name])) as server:
        asker = _asker(ledger, server)
        started = time.monotonic()
        assert asker.ask("k", MESSAGES).reply == GOOD
        assert len(server.requests) == 3
    assert [call.state for call in ledger.calls()] == ["failed", "failed", "answered"]
    if name.startswith("429"):
        assert time.monotonic() - started >= 2  # Retry-After: 1, twice


@pytest.mark.parametrize("name", ["401", "404", "400", "429 no quota", "429 for an hour"])
def test_what_stays_wrong_is_not_tried_again(ledger: Ledger, name: str) -> None:
    """One request, an error with its next step, nothing spent."""
    with ModelServer(lambda request: FAULTS[name]) as server:
        with pytest.raises(PerfbotError) as raised:
            _asker(ledger, server).ask("k", MESSAGES)
        assert raised.value.todo
        assert len(server.requests) == 1
    assert ledger.tokens() == 0


def test_tries_come_to_an_end(ledger: Ledger) -> None:
    """A server that always fails is asked four times, and a resumed run asks anew."""
    with ModelServer(lambda request: FAULTS["503"]) as server:
        asker = _asker(ledger, server)
        for sent in (4, 8):
            with pytest.raises(MachineError, match="after 4 tries"):
                asker.ask("k", MESSAGES)
            assert len(server.requests) == sent
    assert [call.attempt for call in ledger.calls("k")] == list(range(1, 9))


@pytest.mark.parametrize(
    "name", ["refusal", "null content", "cut at the length", "context overflow"]
)
def test_what_is_wrong_with_a_reply_is_data(ledger: Ledger, name: str) -> None:
    """The call ends with its fault, is billed as the provider bills it, and is asked once."""
    with ModelServer(lambda request: FAULTS[name]) as server:
        asker = _asker(ledger, server)
        assert asker.ask("k", MESSAGES).fault
        assert asker.ask("k", MESSAGES).fault
        assert len(server.requests) == 1
        assert ledger.tokens() == server.billed


def test_what_hardly_passes_is_tried_once_more(ledger: Ledger) -> None:
    """A malformed answer: the next one may be whole; after two of them the run stops."""
    with ModelServer(_after(1, FAULTS["empty body"])) as server:
        assert _asker(ledger, server).ask("k", MESSAGES).reply == GOOD
    with ModelServer(lambda request: FAULTS["empty body"]) as server:
        with pytest.raises(MachineError, match="after 2 tries"):
            _asker(ledger, server).ask("l", MESSAGES)
        assert len(server.requests) == 2


def test_a_lost_reply_stays_charged(ledger: Ledger) -> None:
    """The provider may bill a reply that was cut off: the budget assumes that it does."""
    with ModelServer(_after(1, FAULTS["body cut off"])) as server:
        _asker(ledger, server).ask("k", MESSAGES)
    assert ledger.tokens() > 2000 + BILLED


def test_the_token_budget_holds_with_many_in_flight(ledger: Ledger) -> None:
    """Eight threads at once: no request is sent that the budget would not pay for."""
    budget = Budget(tokens=7000)
    outcomes: list[str] = []

    def ask(number: int) -> None:
        try:
            asker.ask(f"k{number}", MESSAGES)
            outcomes.append("answered")
        except OutOfBudgetError:
            outcomes.append("out of budget")

    def slowly(request: Request) -> Answer:
        return completion(GOOD, usage=(15, request.body["max_tokens"]), wait_s=0.3)

    with ModelServer(slowly) as server:
        asker = _asker(ledger, server, budget=budget)
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.requests) == outcomes.count("answered") < 8
        assert sum(request.body["max_tokens"] for request in server.requests) <= 7000
        assert server.billed <= 7000


def test_the_rest_of_a_budget_limits_the_reply(ledger: Ledger) -> None:
    """The last reply may only be as long as there are tokens left; too few, and none is asked."""
    with ModelServer(lambda request: completion(GOOD, usage=(15, 485))) as server:
        asker = _asker(ledger, server, budget=Budget(tokens=1000))
        asker.ask("a", MESSAGES)
        asker.ask("b", MESSAGES)
        first, second = (request.body["max_tokens"] for request in server.requests)
        assert 900 < first < 1000
        assert 400 < second < 500
        with pytest.raises(OutOfBudgetError):
            asker.ask("c", MESSAGES)
        assert len(server.requests) == 2


def test_the_dollar_budget_holds(ledger: Ledger) -> None:
    """A reply of gpt-4o costs 1 cent per thousand tokens: half a cent buys less than 500."""
    with ModelServer(lambda request: completion(GOOD, usage=(15, 450))) as server:
        asker = _asker(ledger, server, name="openai/gpt-4o", budget=Budget(usd=0.005))
        call = asker.ask("a", MESSAGES)
        assert 400 < server.requests[0].body["max_tokens"] < 500
        assert call.usd == pytest.approx(15 * 2.5e-6 + 450 * 1e-5)
        assert ledger.usd() == call.usd
        with pytest.raises(OutOfBudgetError):
            asker.ask("b", MESSAGES)


def test_the_time_budget_ends_a_wait(ledger: Ledger) -> None:
    """A reply that would come after the run's end is not waited for."""
    with ModelServer(lambda request: completion(GOOD, wait_s=30)) as server:
        asker = _asker(ledger, server, budget=Budget(seconds=1.5))
        started = time.monotonic()
        with pytest.raises(OutOfBudgetError):
            asker.ask("k", MESSAGES)
        assert time.monotonic() - started < 15


@pytest.mark.parametrize("answer", [completion(GOOD, wait_s=30), failure(503, "busy")])
def test_an_interrupt_is_not_waited_for(ledger: Ledger, answer: Answer) -> None:
    """Neither the reply nor the next try keeps Ctrl-C waiting."""
    with ModelServer(lambda request: answer) as server:
        asker = _asker(ledger, server)
        asker.first_wait_s = 60
        timer = threading.Timer(0.5, lambda: setattr(asker.account, "stopping", True))
        timer.start()
        started = time.monotonic()
        with pytest.raises(InterruptedRunError):
            asker.ask("k", MESSAGES)
        assert time.monotonic() - started < 15


def test_no_secret_is_sent_recorded_or_shown(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values of secret-sounding variables and known shapes of keys are cut out everywhere."""
    key = "sk-proj-abcdefghijklmnop0123456789"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    monkeypatch.setenv("DEPLOY_PASSWORD", "correct-horse-42")
    monkeypatch.setenv("DB_PASSWORD", "postgres")
    github = "ghp_" + "a1" * 18
    prompt = f"key {key} password correct-horse-42 token {github} of postgres"
    secrets = (key, "correct-horse-42", github)
    with ModelServer(lambda request: completion(f"{key} {GOOD}")) as server:
        call = _asker(ledger, server).ask("k", (Message("user", prompt),))
        sent = server.requests[0]
    assert sent.headers["Authorization"] == f"Bearer {key}"  # to the provider, and only as its key
    recorded = b"".join(file.read_bytes() for file in ledger.folder.iterdir())
    for secret in secrets:
        assert secret not in sent.text
        assert secret not in call.reply
        assert secret.encode() not in recorded
    assert "postgres" in sent.text  # a word of the source, not a secret
    refusing = ModelServer(lambda request: failure(401, f"Incorrect key {key}"))
    with refusing as server, pytest.raises(MachineError) as raised:
        _asker(ledger, server).ask("l", MESSAGES)
    assert key not in str(raised.value)
    assert "[secret]" in str(raised.value)


def test_another_model_than_asked_is_told_once(ledger: Ledger) -> None:
    """A name with a date is the same model; a different name is warned of."""
    said: list[str] = []
    with ModelServer(lambda request: completion(GOOD, model="cheap-1")) as server:
        asker = _asker(ledger, server, say=said.append)
        asker.ask("a", MESSAGES)
        asker.ask("b", MESSAGES)
    assert said == ["warning: openai/test was asked, and cheap-1 answered"]
    assert same_model("openai/gpt-4o", "gpt-4o-2024-08-06")
    assert same_model("anthropic/claude-sonnet-4-5-20250929", "claude-sonnet-4-5")
    for other in ("gpt-3.5-turbo", "gpt-4o-mini", "gpt-4"):
        assert not same_model("openai/gpt-4o", other)
