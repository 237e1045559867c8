"""Oracle strength for C++ and C: which mutants of the original the inputs tell from it.

All mutants are in one library, and a worker is told which of them it is. Those that answer as the
original does are tried in the sanitized library too: an index one too large may read what happens
to lie there.
"""

from collections.abc import Sequence
from typing import cast

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.cpp.mutation import (
    Mutant,
    Schemata,
    complained_lines,
    schemata,
    without,
)
from perfbot.sandbox.cpp.oracle import CppOracle
from perfbot.sandbox.cpp.toolchain import Built
from perfbot.sandbox.cpp.units import Variant
from perfbot.sandbox.cpp.versions import compiled, opener, report_of, sanitized_limit
from perfbot.sandbox.cpp.zygote import CppWorker, fork_worker
from perfbot.sandbox.oracle import Expected, judge
from perfbot.sandbox.outcome import no_answer, parse
from perfbot.sandbox.strength import MUTANT_CPU_S, MUTANT_WALL_S, Strength
from perfbot.sandbox.worker import ChildFailedError, Worker

TRIES = 12
"""So often mutants that do not compile are left out before all are."""
SANITIZED_INPUTS = 60
"""Inputs that a mutant is given in the sanitized library, the quickest."""


def oracle_strength(baseline: Baseline) -> Strength:
    """Run mutants of the original through the named inputs and the corpus."""
    made, _ = compilable(baseline)
    if not made.mutants:
        return Strength(0, 0, ())
    pool = [item for _, item in baseline.replayed()] + baseline.corpus
    pool.sort(key=lambda item: item.seconds)
    left = survivors(baseline, made, made.mutants, pool, Variant.PLAIN)
    if left:
        unsaid = cast(CppOracle, baseline.oracle).unsaid
        quick = [item for item in pool if item.inputs not in unsaid][:SANITIZED_INPUTS]
        left = survivors(baseline, made, left, quick, Variant.SANITIZED)
    texts = tuple(
        f"line {item.line}: `{item.before}` -> `{item.after}` ({item.operator})" for item in left
    )
    return Strength(len(made.mutants) - len(left), len(made.mutants), texts)


def compilable(baseline: Baseline) -> tuple[Schemata, list[Built]]:
    """The mutants without those that the compiler refuses, and their libraries."""
    settings, target = baseline.settings, baseline.target
    made = schemata(target, limit=settings.mutants, seed=settings.seed)
    variants = (Variant.PLAIN, Variant.SANITIZED)
    for _ in range(TRIES):
        built = compiled(baseline.project, target, made.text, variants)
        refused = next((item for item in built if item.library is None), None)
        if refused is None or not made.mutants:
            return made, built
        made = without(made, complained_lines(refused.diagnostics, target.path))
    return without(made, ()), []


def survivors(
    baseline: Baseline,
    made: Schemata,
    mutants: Sequence[Mutant],
    pool: Sequence[Expected],
    variant: Variant,
) -> list[Mutant]:
    """Those of `mutants` that no input tells from the original in that variant."""
    target, seed = baseline.target, baseline.oracle.hash_seeds[0]
    with opener(baseline.project, target, variant, hash_seed=seed)() as zygote:
        loaded = zygote.fork()
        try:
            failure = loaded.load(target, made.text)["failure"]
            if failure is not None:
                raise ChildFailedError("error", f"the mutants do not load: {failure}")
            return [item for item in mutants if not told_apart(loaded, item, pool, variant)]
        finally:
            loaded.kill()


def told_apart(
    loaded: CppWorker, mutant: Mutant, pool: Sequence[Expected], variant: Variant
) -> bool:
    """Whether some input shows the mutant to differ, to hang, or to trip a sanitizer."""
    worker = fork_worker(loaded, loaded.builder)
    try:
        worker.request("mutant", number=mutant.number)
        return any(differs(worker, expected, variant) for expected in pool)
    finally:
        worker.kill()


def differs(worker: Worker, expected: Expected, variant: Variant) -> bool:
    """Whether the mutant in `worker` does on one input what the original does not."""
    if variant is Variant.PLAIN:
        limit = MUTANT_CPU_S + 5 * expected.seconds
    else:
        limit = sanitized_limit(expected.seconds)
    try:
        reply = worker.request(
            "call", inputs=expected.inputs, way="once", cpu_s=limit, wall_s=MUTANT_WALL_S + limit
        )
        outcome = parse(reply)
    except ChildFailedError as error:
        outcome = no_answer(error)
    if variant is Variant.PLAIN:
        return judge(expected, outcome) is not None
    return report_of(outcome) is not None
