"""Each way a server misbehaves becomes a fault of a known kind; nothing else ever comes out."""

import os
import socket
from collections.abc import Iterator

import pytest

from perfbot.agents.calls import FREE, Message, Usage
from perfbot.agents.llm import Model, Reply, complete, price, require_usable
from perfbot.agents.llm_errors import (
    OF_REPLY,
    RETRIED,
    Fault,
    FaultError,
    fault_of,
    stopped_by,
)
from perfbot.sandbox.errors import MachineError, UsageError
from tests.agents.model_server import FAULTS, GOOD, ModelServer, completion

KINDS = {
    "401": "auth",
    "403": "auth",
    "404": "no_such_model",
    "429 with retry-after": "rate_limited",
    "429 for an hour": "rate_limited",
    "429 no quota": "quota",
    "400": "bad_request",
    "500": "server_error",
    "503": "server_error",
    "529": "server_error",
    "500 as HTML": "server_error",
    "no answer": "timeout",
    "body in drips": "timeout",
    "body cut off": "connection_lost",
    "connection reset": "connection_lost",
    "malformed JSON": "bad_response",
    "HTML with status 200": "bad_response",
    "empty body": "bad_response",
    "error with status 200": "server_error",
    "no choices": "bad_response",
    "empty choices": "bad_response",
    "context overflow": "context_too_long",
}
"""Faults that come as exceptions."""
REPLY_KINDS = {
    "refusal": "refused",
    "content filter": "refused",
    "null content": "empty",
    "empty content": "empty",
    "cut at the length": "truncated",
    "prose": None,
    "code that does not parse": None,
}
"""Replies with something wrong in them; whether there is code in a whole one is not looked at."""
MESSAGES = (Message("user", "Function: `f` in `a.py`"),)


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    """A server whose model names say how it misbehaves."""
    with ModelServer(lambda request: FAULTS[request.model]) as running:
        _asked("prose", running.url, 60.0)  # LiteLLM imports more of itself at the first call
        yield running


def _asked(name: str, base: str, timeout_s: float = 2.0) -> Reply:
    return complete(Model(f"openai/{name}", base, timeout_s=timeout_s), MESSAGES, reply_tokens=99)


def test_every_fault_of_the_server_is_tested() -> None:
    """A fault added to the server must be given its kind here."""
    assert set(KINDS) | set(REPLY_KINDS) == set(FAULTS)


@pytest.mark.parametrize("name", KINDS)
def test_a_call_without_a_reply_has_a_kind(server: ModelServer, name: str) -> None:
    """One request is sent, and what came of it is named, in words without the key."""
    before = len(server.requests)
    with pytest.raises(FaultError) as raised:
        _asked(name, server.url)
    fault = raised.value.fault
    assert fault.kind == KINDS[name], fault
    assert len(server.requests) == before + 1
    assert "abcdefghijklmnop" not in fault.detail
    assert len(fault.detail) <= 300


@pytest.mark.parametrize("name", REPLY_KINDS)
def test_a_reply_that_is_no_answer_is_named(server: ModelServer, name: str) -> None:
    """LiteLLM raises nothing for these; their usage is kept, since they are billed."""
    reply = _asked(name, server.url)
    assert (reply.fault.kind if reply.fault else None) == REPLY_KINDS[name]
    assert reply.usage == Usage(1000, 100)


def test_nobody_at_the_address_is_unreachable() -> None:
    """A refused connection and a name that does not exist are not the model's failures."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        port = taken.getsockname()[1]
        for base in (f"http://127.0.0.1:{port}", "http://no-such-host.invalid/v1"):
            with pytest.raises(FaultError) as raised:
                _asked("x", base)
            assert raised.value.fault.kind == "unreachable"


def test_retry_after_is_read(server: ModelServer) -> None:
    """The server says how long to wait."""
    with pytest.raises(FaultError) as raised:
        _asked("429 for an hour", server.url)
    assert raised.value.fault.after_s == 3600


def test_a_whole_reply_is_read() -> None:
    """Text, who answered, fingerprint, tokens; a missing count is None and not 0."""
    with ModelServer(lambda request: completion(GOOD, model="other")) as server:
        reply = _asked("test", server.url)
        assert (reply.text, reply.answered_by, reply.fault) == (GOOD, "other", None)
        assert reply.fingerprint == "fp_test"
        sent = server.requests[0]
    assert sent.headers["Authorization"] == "Bearer none"
    assert (sent.body["max_tokens"], sent.body.get("temperature")) == (99, None)
    with ModelServer(lambda request: completion(GOOD, usage=None)) as server:
        assert _asked("test", server.url).usage is None


def test_a_reply_is_text_for_any_file() -> None:
    """JSON can spell half a character, which no file and no database takes."""
    with ModelServer(lambda request: completion("a \udc80 b")) as server:
        assert _asked("test", server.url).text == "a ? b"


def test_temperature_is_sent_where_it_is_set() -> None:
    """And only there: some models take none."""
    with ModelServer(lambda request: completion(GOOD)) as server:
        complete(Model("openai/t", server.url, temperature=0.5), MESSAGES, reply_tokens=9)
        assert server.requests[0].body["temperature"] == 0.5


@pytest.mark.parametrize("kind", [*sorted(set(KINDS.values()) - OF_REPLY), "unreachable"])
def test_every_kind_has_a_message_with_a_next_step(kind: str) -> None:
    """The run's end names the model or the server, says what to do, and that it can go on."""
    error = stopped_by(Fault(kind, "words of the server"), "openai/m", "http://x", 4)
    assert "words of the server" in error.happened
    assert "perfbot resume" in error.todo
    assert error.exit_code == (2 if kind in ("no_such_model", "bad_request") else 4)
    assert isinstance(error, UsageError if error.exit_code == 2 else MachineError)


def test_only_what_may_pass_is_retried() -> None:
    """A wrong key, model or request stays wrong."""
    assert not RETRIED & {"auth", "no_such_model", "bad_request", "quota", *OF_REPLY}


def test_what_can_be_known_is_said_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No provider of that name; a key that is not set, unless the server is one's own."""
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        monkeypatch.delenv(name)
    with pytest.raises(UsageError, match="names no provider"):
        require_usable(Model("gpt-nonsense"))
    with pytest.raises(UsageError, match="ANTHROPIC_API_KEY"):
        require_usable(Model("anthropic/claude-sonnet-4-5"))
    require_usable(Model("openai/mine", "http://127.0.0.1:1"))


def test_a_price_is_known_or_unknown() -> None:
    """A model of the list has its price per token; another has none, which is not 0."""
    assert price(Model("openai/gpt-4o"), Usage(1000, 1000)) == pytest.approx(0.0125)
    assert price(Model("openai/mine"), Usage(1000, 1000)) is None


def test_a_status_that_no_server_gave_is_not_taken_for_one() -> None:
    """LiteLLM says 500 of all that it does not know: the reply may be lost, and is charged."""
    from litellm.exceptions import InternalServerError

    fault = fault_of(InternalServerError("odd", llm_provider="openai", model="m"))
    assert fault.kind == "unknown_error" and fault.retried
    assert fault.kind not in FREE and "server_error" in FREE
