"""What a person may say while a search goes on, and what each word means to the graph.

A person may refuse an edit that the gates let through, choose one of those, or say what to try.
No word lets an edit pass that a gate refused: what is chosen is verified afresh like any winner.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from perfbot.agents.search import ProposalSpec, gain
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict

ACCEPT, REJECT, HINT, SKIP = "accept", "reject", "hint", "skip"
PERSON = "person"
"""In the place of a gate's name, where a person refused an edit."""
CHOSEN = "a person chose this edit"
_SEEDS_OF_HINTS = 1_000_000
"""Requests for the sake of a hint have seeds that no policy counts up to."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked: about an accepted edit, or about a round that brought none."""

    key: str
    """Equal questions have equal keys: an answered one is never asked again."""
    edit: str | None = None
    """The edit's id; None where the question is about a round."""

    def as_json(self) -> dict[str, Any]:
        """The fields as a plain dict, for a checkpoint."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """One of `accept`, `reject`, `hint` and `skip`; `text` is the reason, or the hint."""

    word: str
    text: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fields as a plain dict, for a checkpoint and for the ledger."""
        return asdict(self)


class Person(Protocol):
    """Whoever answers (`optimizer.interactive.Steering` asks at a terminal or reads a pipe)."""

    @property
    def gives_hints(self) -> bool:
        """Whether a hint is of use: whether there is a prompt that it could stand in."""

    def answer(self, question: Question) -> Answer:
        """The answer, durably recorded before it is returned; one on record is not asked for.

        Raises: InterruptedRunError where the person leaves the question open.
        """


def about_edit(edit_id: str) -> Question:
    """The question about an accepted edit."""
    return Question(f"edit/{edit_id}", edit_id)


def about_round(number: int) -> Question:
    """The question about a round in which nothing was accepted."""
    return Question(f"round/{number}")


def rejected(trial: Trial, reason: str) -> Trial:
    """The trial as a person's refusal leaves it: refuted, so never chosen and never built on."""
    told = f"rejected by a person: {reason}"
    refusal = Evidence(PERSON, Status.REFUTED, told)
    verdict = Verdict((*trial.verdict.evidence, refusal))
    return replace(trial, verdict=verdict, decision="refuted", reason=told)


def was_rejected(trial: Trial) -> bool:
    """Whether it was a person who refused the edit."""
    decisive = trial.verdict.decisive
    return decisive is not None and decisive.gate == PERSON


def accepted_of(trials: Sequence[Trial], mine: Collection[str]) -> list[str]:
    """The ids of the accepted edits among `mine`, the one with the highest lower bound first."""
    found = [
        (speedup.low, trial.edit.id)
        for trial in trials
        if trial.edit.id in mine and (speedup := gain(trial)) is not None
    ]
    return [edit_id for _, edit_id in sorted(found, reverse=True)]


def to_model(spec: ProposalSpec) -> bool:
    """Whether a request goes to a model."""
    return spec.operator != "rules"


def for_a_hint(before: Sequence[ProposalSpec], parent: str) -> list[ProposalSpec]:
    """One more request to the model that was asked last: the policy had enough, and then came a
    hint. None where no model was ever asked."""
    of_model = [spec for spec in before if to_model(spec)]
    seed = _SEEDS_OF_HINTS + len(before)
    return [replace(spec, parent=parent, seed=seed) for spec in of_model[-1:]]
