"""Gets a reply on record: asks once per key, retries alone, keeps to the budget.

A call is on record before it is sent, with the most it may cost: so what is in flight is set
aside, and what a kill lost sight of stays charged. A key with an answer is never asked again.
"""

import itertools
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from perfbot.agents.calls import ANSWERED, FAILED, Call, Message, Usage, tokens_in
from perfbot.agents.llm import Model, Reply, client, complete, price
from perfbot.agents.llm_errors import OF_REPLY, Fault, FaultError, stopped_by
from perfbot.agents.scrub import scrubbed
from perfbot.agents.search import Account
from perfbot.sandbox.errors import InterruptedRunError

TRIES = 4
FEWER_TRIES = {"timeout": 2, "bad_response": 2}
"""A slow model stays slow and a web page a web page; and a reply that came too late is billed."""
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
LEAST_REPLY_TOKENS = 256
"""With less than this left of a budget nothing is asked: no function fits."""
_SLICE_S = 0.1
_DATE = re.compile(r"[-@:_](latest|v?\d{3,}[\d.:-]*|v\d[\d.:]*)")
_TOKENS_PER_TURN = 8


class OutOfBudgetError(Exception):
    """What is left of the budget does not pay for another reply; nothing was sent."""


@dataclass(slots=True)
class Asker:
    """Asks one model on behalf of one run; several threads may ask at a time."""

    model: Model
    account: Account
    say: Callable[[str], None] = lambda _text: None
    first_wait_s: float = FIRST_WAIT_S
    reserving: threading.Lock = field(default_factory=threading.Lock)
    told: set[str] = field(default_factory=set)
    """Models that answered under another name than was asked, told once each."""

    def ask(self, key: str, messages: tuple[Message, ...]) -> Call:
        """The ended call for `key`: the one on record, or a new one.

        Its `fault` says what is wrong with the reply, if anything is.

        Raises:
            PerfbotError: the model cannot be reached or used, retries included.
            OutOfBudgetError: the budget's rest is too small.
        """
        attempts = self.account.archive.calls(key)
        for call in attempts:
            if is_answer(call):
                return call
        messages = tuple(replace(item, content=scrubbed(item.content)) for item in messages)
        before = max((call.attempt for call in attempts), default=0)
        for tries in itertools.count(1):
            call = self.reserved(key, before + tries, messages)
            ended, fault = self.sent(call)
            self.account.archive.record_call(ended)
            self.account.watch(ended)
            if fault is None or is_answer(ended):
                self.compare(ended)
                return ended
            if self.account.stopping:
                raise InterruptedRunError("interrupted while a model was asked")
            if not self.account.time_left():
                raise OutOfBudgetError
            last = tries >= FEWER_TRIES.get(fault.kind, TRIES)
            if not fault.retried or last or not self.wait(fault, tries):
                raise stopped_by(fault, self.model.name, self.model.where, tries)
        raise AssertionError("unreachable")

    def reserved(self, key: str, attempt: int, messages: tuple[Message, ...]) -> Call:
        """A call that the budget pays for, on record.

        Raises: OutOfBudgetError.
        """
        prompt = estimated_tokens(messages)
        with self.reserving:
            reply = self.affordable(prompt)
            if reply < min(LEAST_REPLY_TOKENS, self.model.reply_tokens):
                raise OutOfBudgetError
            most = Usage(prompt, reply)
            call = Call(
                key, attempt, self.model.name, messages, most, price(self.model, most),
                client=client(),
            )  # fmt: skip
            self.account.archive.record_call(call)
        return call

    def affordable(self, prompt: int) -> int:
        """How many tokens the reply to a prompt of so many may have."""
        left = self.account.left()
        reply = self.model.reply_tokens
        if left.tokens is not None:
            reply = min(reply, left.tokens - prompt)
        if left.usd is not None:
            asked = price(self.model, Usage(prompt, 0)) or 0.0
            token = ((price(self.model, Usage(prompt, 1000)) or 0.0) - asked) / 1000
            if asked > left.usd:
                return 0
            if token > 0:
                reply = min(reply, int((left.usd - asked) / token))
        return reply if self.account.time_left() else 0

    def sent(self, call: Call) -> tuple[Call, Fault | None]:
        """The call after it was sent and has ended, and what went wrong."""
        started = time.monotonic()
        left = self.account.left().seconds
        seconds = self.model.timeout_s if left is None else min(self.model.timeout_s, left)
        try:
            reply = complete(
                replace(self.model, timeout_s=seconds),
                call.messages,
                reply_tokens=call.reserved.completion,
                stopped=lambda: self.account.stopping,
            )
        except FaultError as error:
            fault = error.fault
            took = time.monotonic() - started
            failed = replace(
                call, state=FAILED, fault=fault.kind, detail=fault.detail, seconds=took
            )
            return failed, fault
        return self.answered(call, reply, time.monotonic() - started), reply.fault

    def answered(self, call: Call, reply: Reply, seconds: float) -> Call:
        """The call with its reply."""
        return replace(
            call,
            state=ANSWERED,
            reply=scrubbed(reply.text),
            fault=reply.fault.kind if reply.fault else "",
            detail=reply.fault.detail if reply.fault else "",
            answered_by=reply.answered_by,
            fingerprint=reply.fingerprint,
            finish=reply.finish,
            usage=reply.usage,
            usd=None if reply.usage is None else price(self.model, reply.usage),
            seconds=seconds,
        )

    def compare(self, call: Call) -> None:
        """Say so when another model answered than was asked."""
        other = call.answered_by
        if other and other not in self.told and not same_model(call.model, other):
            self.told.add(other)
            self.say(f"warning: {call.model} was asked, and {other} answered")

    def wait(self, fault: Fault, tries: int) -> bool:
        """Wait before the next try; False where that would take too long."""
        # Full jitter, so that requests that failed together do not come back together.
        # Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
        backoff = min(self.first_wait_s * 2 ** (tries - 1), LONGEST_WAIT_S)
        seconds = random.uniform(backoff / 2, backoff)
        if fault.after_s is not None:
            seconds = max(seconds, fault.after_s)
        left = self.account.left().seconds
        if seconds > LONGEST_WAIT_S or (left is not None and seconds > left):
            return False
        self.say(f"{self.model.name}: {fault.kind.replace('_', ' ')}; next try in {seconds:.1f} s")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.account.stopping:
                raise InterruptedRunError("interrupted while waiting for a model")
            time.sleep(min(_SLICE_S, seconds))
        return True


def is_answer(call: Call) -> bool:
    """Whether asking again would bring no more: a reply is there, or the model will give none."""
    return call.state == ANSWERED or (call.state == FAILED and call.fault in OF_REPLY)


def estimated_tokens(messages: tuple[Message, ...]) -> int:
    """Rather too many tokens for a prompt."""
    return sum(tokens_in(item.content) + _TOKENS_PER_TURN for item in messages)


def same_model(asked: str, answered: str) -> bool:
    """Whether a name is the asked model's: providers add a date or leave out their own name."""
    wanted, found = asked.rpartition("/")[2].lower(), answered.rpartition("/")[2].lower()
    shorter, longer = sorted((wanted, found), key=len)
    return longer == shorter or (
        longer.startswith(shorter) and bool(_DATE.fullmatch(longer[len(shorter) :]))
    )
