"""Refine: build on the best edit so far, fall back to the next best, stop when nothing helps.

One parent per round (a beam of 1): each round's edits are judged before the next parent is
chosen, so that every step stands on an edit that survived.
"""

from dataclasses import dataclass

from perfbot.agents.search import (
    MIN_GAIN,
    ArchiveView,
    Budget,
    ProposalSpec,
    Spent,
    gain,
)
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Status


@dataclass(frozen=True, slots=True)
class Refine:
    """The default policy. It keeps nothing: all it knows, it reads from the archive."""

    operator: str = "rules"
    model: str | None = None
    seed: int = 0
    patience: int = 2
    """Rounds in a row without a better edit after which the search ends."""
    name: str = "refine"

    def ask(self, view: ArchiveView, budget: Budget) -> list[ProposalSpec]:
        """The one parent to build on next: the original, then the best that was not asked yet."""
        if budget.used_up(Spent()) is not None or _rounds_without_gain(view) >= self.patience:
            return []
        for parent in _parents(view):
            if parent not in view.children:
                return [ProposalSpec(parent, self.operator, self.model, self.seed)]
        return []

    def tell(self, results: list[Trial]) -> None:
        """Nothing to keep: `ask` sees the results in the archive."""


def _parents(view: ArchiveView) -> list[str]:
    """The original, then accepted edits by lower bound, then survivors that gained nothing.

    The last ones are worth a try: a rewrite may only pay once another has cleared its way.
    """
    accepted = [trial for trial in view.trials if gain(trial) is not None]
    survivors = [
        trial
        for trial in view.trials
        if trial.verdict.status is Status.SURVIVED and gain(trial) is None
    ]
    accepted.sort(key=_low, reverse=True)
    survivors.sort(key=_estimate, reverse=True)
    return [view.original, *(trial.edit.id for trial in accepted + survivors)]


def _rounds_without_gain(view: ArchiveView) -> int:
    """How many of the last rounds brought no better edit; a first round that found none counts."""
    trials = {trial.edit.id: trial for trial in view.trials}
    best, barren = 1.0, 0
    for children in view.children.values():
        low = max((_low(trials[child]) for child in children if child in trials), default=0.0)
        if low > best * MIN_GAIN:
            best, barren = low, 0
        else:
            barren += 1
    return barren


def _low(trial: Trial) -> float:
    found = gain(trial)
    return found.low if found else 0.0


def _estimate(trial: Trial) -> float:
    measured = trial.measurement
    return measured.speedup.estimate if measured and measured.speedup else 0.0
