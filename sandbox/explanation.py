"""Counterexamples for people: the call, and what each version did."""

from perfbot.sandbox.comparison import show
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.outcome import Outcome
from perfbot.sandbox.target import Target
from perfbot.sandbox.value_code import NoSourceError, Writer

CALL_LIMIT = 2_000


def call_text(target: Target, inputs: bytes) -> str:
    """The call as a person would write it."""
    try:
        args, kwargs = decode(inputs)
    except (WireError, ValueError):
        return f"{target.qualname}(…)"
    values = [*args, *kwargs.values()]
    try:
        writer = Writer()
        texts = writer.write(*values)
        if writer.shared:
            texts = [Writer().write(value)[0] for value in values]
    except NoSourceError:
        texts = [show(value, CALL_LIMIT) for value in values]
    names = ["", *(f"{name}=" for name in kwargs)]
    named = [""] * len(args) + names[1:]
    parts = [name + text for name, text in zip(named, texts, strict=True)]
    return f"{target.qualname}({', '.join(parts)})"[:CALL_LIMIT]


def outcome_text(outcome: Outcome) -> str:
    """What a call did, in a few words."""
    if not outcome.answered:
        return f"no answer ({outcome.status}): {outcome.body.decode(errors='replace')[:300]}"
    try:
        parts = outcome.parts()
        if parts is None:
            return "a result too large to show"
        verb = "returned" if outcome.status == "return" else "raised"
        return f"{verb} {show(parts[0])}"
    except (WireError, RecursionError, TypeError, IndexError) as error:
        return f"an answer that cannot be read: {error}"
