"""An OpenAI-compatible server on loopback: it replays replies, or misbehaves as it is told.

The tests' only provider. It counts what it is asked and what it would bill, so that a test can
compare that with what perfbot says it spent.
"""

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

PROMPT_TOKENS, REPLY_TOKENS = 1000, 100
"""What each reply is said to have used, unless a test says otherwise."""
_TARGET = re.compile(r"^Function: `([^`]+)` in `([^`]+)`", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in; `number` counts from 1."""

    number: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def model(self) -> str:
        return str(self.body["model"])

    @property
    def text(self) -> str:
        """All messages, one after the other."""
        return "\n\n".join(message["content"] for message in self.body["messages"])

    @property
    def target(self) -> str:
        """`path::qualname`, as the prompt names it."""
        found = _TARGET.search(self.text)
        assert found is not None, self.text[:500]
        return f"{found[2]}::{found[1]}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server does with a request."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    """Before the first byte."""
    drip_s: float = 0.0
    """Between every eight bytes of the body."""
    cut_at: int | None = None
    """The connection is reset after so many bytes of the body."""
    billed: int = 0
    """Tokens that a provider would charge for it."""


def completion(
    text: str | None,
    *,
    model: str = "test",
    finish: str = "stop",
    usage: tuple[int, int] | None = (PROMPT_TOKENS, REPLY_TOKENS),
    message: dict[str, Any] | None = None,
    **how: Any,
) -> Answer:
    """A chat completion whose content is `text`; `how` are fields of the Answer."""
    document: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "system_fingerprint": "fp_test",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text, **(message or {})},
            }
        ],
    }
    if usage is not None:
        prompt, reply = usage
        document["usage"] = {
            "prompt_tokens": prompt,
            "completion_tokens": reply,
            "total_tokens": prompt + reply,
        }
    return Answer(json.dumps(document).encode(), billed=sum(usage or ()), **how)


def failure(
    status: int, words: str, *, code: str = "", headers: dict[str, str] | None = None
) -> Answer:
    """An error as OpenAI's API words it."""
    error = {"message": words, "type": "error", "code": code or str(status)}
    return Answer(json.dumps({"error": error}).encode(), status, headers or {})


class ModelServer:
    """Serves `answer` until the `with` block ends; every request is kept in `requests`."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.billed = 0
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        """What `--api-base` takes."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> "ModelServer":
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    def received(self, body: dict[str, Any], headers: dict[str, str]) -> Answer:
        """Note a request and choose its answer."""
        with self.lock:
            request = Request(len(self.requests) + 1, body, headers)
            self.requests.append(request)
            answer = self.answer(request)
            self.billed += answer.billed
        return answer


@dataclass(slots=True)
class Replay:
    """Answers with recorded replies by target, each once and in order, then with `last`."""

    replies: dict[str, list[str]]
    last: str = "I see no faster way."
    given: dict[str, int] = field(default_factory=dict)

    def __call__(self, request: Request) -> Answer:
        waiting = self.replies.get(request.target, [])
        at = self.given.get(request.target, 0)
        self.given[request.target] = at + 1
        return completion(waiting[at] if at < len(waiting) else self.last)


GOOD = "```python\ndef f(x):\n    return x\n```"
LONG = "This model's maximum context length is 4096 tokens, however you requested 9000 tokens"
FAULTS: dict[str, Answer] = {
    "401": failure(401, "Incorrect API key provided: sk-abcdefghijklmnop1234", code="bad_key"),
    "403": failure(403, "Your account may not use this model"),
    "404": failure(404, "The model does not exist", code="model_not_found"),
    "429 with retry-after": failure(429, "Rate limit reached", headers={"Retry-After": "1"}),
    "429 for an hour": failure(429, "Rate limit reached", headers={"Retry-After": "3600"}),
    "429 no quota": failure(429, "You exceeded your current quota", code="insufficient_quota"),
    "400": failure(400, "temperature is not supported with this model"),
    "500": failure(500, "The server had an error"),
    "503": failure(503, "Overloaded"),
    "529": failure(529, "Overloaded"),
    "500 as HTML": Answer(b"<html>Bad gateway</html>", 500, {"Content-Type": "text/html"}),
    "no answer": completion(GOOD, wait_s=30.0),
    "body in drips": completion(GOOD, drip_s=1.0),
    "body cut off": completion(GOOD, cut_at=40),
    "connection reset": completion(GOOD, cut_at=0),
    "malformed JSON": Answer(b'{"id": "x", "choices": ['),
    "HTML with status 200": Answer(b"<html>Sign in</html>", 200, {"Content-Type": "text/html"}),
    "empty body": Answer(b""),
    "error with status 200": Answer(b'{"error": {"message": "overloaded", "code": 503}}'),
    "no choices": Answer(b'{"id": "x", "object": "chat.completion", "model": "m"}'),
    "empty choices": Answer(
        b'{"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": []}'
    ),
    "context overflow": failure(400, LONG, code="context_length_exceeded"),
    "refusal": completion(None, message={"refusal": "I can't help with that."}),
    "content filter": completion(None, finish="content_filter"),
    "null content": completion(None),
    "empty content": completion(""),
    "cut at the length": completion("```python\ndef f(x):\n    retu", finish="length"),
    "prose": completion("The function is as fast as it can be."),
    "code that does not parse": completion("```python\ndef f(x:\n    return\n```"),
}
"""What a server can do wrong, by name; what each becomes is in test_llm_faults.py."""


def _handler(owner: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            answer = owner.received(json.loads(self.rfile.read(size)), dict(self.headers))
            time.sleep(answer.wait_s)
            try:
                self.answer_with(answer)
            except OSError:
                self.close_connection = True  # the client went away

        def answer_with(self, answer: Answer) -> None:
            if answer.cut_at == 0:
                return self.reset()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if answer.drip_s:
                for start in range(0, len(answer.body), 8):
                    self.wfile.write(answer.body[start : start + 8])
                    self.wfile.flush()
                    time.sleep(answer.drip_s)
                return
            self.wfile.write(answer.body[: answer.cut_at])
            self.wfile.flush()
            if answer.cut_at is not None:
                self.reset()

        def reset(self) -> None:
            """End the connection with a reset, not an orderly close."""
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True

    return Handler
