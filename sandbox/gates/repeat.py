"""Gate `repeat`: what one call alone does not show: calls in a row, and results taken in steps.

A result that a second call shares (a cache's own list), that is worked out when it is asked for
(a generator), or during which other tasks run (a coroutine) differs only when somebody looks twice,
stops half way, or calls at the same time; what names its own class, only when a subclass calls; and
needless calls of a function that was given, only when that function notes them.
"""

from collections import Counter
from dataclasses import replace

from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.drivers.callbacks import CALLBACKS
from perfbot.sandbox.drivers.steps import STREAMED
from perfbot.sandbox.drivers.subclassed import SUBCLASS
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import Drained, WireError
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.language import language_of
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.outcome import Outcome, Runner
from perfbot.sandbox.verdict import Evidence, Status

INPUTS = 12
MOST_BYTES = 1 << 16
"""Inputs above this size are not looked into."""
CPU_S = 5.0
TOLD = {
    "twice": "a second equal call gives another result, or shares its result with the first",
    SUBCLASS: "of a subclass it does something else, or makes objects of another class",
    CALLBACKS: "it calls a function that it was given more often, or with something else",
    "changed": "its items, or what it reads for each, differ when the arguments change after one",
    "closed": "it does something else when it is closed after its first item",
    "thrown": "it does something else when an exception is thrown in after its first item",
    "sent": "it does something else with what is sent to it",
    STREAMED: "of an iterator in place of a list it reads further ahead, or gives other items",
    "together": "two tasks that make the call at the same time end otherwise",
    "cancelled": "it does something else when it is cancelled at its first pause",
}


def check(candidate: Candidate) -> Evidence:
    """REFUTED if calls in a row, steps, or tasks at the same time differ from the original's."""
    baseline = candidate.baseline
    pool = [item for _, item in baseline.replayed()] + baseline.corpus
    pool = [item for item in pool if not item.unordered and item.outcomes[0].status == "return"]
    pool = sorted(pool, key=lambda item: len(item.inputs))
    # Of what is read in steps an even choice may leave out all: other inputs are more.
    read = [item for item in pool if has_iterator(item)]
    pool = list({item.inputs: item for item in (*spread(pool), *spread(read))}.values())
    original = baseline.oracle.runner()
    edit = candidate.runners[0]
    ways = language_of(baseline.target).ways
    for expected in pool:
        for way in ways(baseline.target, expected.outcomes[0]):
            found = differs(original, edit, expected, way)
            if found is not None:
                expected = replace(expected, outcomes=found[:1])
                shown = counterexample(candidate, expected, found[1], TOLD[way], way)
                return Evidence("repeat", Status.REFUTED, TOLD[way], counterexample=shown)
    data = {"inputs": len(pool)}
    return Evidence("repeat", Status.SURVIVED, f"{len(pool)} inputs agree again", data=data)


def has_iterator(expected: Expected) -> bool:
    """Whether an argument is an iterator, which shows how far it was read."""
    if len(expected.inputs) > MOST_BYTES:
        return False
    args, kwargs = decode(expected.inputs)
    return any(isinstance(value, Drained) for value in (*args, *kwargs.values()))


def spread(pool: list[Expected]) -> list[Expected]:
    """`INPUTS` of the smaller half, evenly spaced."""
    half = pool[: max(len(pool) // 2, INPUTS)]
    step = max(len(half) // INPUTS, 1)
    return half[::step][:INPUTS]


def differs(
    original: Runner, edit: Runner, expected: Expected, way: str
) -> tuple[Outcome, Outcome] | None:
    """What the original does, each time that it is asked, and what the edit does instead."""
    inputs = expected.inputs
    before = original.call(inputs, cpu_s=CPU_S, way=way)
    if not before.answered or (way == STREAMED and not takes_streams(before, expected)):
        return None
    after = edit.call(inputs, cpu_s=CPU_S, way=way)
    if same(before, after, way):
        return None
    steady = same(before, original.call(inputs, cpu_s=CPU_S, way=way), way)
    return (before, after) if steady else None


def takes_streams(before: Outcome, expected: Expected) -> bool:
    """Whether the original gave as many items of iterators as it gives of lists."""
    streamed, plain = before.parts(), expected.outcomes[0].parts()
    if streamed is None or plain is None or not isinstance(plain[0], Drained):
        return False
    steps = streamed[0] if isinstance(streamed[0], list) else []
    given = [item for item in steps if isinstance(item, tuple) and item[0] == "gave"]
    return len(given) == len(plain[0].items)


def same(before: Outcome, after: Outcome, way: str) -> bool:
    if way == CALLBACKS:
        effects = calls_no_more(before, after)
    else:
        # Which effects two calls in a row have, one call shows.
        effects = way == "twice" or before.effects == after.effects
    return effects and (before.status, before.body) == (after.status, after.body)


def calls_no_more(before: Outcome, after: Outcome) -> bool:
    """Whether the edit makes no call of a callback that the original does not make as often.

    One that always returned None is there for what it does: its calls are all made, in order.
    """
    try:
        original, edit = decode(before.effects), decode(after.effects)
        first, second = (effects.pop(CALLBACKS, []) for effects in (original, edit))
        if encode(original) != encode(edit):
            return False
        if all(is_none for _name, _said, is_none in first):
            return bool(first == second)
        return not Counter(map(tuple, second)) - Counter(map(tuple, first))
    except (AttributeError, TypeError, ValueError, WireError):
        return False  # an answer that the original never gives
