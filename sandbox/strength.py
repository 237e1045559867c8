"""Oracle strength: which mutants of the original the inputs tell from it."""

from dataclasses import dataclass

from perfbot.sandbox.baseline import Baseline
from perfbot.sandbox.mutation import Mutant, mutants
from perfbot.sandbox.oracle import Expected, judge
from perfbot.sandbox.outcome import Runner
from perfbot.sandbox.worker import Zygote

MUTANT_CPU_S = 0.1
"""A mutant that needs this much longer than 5 times the original is told from it by its time."""


MUTANT_WALL_S = 1.0
"""A mutant that sleeps has no CPU time to be told by."""


@dataclass(frozen=True, slots=True)
class Strength:
    """How many mutants were told from the original, and what the others changed."""

    killed: int
    total: int
    survivors: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.killed / self.total if self.total else 0.0


def oracle_strength(baseline: Baseline) -> Strength:
    """Run mutants of the original through the named inputs and the corpus."""
    target = baseline.target
    chosen = mutants(target, limit=baseline.settings.mutants, seed=baseline.settings.seed)
    pool = [item for _, item in baseline.replayed()] + baseline.corpus
    pool.sort(key=lambda item: item.seconds)
    survivors = []
    seeds = baseline.oracle.hash_seeds
    with Zygote(baseline.project, hash_seed=seeds[0], imports=baseline.imports) as zygote:
        for mutant in chosen:
            if not told_apart(baseline, zygote, mutant, pool):
                survivors.append(
                    f"line {mutant.line}: `{mutant.before}` -> `{mutant.after}` ({mutant.operator})"
                )
    return Strength(len(chosen) - len(survivors), len(chosen), tuple(survivors))


def told_apart(baseline: Baseline, zygote: Zygote, mutant: Mutant, pool: list[Expected]) -> bool:
    """Whether some input shows the mutant to differ (or to hang, or not to import)."""
    runner = Runner(
        baseline.project, baseline.target, mutant.file_source,
        hash_seed=baseline.oracle.hash_seeds[0], state=baseline.state, zygote=zygote,
    )  # fmt: skip
    with runner:
        if runner.start() is not None:
            return True
        for expected in pool:
            limit = MUTANT_CPU_S + 5 * expected.seconds
            outcome = runner.call(expected.inputs, cpu_s=limit, wall_s=MUTANT_WALL_S + limit)
            if judge(expected, outcome) is not None:
                return True
    return False
