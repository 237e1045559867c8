"""Growing the corpus: generated inputs on which the original gives an answer to compare with."""

import contextlib
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from perfbot.sandbox.axes import Ranks, with_other_elements
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.exploration import (
    BEYOND,
    INSIDE,
    arguments_of,
    draw,
    drawn,
    encoded,
    inputs_of,
)
from perfbot.sandbox.inputs.alike import filled, grown
from perfbot.sandbox.inputs.characters import respelt, with_numbers_respelt, with_rare_characters
from perfbot.sandbox.inputs.edge_numbers import with_edge_numbers
from perfbot.sandbox.inputs.empty_arrays import with_empty_arrays
from perfbot.sandbox.inputs.punned import with_punned_numbers
from perfbot.sandbox.inputs.quoting import quoted_in_turn
from perfbot.sandbox.inputs.texts_in_turn import with_special_texts
from perfbot.sandbox.language import language_of
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.patience import FUZZ_CPU_S, slept_through
from perfbot.sandbox.target import Target

if TYPE_CHECKING:
    from perfbot.sandbox.baseline import Baseline

SWEEPS = ((8, INSIDE), (8, INSIDE), (8, BEYOND), (40, INSIDE), (200, INSIDE))
"""(largest container, inside or beyond the domain), each a fifth of the examples: small first."""
LARGE, GROWN, FILLED = (500, 2_000, 8_000), 3, 3
"""Sizes to which observed inputs are grown, a few each, while the original answers in time; and as
many inputs of that size are filled with one element."""
EDGE = 5
"""This many inputs out of time, and no larger ones are tried."""
OUTSIDE = "outside the domain"
NEVER_MEANT = ("NameError", "UnboundLocalError")
"""Raised by accident, these are the function's own mistakes: no caller can count on them."""


def grow_corpus(baseline: "Baseline") -> None:
    """Generate inputs and keep those on which the original gives a comparable answer."""
    _grow_corpus(baseline)
    # Only now is it known which numbers of axes the original seldom answers.
    kept = [
        item for item in baseline.corpus if in_shape(baseline, item, baseline.ranks(item.inputs))
    ]
    outside = len(baseline.corpus) - len(kept)
    if outside:
        baseline.discarded[OUTSIDE] = baseline.discarded.get(OUTSIDE, 0) + outside
        baseline.corpus[:] = kept


def in_shape(baseline: "Baseline", found: Expected, ranks: Ranks) -> bool:
    """Whether the original answers an input for what its arrays hold, or most inputs like it."""
    if not ranks or baseline.axes_met().mostly_taken(ranks):
        return True
    other = inputs_of(with_other_elements(arguments_of(found.inputs)))
    instead, _ = waited_for(baseline, other)
    if instead.discarded is not None or instead.outcomes[0].status != found.outcomes[0].status:
        return False
    one, two = found.outcomes[0].parts(), instead.outcomes[0].parts()
    return one is None or two is None or encode(one[0]) != encode(two[0])


def _grow_corpus(baseline: "Baseline") -> None:
    language = language_of(baseline.target)
    baseline.least_ints, baseline.signature = language.stated(baseline)
    baseline.bounded = None
    settings = baseline.settings
    randomly = random.Random(settings.seed)
    taken: set[bytes] = {item.inputs for _, item in baseline.cases}
    if baseline.workload is not None and "strategy" in baseline.workload.has:
        for inputs in baseline.workload.draw(settings.examples, randomly.getrandbits(32)):
            grow(baseline, inputs, taken, beyond=False)
        return
    in_time = sweep(baseline, randomly, taken)
    observed = baseline.observed()
    for made in with_edge_numbers(baseline.signature, observed, baseline.scope()):
        grow_in_time(baseline, encoded(made), taken, beyond=False)
    more = language.more_characters()
    for inputs in encoded(with_rare_characters(baseline.signature, observed, more)):
        grow(baseline, inputs, taken, beyond=False)
    for inputs in encoded(with_numbers_respelt(baseline.signature, observed)):
        grow(baseline, inputs, taken, beyond=False)
    for inputs in encoded(quoted_in_turn(baseline.signature, observed)):
        grow(baseline, inputs, taken, beyond=True)
    special = sorted(encoded(with_special_texts(baseline.signature, observed)), key=len)
    grow_in_time(baseline, special, taken, beyond=True)
    punned = encoded(with_punned_numbers(baseline.signature, observed))
    grow_in_time(baseline, punned, taken, beyond=True)
    for inputs in encoded(with_empty_arrays(baseline.signature, observed)):
        grow(baseline, inputs, taken, beyond=True)
    for inputs in encoded(respelt(baseline.signature, observed)):
        grow(baseline, inputs, taken, beyond=True)
    for inputs in encoded(language.twins(baseline)):
        grow(baseline, inputs, taken, beyond=True)
    small = baseline.source(SWEEPS[0][0], own_literals(baseline.target))
    for size in LARGE if in_time else ():
        seed = randomly.getrandbits(32)
        large = [
            *grown(baseline.signature, observed, size, GROWN, seed),
            *filled(baseline.signature, drawn(small, FILLED, seed, breaking=INSIDE), size, seed),
        ]
        if not grow_in_time(baseline, encoded(large), taken, beyond=True):
            return


