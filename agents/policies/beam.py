"""Beam: build on the best few edits at once, each of a strategy of its own."""

from dataclasses import dataclass

from perfbot.agents.policies.asking import Asking, barren, low
from perfbot.agents.policies.moves import alike, moves
from perfbot.agents.search import ArchiveView, Budget, ProposalSpec, Spent
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Status


@dataclass(frozen=True, slots=True)
class Beam:
    """Keeps nothing: all it knows, it reads from the archive."""

    asking: Asking
    source: str
    """The original's text: what an edit does is seen against it."""
    width: int = 3
    """Parents at a time."""
    patience: int = 2
    """Times the width: so many requests in a row without a better edit end the search."""
    name: str = "beam"

    def ask(self, view: ArchiveView, budget: Budget) -> list[ProposalSpec]:
        """A request about each of the best distinct edits that is not asked out; rules first."""
        if budget.used_up(Spent()) is not None:
            return []
        if barren(view) >= self.patience * self.width and len(view.requests) > self.width:
            return []
        requests: list[ProposalSpec] = []
        for parent in self.parents(view):
            request = self.asking.next_about(view, parent)
            if request is not None:
                requests.append(request)
            if len(requests) == self.width:
                break
        return self.asking.cheapest(requests)

    def tell(self, results: list[Trial]) -> None:
        """Nothing to keep: `ask` sees the results in the archive."""

    def parents(self, view: ArchiveView) -> list[str]:
        """The original, then survivors by speedup, none of the strategy of a better one."""
        survivors = [item for item in view.trials if item.verdict.status is Status.SURVIVED]
        survivors.sort(key=low, reverse=True)
        kept: list[Trial] = []
        strategies: list[frozenset[str]] = []
        for trial in survivors:
            own = moves(self.source, trial.edit.file_source)
            if not any(alike(own, other) for other in strategies):
                kept.append(trial)
                strategies.append(own)
        first = [view.original] if not view.requests else []
        last = [] if first else [view.original]
        return [*first, *(trial.edit.id for trial in kept), *last]
