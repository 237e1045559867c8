"""What a run's calls to language models came to, by model, and which model wrote an edit."""

from collections.abc import Sequence
from dataclasses import dataclass

from perfbot.agents.asker import is_answer, same_model
from perfbot.agents.calls import Call
from perfbot.agents.proposal import Proposal
from perfbot.optimizer.evidence_schema import ModelDocument
from perfbot.optimizer.ledger import Ledger


@dataclass(frozen=True, slots=True)
class ModelSpend:
    """One model's calls in one run."""

    model: str
    answered_by: tuple[str, ...]
    """The names under which it answered."""
    requests: int
    """Sent, those that were repeated among them."""
    replies: int
    edits: int
    """Replies of which an edit was made."""
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    unanswered_tokens: int
    """Set aside for requests of which no answer came: the provider may bill them."""
    usd: float | None
    """None where the price is not known."""
    seconds: float

    def as_text(self) -> str:
        """One line for a person."""
        price = "price unknown" if self.usd is None else f"{self.usd:.4f} USD"
        tokens = f"{self.prompt_tokens} + {self.completion_tokens} tokens"
        if self.cached_tokens:
            tokens += f" ({self.cached_tokens} cached)"
        if self.unanswered_tokens:
            tokens += f", up to {self.unanswered_tokens} more for requests without an answer"
        others = [name for name in self.answered_by if not same_model(self.model, name)]
        asked = f"{self.model} (answered by {', '.join(others)})" if others else self.model
        counts = f"{self.edits} edits of {self.replies} replies ({self.requests} requests)"
        return f"{asked}: {counts}, {tokens}, {price}"

    def as_json(self) -> dict[str, object]:
        """The same as plain data; `usd` is "unknown" where the price is."""
        return {
            "model": self.model,
            "answered_by": list(self.answered_by),
            "requests": self.requests,
            "replies": self.replies,
            "edits": self.edits,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "cached_tokens": self.cached_tokens,
            "unanswered_tokens": self.unanswered_tokens,
            "usd": "unknown" if self.usd is None else round(self.usd, 6),
            "seconds": round(self.seconds, 3),
        }


def spend_by_model(calls: Sequence[Call], proposals: Sequence[Proposal]) -> list[ModelSpend]:
    """The calls summed up, one entry a model, in the order they were first asked."""
    wrote = {proposal.call for proposal in proposals if proposal.call}
    return [
        _summed([call for call in calls if call.model == model], wrote)
        for model in dict.fromkeys(call.model for call in calls)
    ]


def _summed(calls: Sequence[Call], wrote: set[str]) -> ModelSpend:
    used = [call.usage for call in calls if call.usage is not None]
    charges = [call.charged_usd for call in calls]
    known = [charge for charge in charges if charge is not None]
    replies = [call for call in calls if is_answer(call)]
    return ModelSpend(
        model=calls[0].model,
        answered_by=tuple(dict.fromkeys(call.answered_by for call in calls if call.answered_by)),
        requests=len(calls),
        replies=len(replies),
        edits=sum(call.key in wrote for call in replies),
        prompt_tokens=sum(usage.prompt for usage in used),
        completion_tokens=sum(usage.completion for usage in used),
        cached_tokens=sum(usage.cached for usage in used),
        unanswered_tokens=sum(call.tokens for call in calls if call.usage is None),
        usd=sum(known) if len(known) == len(charges) else None,
        seconds=sum(call.seconds for call in calls),
    )


def authors_of(ledger: Ledger, edit_id: str) -> list[ModelDocument]:
    """The replies that an edit and those it builds on came from, the first step first."""
    found: list[ModelDocument] = []
    step = ledger.edit(edit_id)
    while step.parent is not None:
        proposal = ledger.proposal_of(step.id)
        if proposal is not None and proposal.call:
            found[:0] = [_document(call) for call in ledger.calls(proposal.call) if call.reply]
        step = ledger.edit(step.parent)
    return found


def _document(call: Call) -> ModelDocument:
    return ModelDocument(
        asked=call.model,
        answered=call.answered_by,
        fingerprint=call.fingerprint,
        client=call.client,
        prompt_tokens=call.usage.prompt if call.usage else None,
        completion_tokens=call.usage.completion if call.usage else None,
        usd=call.usd,
    )
