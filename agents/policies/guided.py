"""Guided: rules as long as they help, then a model on the best edit, told what was refused.

The same parent may be asked about again: what was tried since makes it another question.
"""

from dataclasses import dataclass, replace

from perfbot.agents.policies.refine import Refine
from perfbot.agents.search import (
    MIN_GAIN,
    ArchiveView,
    Budget,
    ProposalSpec,
    Spent,
    best_trial,
    gain,
)
from perfbot.sandbox.trial import Trial


@dataclass(frozen=True, slots=True)
class Guided:
    """What `refine` is where a model proposes. All it knows, it reads from the archive."""

    model: str
    rules: bool = False
    """Whether the rules are asked too, and first: they cost nothing."""
    patience: int = 2
    """Rounds of the model in a row without a better edit after which the search ends."""
    name: str = "refine"

    def ask(self, view: ArchiveView, budget: Budget) -> list[ProposalSpec]:
        """The rules' next parent while they have one, else the best edit so far for the model."""
        if budget.used_up(Spent()) is not None:
            return []
        if self.rules:
            requests = Refine().ask(_of_rules(view), budget)
            if requests:
                return requests
        rounds = [request for request in view.requests if request.operator == "llm"]
        if self._barren(view, rounds) >= self.patience:
            return []
        best = best_trial(view.trials)
        parent = best.edit.id if best else view.original
        return [ProposalSpec(parent, "llm", self.model, seed=len(rounds))]

    def tell(self, results: list[Trial]) -> None:
        """Nothing to keep: `ask` sees the results in the archive."""

    def _barren(self, view: ArchiveView, rounds: list[ProposalSpec]) -> int:
        """How many of the model's last rounds brought no better edit."""
        lows = {trial.edit.id: low for trial in view.trials if (low := _low(trial))}
        of_model = {item for request in rounds for item in view.answers.get(request.key, ())}
        best = max([1.0, *(low for item, low in lows.items() if item not in of_model)])
        barren = 0
        for request in rounds:
            low = max(
                (lows.get(item, 0.0) for item in view.answers.get(request.key, ())), default=0
            )
            barren = 0 if low > best * MIN_GAIN else barren + 1
            best = max(best, low)
        return barren


def _of_rules(view: ArchiveView) -> ArchiveView:
    """The view as if the rules alone had been asked; of the model's edits the best is a parent."""
    children: dict[str, tuple[str, ...]] = {}
    for request in view.requests:
        if request.operator == "rules":
            before = children.get(request.parent, ())
            children[request.parent] = before + view.answers.get(request.key, ())
    asked_model = [request for request in view.requests if request.operator == "llm"]
    of_model = {item for request in asked_model for item in view.answers.get(request.key, ())}
    best = best_trial(view.trials)
    trials = tuple(trial for trial in view.trials if trial.edit.id not in of_model or trial is best)
    return replace(view, trials=trials, children=children)


def _low(trial: Trial) -> float:
    found = gain(trial)
    return found.low if found else 0.0
