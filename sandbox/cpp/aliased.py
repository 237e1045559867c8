"""Inputs in which two arguments are the same object: `add(sums, sums)`.

An edit that takes for granted that they are not (it reads one after writing the other, or it
promises so to the compiler) differs there alone. The driver binds both parameters to one object.
"""

from collections.abc import Collection, Iterator
from itertools import combinations

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.exploration import INSIDE
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.strategy import samples

LIKE = 8
"""Observed inputs, and as many drawn ones, that are changed for each pair of parameters."""
DRAWN_SIZE = 8


def aliased(baseline: Baseline, may_change: Collection[str]) -> Iterator[Arguments]:
    """Observed and drawn inputs with the one of two parameters of a type for the other.

    Of each pair a call may change one, by reference: else it is one object for nobody.
    """
    signature = baseline.signature
    pairs = [
        (one.name, other.name)
        for one, other in combinations(signature.parameters, 2)
        if one.annotation == other.annotation and {one.name, other.name} & set(may_change)
    ]
    if not pairs:
        return
    drawn = samples(
        signature, tuple(baseline.observed()), count=LIKE, seed=baseline.settings.seed,
        max_size=DRAWN_SIZE, break_percent=INSIDE, names=baseline.scope(),
    )  # fmt: skip
    for arguments in [*baseline.observed()[:LIKE], *drawn]:
        bound = signature.bind(arguments)
        for one, other in pairs:
            if bound is None or not isinstance(bound.get(one), list):
                continue
            for first, second in ((one, other), (other, one)):
                made = {name: fresh(value) for name, value in bound.items()}
                made[second] = made[first]
                yield signature.call(made)
