"""Quality and diversity: an archive of the best edit per strategy and bottleneck (experimental).

Source: MAP-Elites, Mouret and Clune 2015, section 3, with two descriptors: what an edit does
(`moves`) and the workload's case on which most of its time is still spent.
"""

from dataclasses import dataclass

from perfbot.agents.policies.asking import Asking, barren, low
from perfbot.agents.policies.moves import alike, moves
from perfbot.agents.search import ArchiveView, Budget, ProposalSpec, Spent
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Status

Cell = tuple[int, str]
"""(the number of a strategy, the case that is the bottleneck)."""


@dataclass(frozen=True, slots=True)
class QualityDiversity:
    """Asks about the elite that was asked about least, so that no cell is left behind."""

    asking: Asking
    source: str
    """The original's text."""
    at_once: int = 2
    patience: int = 4
    """Requests in a row without a better edit that end the search."""
    name: str = "qd"

    def ask(self, view: ArchiveView, budget: Budget) -> list[ProposalSpec]:
        """Requests about the least asked elites; of those asked alike, the fastest first."""
        if budget.used_up(Spent()) is not None or barren(view) > self.patience:
            return []
        asked = [request.parent for request in view.requests]
        elites = sorted(self.elites(view).values(), key=low, reverse=True)
        parents = [view.original, *(trial.edit.id for trial in elites)]
        parents.sort(key=asked.count)
        requests = [self.asking.next_about(view, parent) for parent in parents]
        found = [request for request in requests if request is not None]
        return self.asking.cheapest(found)[: self.at_once]

    def tell(self, results: list[Trial]) -> None:
        """Nothing to keep: the archive of elites is read from the trials."""

    def elites(self, view: ArchiveView) -> dict[Cell, Trial]:
        """The fastest survivor of each cell; the earlier one if about equal."""
        strategies: list[frozenset[str]] = []
        cells: dict[Cell, Trial] = {}
        for trial in view.trials:
            if trial.verdict.status is not Status.SURVIVED:
                continue
            own = moves(self.source, trial.edit.file_source)
            number = next((at for at, it in enumerate(strategies) if alike(it, own)), -1)
            if number < 0:
                number = len(strategies)
                strategies.append(own)
            cell = (number, bottleneck(trial))
            if cell not in cells or low(trial) > low(cells[cell]):
                cells[cell] = trial
        return cells


def bottleneck(trial: Trial) -> str:
    """The case on which the edit still spends most of its time; "" where none was timed."""
    cases = trial.measurement.cases if trial.measurement is not None else ()
    left = [(item.original_ns / item.speedup.estimate, item.case) for item in cases]
    return max(left, default=(0.0, ""))[1]
