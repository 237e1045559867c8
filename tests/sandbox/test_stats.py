"""The bound and the stopping rule, against exact values, numerical integrals and simulated runs."""

import itertools
import math
import random
from collections.abc import Iterator

import pytest

from perfbot.sandbox.stats import Decision, Rule, bounds, decide, e_value, wins_needed


def integral(wins: int, pairs: int, steps: int = 20_000) -> float:
    """2^(n+1) times the integral of p^k (1-p)^(n-k) over [1/2, 1], by Simpson's rule."""
    width = 0.5 / steps
    total = 0.0
    for i in range(steps + 1):
        p = 0.5 + i * width
        weight = 1 if i in (0, steps) else 4 if i % 2 else 2
        total += weight * p**wins * (1 - p) ** (pairs - wins)
    return 2 ** (pairs + 1) * total * width / 3


def simulated_rounds(
    draw: random.Random, gain: float, *, bias: float, noise: float, pairs: int = 6
) -> Iterator[list[float]]:
    """Rounds of log-ratios as machines give them: a bias per round, noise and spikes per pair."""
    while True:
        centre = math.log1p(gain) + draw.gauss(0, bias)
        spikes = [draw.choice((-1, 1)) * draw.expovariate(5) for _ in range(pairs)]
        yield [
            centre + draw.gauss(0, noise) + (spike if draw.random() < 0.1 else 0)
            for spike in spikes
        ]


def run_rule(rounds: Iterator[list[float]], rule: Rule) -> tuple[Decision, int]:
    """Feed rounds to the rule until it decides; the decision and how many rounds it took."""
    seen: list[list[float]] = []
    for one_round in rounds:
        seen.append(one_round)
        decision = decide(seen, rule)
        if decision is not None:
            return decision, len(seen)
    raise AssertionError("the rule never decided")


@pytest.mark.parametrize("pairs", [1, 5, 9, 20, 41])
def test_e_value_is_the_integral_of_its_definition(pairs: int) -> None:
    """The closed form equals the integral that defines it, for every count of wins."""
    for wins in range(pairs + 1):
        assert float(e_value(wins, pairs)) == pytest.approx(integral(wins, pairs), rel=1e-6)


@pytest.mark.parametrize("pairs", [1, 4, 9, 16])
def test_e_value_has_expectation_at_most_one(pairs: int) -> None:
    """A fair coin's average e-value is exactly 1, so that a large one is as rare as stated."""
    average = sum(
        math.comb(pairs, wins) * e_value(wins, pairs) / 2**pairs for wins in range(pairs + 1)
    )
    assert average == 1


@pytest.mark.parametrize(("alpha", "first"), [(0.05, 7), (0.01, 9), (0.005, 11), (0.001, 13)])
def test_bound_cannot_fire_before_enough_pairs(alpha: float, first: int) -> None:
    """One pair fewer than needed gives no bound even if all agree; with enough pairs it does."""
    assert bounds([1.0] * (first - 1), alpha) == (-math.inf, math.inf)
    assert bounds([1.0] * first, alpha) == (1.0, 1.0)


@pytest.mark.parametrize("pairs", [9, 30, 120, 400])
def test_wins_needed_is_the_least(pairs: int) -> None:
    """The count of wins reaches the threshold, and one win fewer does not."""
    wins = wins_needed(pairs, 0.01)
    assert wins is not None
    assert e_value(wins, pairs) >= 100 > e_value(wins - 1, pairs)


def test_bounds_are_symmetric_order_statistics() -> None:
    """Negating the sample swaps and negates the bounds, and both are members of the sample."""
    draw = random.Random(4)
    sample = [draw.gauss(0.3, 1) for _ in range(60)]
    lower, upper = bounds(sample, 0.01)
    assert {lower, upper} <= set(sample)
    assert lower < upper
    assert bounds([-value for value in sample], 0.01) == (-upper, -lower)


def test_bound_covers_the_median_at_every_look() -> None:
    """Looking after each of 200 pairs, the lower bound passes the true median in <= alpha runs."""
    draw = random.Random(11)
    runs, alpha = 400, 0.05
    missed = 0
    for _ in range(runs):
        sample = [draw.gauss(0, 1) for _ in range(200)]
        missed += any(bounds(sample[:n], alpha)[0] > 0 for n in range(7, 201))
    # alpha * runs is 20; three standard deviations more is 33.
    assert missed <= 33
    assert missed > 0  # a bound that never fires would be no test of the rule


@pytest.mark.parametrize("bias", [0.0, 0.005, 0.01])
def test_equal_versions_are_not_accepted(bias: float) -> None:
    """With biased rounds and no true gain, at most alpha of the runs are accepted."""
    draw = random.Random(5)
    rule = Rule(alpha=0.01, delta=0.02)
    decisions = [
        run_rule(simulated_rounds(draw, 0.0, bias=bias, noise=0.015), rule)[0] for _ in range(400)
    ]
    assert decisions.count(Decision.ACCEPT) <= 4
    assert decisions.count(Decision.REJECT) >= 360


@pytest.mark.parametrize(("gain", "least"), [(0.05, 90), (0.10, 98), (1.0, 100)])
def test_true_gains_are_found(gain: float, least: int) -> None:
    """A gain of 5 %, 10 % and 100 % is accepted in at least 90, 98 and 100 of 100 runs."""
    draw = random.Random(6)
    runs = [
        run_rule(simulated_rounds(draw, gain, bias=0.005, noise=0.015), Rule()) for _ in range(100)
    ]
    assert sum(decision is Decision.ACCEPT for decision, _ in runs) >= least


def test_clear_gain_needs_two_rounds_only() -> None:
    """A doubled speed is decided after two rounds, and never after one."""
    rounds = [[math.log(2)] * 12] * 2
    assert decide(rounds[:1], Rule()) is None
    assert decide(rounds, Rule()) is Decision.ACCEPT


def test_one_biased_round_does_not_carry_the_decision() -> None:
    """Many pairs of one lucky process do not outvote the other rounds' losses."""
    lucky, unlucky = [0.1] * 60, [-0.001] * 6
    rounds = [lucky, unlucky, unlucky]
    assert bounds(list(itertools.chain(*rounds)), 0.01)[0] > math.log1p(0.02)
    assert decide(rounds, Rule()) is None
    assert decide([lucky] * 3, Rule()) is Decision.ACCEPT


def test_slower_edit_is_rejected_as_soon_as_the_bound_allows() -> None:
    """A loss is rejected after two rounds; one round, however clear, is not enough."""
    assert decide([[-0.5] * 12], Rule()) is None
    assert decide([[-0.5] * 6] * 2, Rule()) is Decision.REJECT


def test_undecidable_runs_end_inconclusive() -> None:
    """When ratios scatter too widely for any bound, the rule stops and accepts nothing."""
    rounds = [[-0.5, 0.5, 0.6, -0.6]] * 30
    assert decide(rounds[:-1], Rule()) is None
    assert decide(rounds, Rule()) is Decision.INCONCLUSIVE
