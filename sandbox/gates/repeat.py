"""Gate `repeat`: what one call alone does not show: calls in a row, and results taken in steps.

A result that a second call shares (a cache's own list) or that is worked out when it is asked for
(a generator) differs only when somebody looks twice.
"""

from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.oracle import Expected
from perfbot.sandbox.outcome import Outcome, Runner
from perfbot.sandbox.verdict import Evidence, Status

INPUTS = 12
CPU_S = 5.0
TWICE = "a second equal call gives another result, or shares its result with the first"
LAZILY = "its items differ when the arguments change after the first one"


def check(candidate: Candidate) -> Evidence:
    """REFUTED if calls in a row, or items taken one by one, differ from the original's."""
    baseline = candidate.baseline
    pool = [item for _, item in baseline.replayed()] + baseline.corpus
    pool = [item for item in pool if not item.unordered and item.outcomes[0].status == "return"]
    pool = spread(sorted(pool, key=lambda item: len(item.inputs)))
    original = baseline.oracle.runner()
    edit = candidate.runners[0]
    for expected in pool:
        for lazily in (False, True):
            before = again(original, expected.inputs, lazily)
            after = again(edit, expected.inputs, lazily)
            if before.answered and (before.status, before.body) != (after.status, after.body):
                detail = LAZILY if lazily else TWICE
                shown = counterexample(candidate, expected, after, detail)
                return Evidence("repeat", Status.REFUTED, detail, counterexample=shown)
    data = {"inputs": len(pool)}
    return Evidence("repeat", Status.SURVIVED, f"{len(pool)} inputs agree again", data=data)


def spread(pool: list[Expected]) -> list[Expected]:
    """`INPUTS` of the smaller half, evenly spaced."""
    half = pool[: max(len(pool) // 2, INPUTS)]
    step = max(len(half) // INPUTS, 1)
    return half[::step][:INPUTS]


def again(runner: Runner, inputs: bytes, lazily: bool) -> Outcome:
    return runner.call(inputs, cpu_s=CPU_S, twice=not lazily, lazily=lazily)
