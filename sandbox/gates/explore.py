"""Gate `explore`: inputs of every size up to the original's edge, for as long as its time lasts.

What goes wrong on one input in thousands (a carry that is folded once too seldom, a rounding) is
found by number alone. Only an edit that every other gate let through gets so far, and pays.
"""

import itertools
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.corpus import LARGE, own_literals
from perfbot.sandbox.exploration import BEYOND, INSIDE, draw, encoded
from perfbot.sandbox.gates.fuzz import Refutation, has_strategy, new_literals, shrunk, visit
from perfbot.sandbox.inputs.growth import grown
from perfbot.sandbox.outcome import Runner
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import ChildFailedError

EXPLORE_S = 1.5
"""Seconds of wall time: as long as all the other gates take together."""
BATCH_CPU_S = 2 * EXPLORE_S
"""What is asked at once must not take much longer; slower inputs are `fuzz`'s matter."""
AT_ONCE = 30
"""Inputs that are drawn in one go: drawing one at a time costs twice as much."""
SMALL_SIZE = 8
DRAWN = 100
"""From a workload's own strategy, one request brings so many."""
Drawn = tuple[bytes, int]
"""Encoded arguments, inside or beyond."""


def check(candidate: Candidate) -> Evidence:
    """REFUTED by the first input on which the edit differs; nothing found approves nothing more."""
    seed = secrets.randbits(32)
    deadline = time.monotonic() + EXPLORE_S
    tried = 0
    found: Refutation | None = None
    for batch in rounds(candidate, seed):
        suspects = differing(candidate, batch)
        tried += len(batch)
        found = next(filter(None, (visit(candidate, *item) for item in suspects)), None)
        if found is not None or time.monotonic() > deadline:
            break
    data: dict[str, object] = {"inputs": tried, "seed": seed}
    if found is None:
        return Evidence("explore", Status.SURVIVED, f"{tried} more inputs agree", data=data)
    found = shrunk(candidate, found, seed)
    shown = counterexample(candidate, found.expected, found.actual, found.detail)
    return Evidence("explore", Status.REFUTED, found.detail, counterexample=shown, data=data)


def rounds(candidate: Candidate, seed: int) -> Iterator[list[Drawn]]:
    """Without end: small inputs, inputs of all sizes, and observed ones grown large."""
    baseline = candidate.baseline
    literals = (*own_literals(baseline.target), *new_literals(candidate))
    size = baseline.size_limit
    large = [item for item in LARGE if item > size] if size > SMALL_SIZE else []
    for number in itertools.count(seed):
        if has_strategy(baseline):
            assert baseline.workload is not None
            yield [(inputs, INSIDE) for inputs in baseline.workload.draw(DRAWN, number)]
            continue
        fresh = 0
        for largest, breaking in ((SMALL_SIZE, INSIDE), (size, INSIDE), (size, BEYOND)):
            source = baseline.source(largest, literals)
            drawn = draw(source, AT_ONCE, number, breaking=breaking)
            made = [(inputs, breaking) for inputs in drawn if not baseline.beyond_edge(inputs)]
            fresh += len(made)
            yield made
        for grow_to in large[number % 3 : number % 3 + 1]:
            more = encoded(grown(baseline.observed(), grow_to, AT_ONCE // 3, number))
            yield [(inputs, BEYOND) for inputs in more if not baseline.beyond_edge(inputs)]
        if not fresh:
            return


def differing(candidate: Candidate, batch: list[Drawn]) -> list[Drawn]:
    """The inputs of a batch whose answers differ, and are to be judged one by one.

    All of them, where the edit has no answer to the batch; none, where the original has none.
    """
    inputs = [item for item, _ in batch]
    original = candidate.baseline.oracle.runner()
    with ThreadPoolExecutor(2) as pool:
        wanted = pool.submit(answers, original, inputs)
        given = pool.submit(answers, candidate.runners[0], inputs)
        expected, actual = wanted.result(), given.result()
    if expected is None:
        return []
    if actual is None:
        return batch
    pairs = zip(batch, expected, actual, strict=True)
    return [item for item, ours, theirs in pairs if ours != theirs]


def answers(runner: Runner, inputs: Sequence[bytes]) -> list[bytes] | None:
    """What a version answers to calls in a row, as a timed batch does; None without an answer."""
    if runner.worker is None and runner.start() is not None:
        return None
    assert runner.worker is not None
    found: list[bytes] = []
    try:
        ask = runner.worker.request
        ask("prepare", inputs=list(inputs), repeat=1, reseed=False, cpu_s=BATCH_CPU_S)
        ask("run", cpu_s=BATCH_CPU_S)
        while len(found) < len(inputs):
            part = ask("outputs", cpu_s=BATCH_CPU_S)
            if type(part) is not list or not part or set(map(type, part)) != {bytes}:
                raise ChildFailedError("corrupt", "outputs that are not bytes")
            found += part
    except ChildFailedError:
        runner.drop()
        return None
    return found if len(found) == len(inputs) else None
