"""`perfbot report RUN --trace`: every prompt and reply of a run, and what came of each."""

import sys
from collections.abc import Mapping, Sequence
from typing import IO

from perfbot.agents.calls import ANSWERED, SENT, Call
from perfbot.agents.proposal import Proposal
from perfbot.optimizer.report import plain
from perfbot.sandbox.trial import Trial

_RULE = "=" * 78


def render_trace(
    calls: Sequence[Call],
    proposals: Sequence[Proposal],
    trials: Sequence[Trial],
    *,
    stream: IO[str] | None = None,
) -> None:
    """Print the calls in the order they were sent.

    Messages that an earlier call had already are named, not repeated: a run's prompts begin alike.
    """
    out = stream or sys.stdout
    came_of = {item.call: item for item in proposals if item.call}
    judged = {trial.edit.id: trial for trial in trials}
    if not calls:
        print("No model was asked.", file=out)
    shown: dict[str, int] = {}
    for number, call in enumerate(calls, 1):
        print(f"{_RULE}\n{plain(_header(number, call))}", file=out)
        for message in call.messages:
            first = shown.setdefault(message.content, number)
            text = message.content if first == number else f"(as in call {first})"
            print(f"--- {message.role}\n{plain(text)}", file=out)
        print(f"--- reply\n{plain(call.reply) or '(none)'}", file=out)
        print(f"--- {plain(_end(call, came_of, judged))}", file=out)


def _header(number: int, call: Call) -> str:
    again = f", try {call.attempt}" if call.attempt > 1 else ""
    return f"call {number}{again}: {call.key}"


def _end(call: Call, came_of: Mapping[str, Proposal], judged: Mapping[str, Trial]) -> str:
    """Who answered, what it took, and what became of the edit."""
    parts = [f"asked {call.model}"]
    if call.answered_by:
        parts.append(f"answered by {call.answered_by}")
    if call.fingerprint:
        parts.append(f"fingerprint {call.fingerprint}")
    if call.usage:
        parts.append(f"{call.usage.prompt} + {call.usage.completion} tokens")
    else:
        parts.append(f"{call.tokens} tokens set aside")
    parts.append("price unknown" if call.charged_usd is None else f"{call.charged_usd:.6f} USD")
    parts.append(f"{call.seconds:.1f} s")
    if call.state == SENT:
        parts.append("sent, no answer on record")
    elif call.fault:
        parts.append(f"{call.fault.replace('_', ' ')}: {call.detail}")
    proposal = came_of.get(call.key)
    if proposal is not None and call.state == ANSWERED:
        trial = judged.get(proposal.edit.id)
        fate = f"{trial.decision}: {trial.reason}" if trial else "not judged"
        parts.append(f"edit {proposal.edit.id[:12]} ({fate})")
    return "; ".join(parts)
