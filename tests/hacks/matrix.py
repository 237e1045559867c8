"""Prints which gate decided on each class of edits: `tests/hacks/matrix.py [--language cpp]`."""

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cases import HERE, LANGUAGES, Case, judge_case, load_cases
from judging import table


def main() -> int:
    """Judge every case; the exit code is 1 where a bad edit passed or another rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases whose id contains this text")
    parser.add_argument("--timeout", type=float, default=180, metavar="SECONDS")
    parser.add_argument("--language", default="python", choices=LANGUAGES)
    options = parser.parse_args()
    cases = [case for case in load_cases(HERE / options.language) if options.only in case.id]
    results = [(case, *_judged(case, options.timeout)) for case in cases]
    print(_matrix([(case, outcome) for case, outcome, _ in results]))
    wrong = [(case, outcome, reason) for case, outcome, reason in results if reason]
    for case, outcome, reason in wrong:
        print(f"\nWRONG {case.id} ({case.kind})\n  {outcome}: {reason}")
    bad = [(case, outcome) for case, outcome, _ in results if not case.good]
    accepted = sum(outcome == "accepted" for _, outcome in bad)
    good = [outcome for case, outcome, _ in results if case.good]
    print(
        f"\nbad edits: {len(bad)}, accepted {accepted}; "
        f"good edits: {len(good)}, accepted {good.count('accepted')}; "
        f"judged otherwise than the case allows: {len(wrong)}"
    )
    return 1 if wrong else 0


def _judged(case: Case, timeout_s: float) -> tuple[str, str]:
    """Return what decided (`accepted`, or the gate), and why that is wrong where it is."""
    verdict = judge_case(case, timeout_s=timeout_s)
    decision, gate = str(verdict["decision"]), verdict.get("gate")
    right = case.judged_rightly(decision, gate)
    outcome = decision if decision in ("accepted", "not_faster") else f"{decision} by {gate}"
    print(f"{'ok   ' if right else 'WRONG'} {case.id}: {outcome}", file=sys.stderr, flush=True)
    return outcome, "" if right else str(verdict.get("reason"))


def _matrix(results: list[tuple[Case, str]]) -> str:
    """Return a row per class, a column per outcome, the number of edits in each cell."""
    outcomes = sorted({outcome for _, outcome in results})
    kinds = sorted({(case.good, case.kind.partition(" (")[0]) for case, _ in results})
    counts = Counter(
        ((case.good, case.kind.partition(" (")[0]), outcome) for case, outcome in results
    )
    rows = [
        [("good: " if good else "") + kind]
        + [str(counts[(good, kind), outcome] or "") for outcome in outcomes]
        for good, kind in kinds
    ]
    return table(["class", *outcomes], rows)


if __name__ == "__main__":
    sys.exit(main())
