"""Gate `explore`: inputs of every size up to the original's edge, for as long as its time lasts.

What goes wrong on one input in thousands (a carry that is folded once too seldom, a rounding) is
found by number alone. Only an edit that every other gate let through gets so far, and pays.
"""

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from perfbot.sandbox.candidate import Candidate, counterexample
from perfbot.sandbox.corpus import LARGE, own_literals
from perfbot.sandbox.exploration import BEYOND, INSIDE, draw, drawn, encoded
from perfbot.sandbox.gates.fuzz import Refutation, has_strategy, new_literals, shrunk, visit
from perfbot.sandbox.inputs.alike import filled, grown, takes_standard_input, widened
from perfbot.sandbox.outcome import Runner
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.worker import ChildFailedError

TURN_S = 0.2
"""About so long one kind of inputs is tried before the next has its turn."""
FIRST, MOST = 2, 100
"""Inputs in a kind's first turn, which shows what they cost, and in any."""
LARGER = 4
"""The next kind is expected to take so many times as long for each input."""
BATCH_CPU_S = 3.0
"""What is asked at once must not take much longer; slower inputs are `fuzz`'s matter."""
SMALL_SIZE = 8
FACTORS = (4, 32, 256)
"""So many times as far as the examples of a program's input it is tried, too."""
BEYOND_EXAMPLES = (
    "differs on an input larger than any example (give such a case, if the program has to take it, "
    "or say --within-examples)"
)
Drawn = tuple[bytes, int]
"""Encoded arguments, inside or beyond."""
Draw = Callable[[int, int], list[Drawn]]
"""(how many, seed) -> as many inputs of one kind, or fewer."""


def check(candidate: Candidate) -> Evidence:
    """REFUTED by the first input on which the edit differs; nothing found approves nothing more.

    UNKNOWN, where the edit of a program differs beyond all that its examples show.
    """
    seed = secrets.randbits(32)
    found, tried = search(candidate, kinds(candidate), seed)
    data: dict[str, object] = {"inputs": tried, "seed": seed}
    if found is not None:
        found = shrunk(candidate, found, seed)
        shown = counterexample(candidate, found.expected, found.actual, found.detail)
        return Evidence("explore", Status.REFUTED, found.detail, counterexample=shown, data=data)
    further = [] if candidate.baseline.settings.within_examples else beyond_examples(candidate)
    found, data["beyond_examples"] = search(candidate, further, seed)
    if found is not None:
        shown = counterexample(candidate, found.expected, found.actual, found.detail)
        detail = f"{BEYOND_EXAMPLES}: {found.detail}"
        return Evidence("explore", Status.UNKNOWN, detail, counterexample=shown, data=data)
    note = f", {data['beyond_examples']} larger than any example" if further else ""
    return Evidence("explore", Status.SURVIVED, f"{tried} more inputs agree{note}", data=data)


def search(candidate: Candidate, kinds: list[Draw], seed: int) -> tuple[Refutation | None, int]:
    """The first input of `kinds` on which the edit differs, and how many were tried."""
    deadline = time.monotonic() + candidate.baseline.settings.explore_s
    tried = 0
    for batch in turns(kinds, seed, deadline):
        suspects = differing(candidate, batch)
        tried += len(batch)
        found = next(filter(None, (visit(candidate, *item) for item in suspects)), None)
        if found is not None:
            return found, tried
    return None, tried


def beyond_examples(candidate: Candidate) -> list[Draw]:
    """Inputs of a program larger than all that were given for it, step by step; else none."""
    baseline = candidate.baseline
    if has_strategy(baseline) or not takes_standard_input(baseline.signature):
        return []
    literals = (*own_literals(baseline.target), *new_literals(candidate))

    def beyond(factor: int) -> Draw:
        def draw_beyond(count: int, seed: int) -> list[Drawn]:
            made = widened(baseline.signature, baseline.observed(), factor, count, seed, literals)
            return [(item, BEYOND) for item in encoded(made) if not baseline.beyond_edge(item)]

        return draw_beyond

    return [beyond(factor) for factor in FACTORS]


def turns(kinds: list[Draw], seed: int, deadline: float) -> Iterator[list[Drawn]]:
    """Batches of each kind in turn, as large as its time allows.

    `kinds` go from small inputs to large: one too slow for its turn ends, and so do those after it.
    """
    waiting = deque((place, draw, FIRST) for place, draw in enumerate(kinds))
    while waiting and (started := time.monotonic()) < deadline:
        place, draw, count = waiting.popleft()
        seed += 1
        batch = draw(count, seed)
        if not batch:
            continue
        yield batch
        each_s = (time.monotonic() - started) / len(batch)
        if each_s > TURN_S / LARGER:
            waiting = deque(item for item in waiting if item[0] < place)
        if each_s < TURN_S:
            waiting.append((place, draw, min(max(int(TURN_S / each_s), 1), MOST)))


def kinds(candidate: Candidate) -> list[Draw]:
    """Small inputs, inputs of all sizes, inside and beyond, and observed ones grown large."""
    baseline = candidate.baseline
    if has_strategy(baseline):
        workload = baseline.workload
        assert workload is not None
        return [lambda count, seed: [(item, INSIDE) for item in workload.draw(count, seed)]]
    literals = (*own_literals(baseline.target), *new_literals(candidate))

    def drawing(size: int, breaking: int) -> Draw:
        source = baseline.source(size, literals)
        return lambda count, seed: within(draw(source, count, seed, breaking=breaking), breaking)

    def growing(size: int) -> Draw:
        return lambda count, seed: within(
            encoded(grown(baseline.signature, baseline.observed(), size, count, seed)), BEYOND
        )

    def filling(size: int) -> Draw:
        source = baseline.source(SMALL_SIZE, literals)
        return lambda count, seed: within(
            encoded(
                filled(baseline.signature, drawn(source, count, seed, breaking=INSIDE), size, seed)
            ),
            BEYOND,
        )

    def within(made: Iterable[bytes], breaking: int) -> list[Drawn]:
        return [(item, breaking) for item in made if not baseline.beyond_edge(item)]

    size = baseline.size_limit
    small = drawing(SMALL_SIZE, INSIDE)
    if size <= SMALL_SIZE:
        return [small, drawing(SMALL_SIZE, BEYOND)]
    sizes = [item for item in LARGE if item > size]
    large = [kind(item) for item in sizes for kind in (growing, filling)]
    return [small, drawing(size, INSIDE), drawing(size, BEYOND), *large]


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
