"""How often does this machine call an unchanged function faster, and how often does it see 10 %?

    python tests/bench/aa.py --decisions 60

runs, for each of five functions from 5 us to 50 ms, 60 A/A measurements (both sides the same
text) and 20 with a planted gain (11 passes over the data become 10), through the real sandbox.
Ends with 1 if any A/A measurement said `faster` or fewer than 95 % of the planted gains were found.
"""

import argparse
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.calibrate import calibrate, first_phase
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.languages.finding import locate
from perfbot.sandbox.measure import aa_decisions
from perfbot.sandbox.measurement import Measurement
from perfbot.sandbox.project import Project
from perfbot.sandbox.timing import BASELINE, OpenPair, TimingCase, pair_opener

FILE = """\
def fn(data):
    for _ in range({passes}):
{body}
    return result
"""
SLOW_PASSES, FAST_PASSES = 11, 10
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Function:
    """A loop body over `data`, and what makes data of one size."""

    name: str
    body: str
    make: Callable[[random.Random], object]
    variants: int
    """Inputs enough for one process's batches; with few, first calls run in fresh forks."""
    path: str = "module.py"
    """The file's name, which says its language."""
    template: str = FILE
    """The file around the body: `{passes}` and `{body}` stand for what differs."""

    def source(self, passes: int) -> str:
        """The file's text."""
        indented = "\n".join(f"        {line}" for line in self.body.splitlines())
        return self.template.format(passes=passes, body=indented)


def numbers(count: int) -> Callable[[random.Random], object]:
    """Lists of `count` integers."""
    return lambda draw: [draw.randrange(10_000) for _ in range(count)]


def words(count: int) -> Callable[[random.Random], object]:
    """Lists of `count` short words."""
    return lambda draw: ["".join(draw.choices("abcde", k=3)) for _ in range(count)]


FUNCTIONS = (
    Function(
        "sum_mod, 5 us",
        "result = 0\nfor item in data:\n    result += item * 3 % 7",
        numbers(9),
        6000,
    ),
    Function(
        "word_counts, 50 us",
        "result = {}\nfor word in data:\n    result[word] = result.get(word, 0) + 1",
        words(80),
        700,
    ),
    Function(
        "join_sorted, 500 us",
        "result = ','.join(str(item) for item in sorted(data))",
        numbers(350),
        90,
    ),
    Function(
        "running_max, 5 ms",
        "result, best = [], -1\nfor item in data:\n    best = max(best, item)\n"
        "    result.append(best)",
        numbers(6_000),
        16,
    ),
    Function(
        "neighbours, 50 ms",
        "result = sum(a < b for a, b in zip(data, data[1:]))",
        numbers(60_000),
        8,
    ),
)


def open_and_case(
    root: Path, function: Function, original: str, edit: str, variants: int
) -> tuple[OpenPair, TimingCase]:
    """An opener of pairs of the two texts, and the function's case with the original's answers."""
    (root / function.path).write_text(original)
    target = locate(root, function.path, "fn")
    project = Project(root=root, python=Path(sys.executable))
    open_pair = pair_opener(project, target, (original, edit), imports=[])
    draw = random.Random(function.name)
    inputs = tuple(encode([(function.make(draw),), {}]) for _ in range(variants))
    return open_pair, TimingCase("data", inputs, answers(open_pair, inputs))


def answers(open_pair: OpenPair, inputs: Sequence[bytes]) -> tuple[bytes, ...]:
    """What the original answers to each input."""
    pair = open_pair(0, 0)
    found: list[bytes] = []
    try:
        for start in range(0, len(inputs), CHUNK):
            pair.prepare(BASELINE, inputs[start : start + CHUNK])
            pair.run(BASELINE)
            found += pair.outputs(BASELINE)
    finally:
        pair.close()
    return tuple(found)


def judged(
    function: Function, original: str, edit: str, count: int, seed: int, few: bool
) -> list[Measurement]:
    """`count` measurements of the edit against the original."""
    with tempfile.TemporaryDirectory() as folder:
        variants = 4 if few else function.variants
        open_pair, case = open_and_case(Path(folder), function, original, edit, variants)
        plan = calibrate(open_pair, [case], seed)
        forks = ", fresh forks" if first_phase(plan, [case], 0.02).pristine else ""
        print(f"  {function.name}: {plan.sweep_ns / 1e3:.1f} us a call{forks}", file=sys.stderr)
        found = list(aa_decisions(open_pair, [case], count, seed=seed))
    for item in found:
        if item.decision in {"refuted", "inconclusive"}:
            print(f"    {item.decision} in {item.seconds:.1f} s: {item.reason}", file=sys.stderr)
    return found


def row(name: str, kind: str, found: Sequence[Measurement]) -> str:
    """One line of the table."""
    decisions = [item.decision for item in found]
    seconds = sorted(item.seconds for item in found)
    gains = [item.speedup.estimate for item in found if item.speedup is not None]
    counts = "".join(
        f"{decisions.count(name):>14}"
        for name in ("faster", "not_faster", "inconclusive", "refuted")
    )
    return (
        f"{name:22}{kind:9}{len(found):>4}{counts}"
        f"{statistics.median(seconds):>10.2f}{seconds[int(0.9 * len(seconds))]:>8.2f}"
        f"{statistics.median(gains) if gains else float('nan'):>10.3f}"
    )


def main() -> int:
    """Run what the arguments ask for, print the table, and say whether it is as promised."""
    return run(__doc__, FUNCTIONS, (SLOW_PASSES, FAST_PASSES), least_found=0.95)


def run(
    description: str, functions: Sequence[Function], passes: tuple[int, int], *, least_found: float
) -> int:
    """Measure `functions` as the arguments ask; 1 where a claim was false or gains were missed.

    `passes` are those of the slower and the faster text; `least_found` is the share of planted
    gains that must be found.
    """
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--decisions", type=int, default=60, help="A/A measurements per function")
    parser.add_argument("--planted", type=int, default=20, help="planted gains per function")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--only", default="", help="functions whose name contains this")
    parser.add_argument("--few", action="store_true", help="4 inputs each: forces fresh forks")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    print(
        f"{'function':22}{'kind':9}{'n':>4}{'faster':>14}{'not_faster':>14}{'inconclusive':>14}"
        f"{'refuted':>14}{'median s':>10}{'p90 s':>8}{'estimate':>10}"
    )
    false_accepts = equal = found = planted = 0
    for number, function in enumerate(functions):
        if options.only not in function.name:
            continue
        slow, fast = (function.source(count) for count in passes)
        for kind, original, count in (
            ("A/A", fast, options.decisions),
            ("planted", slow, options.planted),
        ):
            if not count:
                continue
            seed = options.seed + 2 * number + (kind == "A/A")
            results = judged(function, original, fast, count, seed, options.few)
            accepted = sum(item.decision == "faster" for item in results)
            if kind == "A/A":
                false_accepts, equal = false_accepts + accepted, equal + len(results)
            else:
                found, planted = found + accepted, planted + len(results)
            print(row(function.name, kind, results), flush=True)
    print(f"false accepts: {false_accepts} of {equal}; planted gains found: {found} of {planted}")
    return int(false_accepts > 0 or found < least_found * planted)


if __name__ == "__main__":
    sys.exit(main())
