"""Which model is asked, and in which style: a policy says about what, a router says whom.

A router decides from what is on record alone (what was asked, what came of it, the seed), and its
choice is part of the request. So a resumed run repeats none and goes on with the same requests.
It chooses whom to ask and nothing else: whatever comes of it passes the same gates.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from perfbot.agents.calls import Call
from perfbot.agents.difficulty import Difficulty
from perfbot.agents.policies.asking import low
from perfbot.agents.search import (
    MIN_GAIN,
    Archive,
    ArchiveView,
    Budget,
    ProposalSpec,
    SearchPolicy,
)
from perfbot.agents.styles import ANALYSE, PLAIN, STRATEGIES, STYLES, style_name
from perfbot.sandbox.trial import Trial

FIXED, COMPLEXITY, BANDIT = "fixed", "complexity", "bandit"


@dataclass(frozen=True, slots=True)
class Route:
    """Whom to ask and how."""

    model: str
    style: str = PLAIN

    def __str__(self) -> str:
        return f"{self.model}, {style_name(self.style)}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one answered request to a model came to."""

    route: Route
    gain: float
    """How many times faster the best edit became by it; 1.0 where it did not."""
    tokens: int
    """Tokens it is charged with, repairs and repeated tries among them."""
    usd: float | None
    """The same in US dollars; None where the price is not known."""


class Router(Protocol):
    """Chooses a route from the outcomes so far."""

    def choose(self, outcomes: Sequence[Outcome], number: int) -> tuple[Route, str]:
        """The route of the run's request `number` (from 0) to a model, and why, in words."""

    def learn(self, outcomes: Sequence[Outcome]) -> None:
        """Hear all outcomes of this run; they replace what was heard of it before."""


@dataclass(frozen=True, slots=True)
class ByComplexity:
    """A cheap model and a short question where the function is simple; more only after failure.

    Trying the cheap model first and a dearer one where its answer does not do is the cascade of
    Chen, Zaharia and Zou, "FrugalGPT", 2023, section 3; the gates are its judge of answers.
    """

    difficulty: Difficulty
    strong: str
    cheap: str | None = None

    @property
    def ladder(self) -> tuple[Route, ...]:
        """From the cheapest route to the dearest."""
        steps = (Route(self.strong, ANALYSE), Route(self.strong, STRATEGIES))
        return (Route(self.cheap or self.strong), *steps) if self.difficulty.simple else steps

    def choose(self, outcomes: Sequence[Outcome], number: int) -> tuple[Route, str]:
        """A step up for each request that brought no better edit; a success stays where it is."""
        failures = sum(outcome.gain <= 1.0 for outcome in outcomes)
        step = min(failures, len(self.ladder) - 1)
        why = f"after {failures} without a better edit" if failures else str(self.difficulty)
        return self.ladder[step], why

    def learn(self, outcomes: Sequence[Outcome]) -> None:
        """Nothing to keep: the outcomes are given with each question."""


@dataclass(slots=True)
class Routed:
    """A policy whose requests to a model go where a router sends them."""

    inner: SearchPolicy
    router: Router
    archive: Archive
    say: Callable[[str], None] = lambda _text: None
    requests: tuple[ProposalSpec, ...] = ()
    """Every request so far, those of the last `ask` among them."""

    @property
    def name(self) -> str:
        """The name of the policy: a router is not one."""
        return self.inner.name

    def ask(self, view: ArchiveView, budget: Budget) -> list[ProposalSpec]:
        """The policy's requests, each to a model with its route."""
        known = self.outcomes(view.requests)
        self.router.learn(known)
        number = sum(item.operator == "llm" for item in view.requests)
        routed = []
        for request in self.inner.ask(view, budget):
            if request.operator == "llm":
                route, why = self.router.choose(known, number)
                self.say(f"asking {route}: {why}")
                request = replace(request, model=route.model, style=route.style)
                number += 1
            routed.append(request)
        self.requests = (*view.requests, *routed)
        return routed

    def tell(self, results: list[Trial]) -> None:
        """Hear a round's results: the run's last round is followed by no `ask`."""
        self.inner.tell(results)
        if self.requests:  # else an earlier process asked, and the next `ask` sees its requests
            self.router.learn(self.outcomes(self.requests))

    def outcomes(self, requests: Sequence[ProposalSpec]) -> list[Outcome]:
        """What each answered request to a model came to, in order."""
        lows = {trial.edit.id: low(trial) for trial in self.archive.trials()}
        calls = self.archive.calls()
        best, found = 1.0, []
        for request in requests:
            proposals = self.archive.proposals(request.key)
            if proposals is None:
                continue
            reached = max((lows.get(item.edit.id, 0.0) for item in proposals), default=0.0)
            gain = reached / best if reached > best * MIN_GAIN else 1.0
            best *= gain
            if request.operator == "llm" and request.model is not None:
                own = [call for call in calls if call.key.partition("#")[0] == request.key]
                route = Route(request.model, request.style)
                found.append(Outcome(route, gain, sum(call.tokens for call in own), _usd(own)))
        return found


def routes(models: Sequence[str]) -> list[Route]:
    """Every route to these models."""
    return [Route(model, style) for model in models for style in STYLES]


def reward(gain: float) -> float:
    """A gain from 0 (none) to 1: its logarithm over that of `MOST_GAIN`, 1 from there on.

    Speedups multiply, so their logarithms add up: twice 2x is worth as much as once 4x.
    """
    return min(max(math.log(gain) / math.log(MOST_GAIN), 0.0), 1.0)


MOST_GAIN = 10.0
"""A bandit's rewards are bounded; what is ten times faster is as good as it gets."""


def _usd(calls: Sequence[Call]) -> float | None:
    known = [call.charged_usd for call in calls]
    prices = [price for price in known if price is not None]
    return sum(prices) if len(prices) == len(known) else None
