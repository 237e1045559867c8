"""Learning whom to ask: Thompson sampling over (model, style), its experience kept per repository.

Source: Xia, Li, Qin, Yu and Liu, "Thompson Sampling for Budgeted Multi-armed Bandits", IJCAI 2015,
algorithm 1: of each arm a reward and a cost are drawn from Beta distributions, and the arm with the
largest reward per cost is taken. There each observed value in [0, 1] is first turned into a 0 or 1
by a coin; here the value itself is added, which is the coin's mean: the same record then gives the
same distributions in whatever order, and a resumed run those of the run that was killed.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from perfbot.agents.experience import Experience, Tally
from perfbot.agents.routing import Outcome, Route, reward

_LEAST = 1e-9
"""A drawn cost is never 0."""


def tallies(outcomes: Iterable[Outcome]) -> dict[Route, Tally]:
    """Outcomes summed up by route."""
    found: dict[Route, Tally] = {}
    for item in outcomes:
        one = Tally(1, reward(item.gain), item.tokens, item.usd)
        found[item.route] = found.get(item.route, Tally()).plus(one)
    return found


def costs(known: Mapping[Route, Tally]) -> dict[Route, float]:
    """The mean cost of a request by route, from 0 to 1, the dearest route's being 1.

    In dollars where the price of every route tried is known (and one is not free), else in tokens.
    """
    prices = [tally.usd for tally in known.values()]
    priced = None not in prices and any(prices)
    means = {
        route: ((tally.usd or 0.0) if priced else tally.tokens) / tally.tries
        for route, tally in known.items()
        if tally.tries
    }
    most = max(means.values(), default=0.0)
    return {route: mean / most if most else 1.0 for route, mean in means.items()}


@dataclass(slots=True)
class Bandit:
    """Draws the route with the most reward per cost; what was tried little is drawn widely."""

    routes: Sequence[Route]
    seed: int
    before: Mapping[Route, Tally] = field(default_factory=dict)
    """What other runs in this repository came to, as it was when this run began."""
    experience: Experience | None = None
    """Where this run's own outcomes are kept for later ones."""

    def choose(self, outcomes: Sequence[Outcome], number: int) -> tuple[Route, str]:
        """One draw of each route's reward and cost, from the seed and the request's number."""
        known = dict(self.before)
        for route, tally in tallies(outcomes).items():
            known[route] = known.get(route, Tally()).plus(tally)
        cost = costs(known)
        drawing = random.Random(f"{self.seed}/{number}")
        drawn = {}
        for route in self.routes:
            tally = known.get(route, Tally())
            spent = cost.get(route, 0.0) * tally.tries
            gained = drawing.betavariate(1 + tally.reward, 1 + tally.tries - tally.reward)
            paid = drawing.betavariate(1 + spent, 1 + tally.tries - spent)
            drawn[route] = gained / max(paid, _LEAST)
        best = max(self.routes, key=lambda route: drawn[route])
        tally = known.get(best, Tally())
        return best, f"drawn by reward per cost (asked {tally.tries} times so far)"

    def learn(self, outcomes: Sequence[Outcome]) -> None:
        """Keep this run's outcomes."""
        if self.experience is not None and outcomes:
            self.experience.keep(tallies(outcomes))
