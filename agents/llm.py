"""One request to a language model through LiteLLM: any provider it knows, and local servers.

LiteLLM is imported at the first use (it takes 3 s), with the settings it needs to stay offline
and quiet. It retries nothing and falls back to nothing here: `asker.py` alone repeats a request.
"""

import functools
import json
import logging
import os
import queue
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from perfbot.agents.calls import Message, Usage
from perfbot.agents.llm_errors import Fault, FaultError, fault_of
from perfbot.sandbox.errors import UsageError

_POLL_S = 0.2
_NO_KEY = "none"
"""What a local server that asks for no key is sent in its place."""
_KEY_NAMES = ("_KEY", "_TOKEN")


@dataclass(frozen=True, slots=True)
class Model:
    """A model, where it is, and how it is asked."""

    name: str
    """As LiteLLM names it: `PROVIDER/MODEL`."""
    api_base: str | None = None
    temperature: float | None = None
    """None leaves it to the provider."""
    reply_tokens: int = 8192
    """The longest reply; what a model spends on reasoning is part of it."""
    timeout_s: float = 300.0
    """For one whole reply, from sending the request to its last byte."""

    @property
    def where(self) -> str:
        """The server that is asked, in words."""
        return self.api_base or self.name.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered. `fault` says what is wrong with it, None for a whole reply."""

    text: str
    answered_by: str | None
    fingerprint: str | None
    finish: str | None
    usage: Usage | None
    fault: Fault | None


@functools.cache
def litellm() -> Any:
    """The LiteLLM module, imported with settings that keep it from network, files and talk."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # only this word works
    os.environ["LITELLM_MODE"] = "PRODUCTION"  # else it loads a .env found above site-packages
    import litellm as module

    module.suppress_debug_info = True
    module.telemetry = False
    module.drop_params = False
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    return module


def client() -> str:
    """What sends the requests; its version names the list of prices, too."""
    return f"litellm {version('litellm')}"


def require_usable(model: Model) -> None:
    """Check, before anything is spent, what can be checked without asking.

    Raises:
        UsageError: LiteLLM knows no such provider, or its key is not in the environment.
    """
    module = litellm()
    try:
        module.get_llm_provider(model.name, api_base=model.api_base)
    except module.exceptions.BadRequestError as error:
        raise UsageError(
            f"--model {model.name} names no provider that LiteLLM knows",
            "write PROVIDER/NAME, e.g. openai/gpt-4o or ollama/qwen2.5-coder; "
            "for a local server openai/NAME with --api-base",
        ) from error
    missing = _missing_keys(model)
    if missing and model.api_base is None:
        raise UsageError(
            f"the key for {model.name} is not set",
            f"export {' and '.join(missing)}; or give a local server with --api-base",
        )


def price(model: Model, usage: Usage) -> float | None:
    """US dollars by the list of prices that LiteLLM brings; None where the model is not in it."""
    module = litellm()
    try:
        prompt, completion = module.cost_per_token(
            model=model.name,
            prompt_tokens=usage.prompt,
            completion_tokens=usage.completion,
            cache_read_input_tokens=usage.cached,
        )
    except Exception:  # noqa: BLE001 - it raises a bare Exception's subclass; unknown is data
        return None
    return float(prompt + completion)


def complete(
    model: Model,
    messages: Sequence[Message],
    *,
    reply_tokens: int,
    stopped: Callable[[], bool] = lambda: False,
) -> Reply:
    """Ask once and wait for the whole reply, `model.timeout_s` seconds at most.

    Raises:
        FaultError: no reply came of it.
    """
    # Imported before the clock runs: a request must not be sent when nobody waits for it any more.
    litellm()
    _missing_keys(model)
    box: queue.Queue[Any] = queue.Queue()

    def work() -> None:
        try:
            box.put(_send(model, messages, reply_tokens))
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits
            box.put(error)

    # A thread of its own: LiteLLM's timeout is for each read, and a server that drips outlives it.
    threading.Thread(target=work, daemon=True).start()
    waited = 0.0
    while True:
        try:
            found = box.get(timeout=_POLL_S)
            break
        except queue.Empty:
            waited += _POLL_S
            if stopped():
                raise FaultError(Fault("stopped", "interrupted")) from None
            if waited >= model.timeout_s:
                detail = f"no whole reply within {model.timeout_s:g} s"
                raise FaultError(Fault("timeout", detail)) from None
    if isinstance(found, Exception):
        raise FaultError(fault_of(found)) from found
    return _read(found)


def _send(model: Model, messages: Sequence[Message], reply_tokens: int) -> Any:
    options: dict[str, Any] = {}
    if model.temperature is not None:
        options["temperature"] = model.temperature
    if model.api_base is not None:
        options["api_base"] = model.api_base
        if _missing_keys(model):
            options["api_key"] = _NO_KEY
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return litellm().completion(
            model=model.name,
            messages=[{"role": item.role, "content": item.content} for item in messages],
            max_tokens=reply_tokens,
            timeout=model.timeout_s,
            num_retries=0,
            max_retries=0,
            **options,
        )


def _read(response: Any) -> Reply:
    """What LiteLLM raises no error for is looked at here."""
    found = response.model_dump() if hasattr(response, "model_dump") else dict(response)
    choices = found.get("choices") or []
    if not choices:
        raise FaultError(Fault("bad_response", "a reply without choices"))
    message = choices[0].get("message") or {}
    text = message.get("content")
    finish = choices[0].get("finish_reason")
    # A lone surrogate, which JSON can spell, is no text for a file or a database.
    text = text.encode("utf-8", "replace").decode() if isinstance(text, str) else ""
    return Reply(
        text=text,
        answered_by=found.get("model"),
        fingerprint=found.get("system_fingerprint"),
        finish=finish,
        usage=_usage(found.get("usage")),
        fault=_fault_in(text, finish, _refusal(message)),
    )


def _refusal(message: dict[str, Any]) -> object:
    """What the model says where it declines, by OpenAI's API; LiteLLM moves it aside."""
    beside = message.get("provider_specific_fields") or {}
    return message.get("refusal") or beside.get("refusal")


def _fault_in(text: str, finish: object, refusal: object) -> Fault | None:
    if refusal:
        return Fault("refused", json.dumps(refusal)[:300])
    if finish == "content_filter":
        return Fault("refused", "the provider's filter held the reply back")
    if finish == "length":
        return Fault("truncated", "the reply is cut off at the longest length allowed")
    if not text.strip():
        return Fault("empty", "the reply is empty")
    return None


def _usage(found: object) -> Usage | None:
    """The provider's count; LiteLLM gives zeros where there is none."""
    if not isinstance(found, dict) or not found.get("total_tokens"):
        return None
    details = found.get("prompt_tokens_details") or {}
    return Usage(
        prompt=int(found.get("prompt_tokens") or 0),
        completion=int(found.get("completion_tokens") or 0),
        cached=int(details.get("cached_tokens") or 0),
    )


def _missing_keys(model: Model) -> tuple[str, ...]:
    """The variables with keys of the model's provider that are not set."""
    found = litellm().validate_environment(model=model.name)
    missing = found.get("missing_keys") or []
    return tuple(name for name in missing if name.endswith(_KEY_NAMES))
