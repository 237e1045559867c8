"""Whom a policy asks about a parent: the rules once, since they answer alike; a model again."""

from dataclasses import dataclass

from perfbot.agents.search import MIN_GAIN, ArchiveView, ProposalSpec, gain
from perfbot.sandbox.trial import Trial


@dataclass(frozen=True, slots=True)
class Asking:
    """The proposers of a search."""

    rules: bool = True
    model: str | None = None
    times: int = 2
    """How often the model is asked about one parent: what was refused since is in the prompt."""

    def next_about(self, view: ArchiveView, parent: str) -> ProposalSpec | None:
        """The next request about a parent, or None when everything was asked."""
        asked = [item for item in view.requests if item.parent == parent]
        if self.rules and not any(item.operator == "rules" for item in asked):
            return ProposalSpec(parent)
        of_model = [item for item in asked if item.operator == "llm"]
        if self.model is None or len(of_model) >= self.times:
            return None
        return ProposalSpec(parent, "llm", self.model, seed=len(of_model))

    def cheapest(self, requests: list[ProposalSpec]) -> list[ProposalSpec]:
        """Those to the rules, where there are any: they cost nothing and come first."""
        return [item for item in requests if item.operator == "rules"] or requests


def barren(view: ArchiveView) -> int:
    """How many of the last requests brought no edit better than all before them."""
    lows = {trial.edit.id: low(trial) for trial in view.trials}
    best, count = 1.0, 0
    for request in view.requests:
        found = max((lows.get(item, 0.0) for item in view.answers.get(request.key, ())), default=0)
        if found > best * MIN_GAIN:
            best, count = found, 0
        else:
            count += 1
    return count


def low(trial: Trial) -> float:
    """The lower bound of an accepted edit's speedup; 0.0 for any other."""
    found = gain(trial)
    return found.low if found else 0.0