def sweep(baseline: "Baseline", randomly: random.Random, taken: set[bytes]) -> bool:
    """Draw inputs at random, larger ones each time; whether the original answered in time."""
    for size, breaking in SWEEPS:
        before = baseline.discarded.get("timeout", 0)
        count = baseline.settings.examples // len(SWEEPS)
        source = baseline.source(size, own_literals(baseline.target))
        for inputs in draw(source, count, randomly.getrandbits(32), breaking=breaking):
            grow(baseline, inputs, taken, beyond=breaking == BEYOND)
            if baseline.discarded.get("timeout", 0) - before > EDGE:
                return False  # the original's edge: larger inputs only cost time
        baseline.size_limit = max(size, baseline.size_limit)
    return True


def grow_in_time(
    baseline: "Baseline", inputs: Iterable[bytes], taken: set[bytes], *, beyond: bool
) -> bool:
    """Grow by ever larger inputs, until the original runs out of time on one: whether it did not.

    Those that follow would take as long.
    """
    before = baseline.discarded.get("timeout", 0)
    for item in inputs:
        grow(baseline, item, taken, beyond=beyond)
        if baseline.discarded.get("timeout", 0) > before:
            return False
    return True


def own_literals(target: Target) -> tuple[object, ...]:
    """The constants in the target: where its branches turn."""
    return language_of(target).new_literals("", target.source)


def grow(baseline: "Baseline", inputs: bytes, taken: set[bytes], *, beyond: bool) -> None:
    """Ask the original about a generated input not asked before, and file it."""
    if inputs in taken or baseline.beyond_edge(inputs):
        return
    taken.add(inputs)
    found = baseline.oracle.confirm(generated(baseline, inputs, beyond=beyond))
    if found.discarded is None:
        baseline.corpus.append(found)
    else:
        baseline.discarded[found.discarded] = baseline.discarded.get(found.discarded, 0) + 1
        if found.discarded == "unstable" and baseline.unstable is None:
            baseline.unstable = found


def generated(baseline: "Baseline", inputs: bytes, *, beyond: bool) -> Expected:
    """What the original does on a generated input; one that took too long lowers the limit."""
    found, asleep = waited_for(baseline, inputs)
    if asleep:
        baseline.reach = baseline.reach.after_sleep(inputs)
    elif found.discarded == "timeout":
        baseline.reach = baseline.reach.after_timeout(
            inputs, lambda other: waited_for(baseline, other)[0].discarded != "timeout"
        )
    if found.discarded is not None:
        return found
    outcome = found.outcomes[0]
    by_accident = outcome.status == "raise" and not outcome.explicit
    ranks = baseline.ranks(inputs)
    if ranks:
        baseline.axes_met().note(ranks, answered=not by_accident)
    never_meant = by_accident and (beyond or outcome.exception_name() in NEVER_MEANT)
    if never_meant or not in_shape(baseline, found, ranks):
        return replace(found, discarded=OUTSIDE)
    return found


@contextlib.contextmanager
def limits_kept(baseline: "Baseline") -> Iterator[None]:
    """Ask the original meanwhile what others chose: where it is slow on that, the limits of the
    inputs that are generated later stay as they were."""
    reach, patience = baseline.reach, baseline.patience
    baseline.patience = replace(patience)
    try:
        yield
    finally:
        baseline.reach, baseline.patience = reach, patience


def waited_for(baseline: "Baseline", inputs: bytes) -> tuple[Expected, bool]:
    """What the original does on a generated input, and whether it slept on it."""
    oracle, patience = baseline.oracle, baseline.patience
    if (known := oracle.known.get(inputs)) is not None:
        return known, False
    started = time.monotonic()
    found = oracle.ask(inputs, cpu_s=patience.cpu_s(), wall_s=patience.wall_s())
    wall_s = time.monotonic() - started
    late = found.discarded == "timeout"
    # A process that was ended leaves no CPU time to read, but its limit tells.
    cpu_s = FUZZ_CPU_S if late and not slept_through(found) else found.seconds
    return found, patience.note(answered=not late, cpu_s=cpu_s, wall_s=wall_s)
