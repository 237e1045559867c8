"""Every way a call to a model can end without a usable reply: a Fault, named and explained.

Transport faults stop the run with a message (and `perfbot resume` goes on); what is wrong with a
reply itself is data: the call is recorded, billed and answered with no edit.
"""

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from perfbot.agents.scrub import scrubbed
from perfbot.sandbox.errors import MachineError, PerfbotError, UsageError

RETRIED = frozenset(
    {
        *("timeout", "connection_lost", "bad_response", "rate_limited", "server_error"),
        "unknown_error",
    }
)
"""Faults that may be over a moment later; after any other the same request fails again."""
OF_REPLY = frozenset({"refused", "truncated", "empty", "context_too_long"})
"""The model answered, but not with what was asked for."""
_SHOWN = 300
_NAMES = re.compile(r"^((litellm\.)?\w+(Error|Exception)( -|:) ?)+")


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong: one of the kinds above, in the server's words, cut and scrubbed."""

    kind: str
    detail: str
    after_s: float | None = None
    """So long the server asks to be left alone (Retry-After)."""

    @property
    def retried(self) -> bool:
        """Whether the same request may succeed later."""
        return self.kind in RETRIED


class FaultError(Exception):
    """A call ended without a whole reply."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(f"{fault.kind}: {fault.detail}")


def fault_of(error: BaseException) -> Fault:
    """What an exception of LiteLLM's means.

    Its own type says little: a refused connection, bad JSON and a page of HTML all come as
    InternalServerError, so the causes below it are looked at (as of LiteLLM 1.106).
    """
    import httpx

    kinds = [type(item).__name__ for item in _causes(error)]
    status = getattr(error, "status_code", None)
    detail = _words(error) or (f"status {status}" if status else kinds[0])
    lower = detail.lower()
    below = list(_causes(error))
    if "ContextWindowExceededError" in kinds:
        return Fault("context_too_long", detail)
    if "ContentPolicyViolationError" in kinds:
        return Fault("refused", detail)
    if any(isinstance(item, httpx.TimeoutException) for item in below) or "Timeout" in kinds:
        return Fault("timeout", detail)
    if any(isinstance(item, _UNREACHABLE) for item in below) or any(
        isinstance(item, httpx.ConnectError) for item in below
    ):
        return Fault("unreachable", detail)
    if any(isinstance(item, httpx.TransportError) for item in below):
        return Fault("connection_lost", detail)
    malformed = any(isinstance(item, json.JSONDecodeError) for item in below)
    if malformed or "invalid response" in lower or "'choices'" in lower:
        return Fault("bad_response", detail)
    found = _by_status(status, detail, _retry_after(error))
    if found.kind == "server_error" and not _told_by_server(below):
        return Fault("unknown_error", detail)
    return found


def _told_by_server(causes: list[BaseException]) -> bool:
    """Whether the status is the server's own; LiteLLM gives 500 to all that it does not know."""
    import httpx

    return any(
        isinstance(item, httpx.HTTPStatusError)
        or (hasattr(item, "status_code") and not type(item).__module__.startswith("litellm"))
        for item in causes
    )


def _words(error: BaseException) -> str:
    """The server's words, without the names of exceptions that LiteLLM puts before them."""
    text = scrubbed(" ".join(str(error).split()))
    return _NAMES.sub("", text)[:_SHOWN].strip()


_UNREACHABLE = (ConnectionRefusedError, socket.gaierror)


def _by_status(status: object, detail: str, after_s: float | None) -> Fault:
    match status:
        case 401 | 403:
            return Fault("auth", detail)
        case 404:
            return Fault("no_such_model", detail)
        case 429 if "quota" in detail.lower() or "billing" in detail.lower():
            return Fault("quota", detail)
        case 429:
            return Fault("rate_limited", detail, after_s)
        case 400 | 413 | 422 if "context" in detail.lower() or status == 413:
            return Fault("context_too_long", detail)
        case 400 | 405 | 422:
            return Fault("bad_request", detail)
    return Fault("server_error", detail, after_s)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _retry_after(error: BaseException) -> float | None:
    """Seconds, where the server gives them; the form that is a date is left out."""
    headers = getattr(error, "litellm_response_headers", None) or {}
    text = str(headers.get("retry-after", ""))
    return float(text) if text.replace(".", "", 1).isdigit() else None


def stopped_by(fault: Fault, model: str, where: str, tries: int) -> PerfbotError:
    """The error that ends a run: what happened, and what the person can do about it.

    `where` is the server asked, in words.
    """
    said = f" ({fault.detail})" if fault.detail else ""
    often = f" after {tries} tries" if tries > 1 else ""
    happened, todo = _STOPS[fault.kind]
    text = happened.format(model=model, where=where) + often + said
    kind = UsageError if fault.kind in ("no_such_model", "bad_request") else MachineError
    return kind(text, todo + "; `perfbot resume` goes on, and no reply is asked for twice")


_STOPS = {
    "unreachable": (
        "nothing answers at {where}",
        "start the server, or check --api-base and the network",
    ),
    "auth": (
        "{where} refuses the key for {model}",
        "check the provider's key variable in the environment, e.g. OPENAI_API_KEY",
    ),
    "no_such_model": (
        "{where} has no model {model}",
        "check --model (PROVIDER/NAME as in LiteLLM's list) and --api-base",
    ),
    "quota": (
        "the account for {model} has no quota left",
        "top it up at the provider, or choose another --model",
    ),
    "bad_request": (
        "{where} does not take the request for {model}",
        "check --temperature and --reply-tokens: not every model takes every value",
    ),
    "rate_limited": (
        "{where} limits the rate for {model}",
        "wait a while, or ask for fewer replies at once with --samples",
    ),
    "timeout": (
        "{model} gave no whole reply in time",
        "give it longer with --model-timeout",
    ),
    "connection_lost": (
        "the connection to {where} breaks in the middle of a reply",
        "check the server's log",
    ),
    "bad_response": (
        "{where} answers, but not as a chat completion",
        "check that --api-base is the API's address (it often ends in /v1), not a web page's",
    ),
    "unknown_error": (
        "the request for {model} to {where} fails in a way that perfbot does not know",
        "check the server's log, and whether LiteLLM knows this model",
    ),
    "server_error": (
        "{where} fails on the request for {model}",
        "check the provider's status, or the server's log",
    ),
}
