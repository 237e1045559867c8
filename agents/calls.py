"""A Call: one request to a language model, what came back, and what it is charged with."""

from dataclasses import dataclass

SENT, ANSWERED, FAILED = "sent", "answered", "failed"
FREE = frozenset(
    {
        *("unreachable", "rate_limited", "quota", "auth", "no_such_model", "bad_request"),
        *("context_too_long", "server_error"),
    }
)
"""No server, or an error's status: providers bill nothing for those. After any other fault (a
timeout, a connection cut in the middle) they may bill what perfbot never saw."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation: `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counts them; `cached` ones are among `prompt`."""

    prompt: int
    completion: int
    cached: int = 0

    @property
    def total(self) -> int:
        """All that is billed."""
        return self.prompt + self.completion


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt to get one reply. `key` names the reply that is wanted; attempts count from 1."""

    key: str
    attempt: int
    model: str
    """The model asked."""
    messages: tuple[Message, ...]
    reserved: Usage
    """The most it was expected to take, set aside before it was sent."""
    reserved_usd: float | None
    """The same in US dollars; None where the model's price is not known."""
    state: str = SENT
    """sent (no answer is on record), answered or failed."""
    reply: str = ""
    fault: str = ""
    """What is wrong with it: a `Fault`'s kind; empty for a whole reply."""
    detail: str = ""
    answered_by: str | None = None
    """The model that answered, in its own words."""
    fingerprint: str | None = None
    """The provider's system_fingerprint."""
    finish: str | None = None
    """Why the model stopped: `stop`, `length`, ..."""
    usage: Usage | None = None
    usd: float | None = None
    """None where the price is not known."""
    seconds: float = 0.0
    client: str = ""
    """What sent it, with its version: prices are of that version's list."""

    @property
    def tokens(self) -> int:
        """Tokens it is charged with: those billed, else those that may have been."""
        if self.state == FAILED and self.fault in FREE:
            return 0
        return (self.usage or self.reserved).total

    @property
    def charged_usd(self) -> float | None:
        """US dollars it is charged with, likewise; None where the price is not known."""
        if self.state == FAILED and self.fault in FREE:
            return 0.0
        return self.reserved_usd if self.usage is None else self.usd


_BYTES_PER_TOKEN = 3
"""Code has 3 to 4 bytes a token in the byte-pair encodings of today: rather too many are told."""


def tokens_in(text: str) -> int:
    """About how many tokens a text has, rather too many: no model's own tokeniser is asked."""
    return len(text.encode("utf-8", "backslashreplace")) // _BYTES_PER_TOKEN
