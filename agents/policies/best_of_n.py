"""Best of n: so many answers to one question, and no step built on another. The control."""

from dataclasses import dataclass

from perfbot.agents.policies.asking import Asking
from perfbot.agents.search import ArchiveView, Budget, ProposalSpec, Spent
from perfbot.sandbox.trial import Trial


@dataclass(frozen=True, slots=True)
class BestOfN:
    """Asks about the original alone: the rules once, a model `n` times, all at once."""

    asking: Asking
    n: int = 4
    """Requests to the model."""
    name: str = "best_of_n"

    def ask(self, view: ArchiveView, budget: Budget) -> list[ProposalSpec]:
        """Everything in the first round, and nothing after it."""
        if budget.used_up(Spent()) is not None or view.requests:
            return []
        requests = [ProposalSpec(view.original)] if self.asking.rules else []
        if self.asking.model is not None:
            requests += [
                ProposalSpec(view.original, "llm", self.asking.model, seed=number)
                for number in range(self.n)
            ]
        return requests

    def tell(self, results: list[Trial]) -> None:
        """Nothing to keep."""
