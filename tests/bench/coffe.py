"""Judges a file of model replies with `perfbot verify`, and checks perfbot's answers.

    python tests/bench/coffe.py --data FILE.jsonl [--out results.jsonl] [--limit N] [--only ID]

The file has one JSON object a line: `id`, `entry` (function name), `original` (module source),
`tests` (`input` arguments, `output` in a one-element list), `stress` (Python expressions giving the
argument list), `original_stress_s`, `candidates` (`model`, `completion`, `passes_tests`,
`stress_speedup`). It is built from COFFE (https://github.com/JohnnyPeng18/Coffe); it is not part of
perfbot. perfbot sees the first half of the tests and the stress inputs. Two questions:

- Of the replies that fail their tests, is any accepted? None may be.
- Of those that pass and are faster, is any refused without a counterexample that reproduces in a
  plain interpreter, outside perfbot?

Results are appended as they come; a second run goes on where the first ended.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from judging import judge, table

from perfbot.agents.replies import code_from_reply

Row = dict[str, Any]

SLOWEST_CASE_S = 2.0
"""A stress input on which the original takes longer is no case."""
LARGEST_CASE = 8_000_000
"""A stress input with a longer text is no case either: perfbot takes 64 MB of them in all."""
FASTER = 1.3
"""A reply counts as faster from this speedup on the stress inputs."""
PROGRAM = """\
import pytest
from original import {entry}


def plain(value):
    \"\"\"The expected outputs went through JSON, which turns tuples into lists.\"\"\"
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {{str(key): plain(item) for key, item in value.items()}}
    return value


@pytest.mark.parametrize(("arguments", "expected"), {tests!r})
def test_{entry}(arguments, expected):
    assert plain({entry}(*arguments)) == pytest.approx(plain(expected), rel=1e-9, nan_ok=True) \\
        if isinstance(expected, float) else plain({entry}(*arguments)) == plain(expected)
"""


def main() -> int:
    """Judge what is not judged yet and print the tables; exit code 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="the JSONL file; without it nothing is done")
    parser.add_argument("--out", type=Path, default=Path("coffe-results.jsonl"))
    parser.add_argument("--limit", type=int, metavar="N", help="judge at most N replies")
    parser.add_argument("--only", metavar="ID", help="only this problem (or its first characters)")
    parser.add_argument("--jobs", type=int, default=1, help="more than 1 disturbs the timing")
    parser.add_argument("--timeout", type=float, default=300, metavar="SECONDS")
    parser.add_argument("--again", metavar="GATE", help="judge again what this gate decided")
    options = parser.parse_args()
    if options.data is None:
        print("skipped: give the replies with --data FILE.jsonl (see --help)")
        return 0
    todo = load(options.data, options.only)
    done = results(options.out, options.again)
    waiting = [item for item in todo if key(item) not in done][: options.limit]
    with ThreadPoolExecutor(options.jobs) as pool, options.out.open("a") as out:
        for result in pool.map(lambda item: judged(*item, timeout_s=options.timeout), waiting):
            out.write(json.dumps(result) + "\n")
            out.flush()
            print(line(result), file=sys.stderr, flush=True)
    found = results(options.out, None)
    return report([found[key(item)] for item in todo if key(item) in found])


def load(path: Path, only: str | None) -> list[tuple[Row, Row]]:
    """Return (problem, candidate) for each reply of the file, in its order."""
    problems = [json.loads(text) for text in path.read_text().splitlines() if text.strip()]
    chosen = [problem for problem in problems if str(problem["id"]).startswith(only or "")]
    return [(problem, candidate) for problem in chosen for candidate in problem["candidates"]]


def key(item: tuple[Row, Row]) -> tuple[str, str]:
    """Return what names a reply: the problem's id and the model."""
    return item[0]["id"], item[1]["model"]


def results(path: Path, leave_out: str | None) -> dict[tuple[str, str], Row]:
    """Return the results written so far; of two for one reply the later counts."""
    rows = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
    found = {(row["id"], row["model"]): row for row in rows}
    return {
        name: row
        for name, row in found.items()
        if leave_out in (None, "") or gate(row) != leave_out
    }


def judged(problem: Row, candidate: Row, *, timeout_s: float) -> Row:
    """Return the verdict on one reply, with what is known of the reply beside it."""
    result = {
        "id": problem["id"],
        "model": candidate["model"],
        "passes_tests": candidate["passes_tests"],
        "stress_speedup": candidate["stress_speedup"],
    }
    code = code_from_reply(candidate["completion"], problem["entry"], original=problem["original"])
    if code is None:
        return result | {"verdict": {"decision": "no_code", "gate": None, "reason": "no function"}}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(problem, folder / "project")
        (folder / "candidate.py").write_text(code)
        (folder / "workload.py").write_text(workload(problem))
        verdict = judge(
            folder / "project",
            f"original.py::{problem['entry']}",
            candidate=folder / "candidate.py",
            workload=folder / "workload.py",
            timeout_s=timeout_s,
        )
        shown = reproduces(verdict, folder / "project")
    return result | {"verdict": verdict, "reproduces": shown}


def lay_out(problem: Row, project: Path) -> None:
    """Write the original and its suite: the first half of the tests, at least one."""
    project.mkdir()
    (project / "original.py").write_text(problem["original"])
    tests = [(test["input"], test["output"][0]) for test in first_half(problem)]
    program = PROGRAM.format(entry=problem["entry"], tests=tests)
    (project / "test_original.py").write_text(program)


def first_half(problem: Row) -> list[Row]:
    """Return the tests that perfbot may see."""
    tests: list[Row] = problem["tests"]
    return tests[: max(1, len(tests) // 2)]


def workload(problem: Row) -> str:
    """Return a workload file: the seen tests' inputs, then the stress inputs, as given."""
    seen = [repr(tuple(test["input"])) for test in first_half(problem)]
    times = problem["original_stress_s"] or [0.0] * len(problem["stress"])
    stress = [
        f"tuple({expression})"
        for expression, seconds in zip(problem["stress"], times, strict=True)
        if isinstance(seconds, float) and seconds <= SLOWEST_CASE_S
    ]
    yields = "".join(
        f"    given = {text}\n    if len(repr(given)) < {LARGEST_CASE}:\n        yield given\n"
        for text in seen + stress
    )
    # Some stress expressions draw numbers; seeded, they are the same on every run.
    seeded = f"import random\n\n\ndef cases():\n    random.seed(0)\n{yields}"
    return f'"""Inputs of {problem["id"]}."""\n\n{seeded}'


def reproduces(verdict: Row, project: Path) -> bool | None:
    """Return whether the counterexample's own script, run in the project, shows the difference.

    None where the verdict has no counterexample.
    """
    snippet = (verdict.get("counterexample") or {}).get("snippet")
    if not snippet:
        return None
    script = project / "snippet.py"
    script.write_text(snippet)
    try:
        done = subprocess.run(
            [sys.executable, str(script)], cwd=project, capture_output=True, timeout=60
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 1


def gate(row: Row) -> str:
    """Return the gate that decided, or the decision where none did."""
    return str(row["verdict"].get("gate") or row["verdict"]["decision"])


def decision(row: Row) -> str:
    """Return the verdict's decision."""
    return str(row["verdict"]["decision"])


def is_faster(row: Row) -> bool:
    """Return whether the reply passes its tests and is faster on the stress inputs."""
    speedup = row["stress_speedup"]
    return row["passes_tests"] is True and isinstance(speedup, float) and speedup >= FASTER


def line(row: Row) -> str:
    """Return one line on one result: who, what was decided by which gate, on what call."""
    verdict = row["verdict"]
    shown = (verdict.get("counterexample") or {}).get("call") or verdict.get("reason") or ""
    head = f"{row['id']} {row['model']} tests={row['passes_tests']} stress={row['stress_speedup']}"
    snippet = {True: " reproduces", False: " DOES NOT REPRODUCE", None: ""}[row.get("reproduces")]
    text = " ".join(str(shown).split())[:160]
    by = f" by {gate(row)}" if decision(row) != "accepted" else ""
    return f"{head}: {decision(row)}{by}: {text}{snippet}"


def report(rows: list[Row]) -> int:
    """Print the table of decisions, the rows that matter, and whether the promises hold."""
    groups = {
        "fails its tests": [row for row in rows if row["passes_tests"] is False],
        f"passes, >= {FASTER}x": [row for row in rows if is_faster(row)],
        "passes, no faster": [
            row for row in rows if row["passes_tests"] is True and not is_faster(row)
        ],
        "no code, or out of time": [row for row in rows if row["passes_tests"] is None],
    }
    decisions = ["accepted", "refuted", "unknown", "not_faster", "error", "no_code"]
    counts = [
        [name, str(len(members))]
        + [str(sum(decision(row) == each for row in members)) for each in decisions]
        for name, members in groups.items()
    ]
    print(table(["replies", "all", *decisions], counts))
    wrong, faster = groups["fails its tests"], groups[f"passes, >= {FASTER}x"]
    gates = sorted({gate(row) for row in wrong + faster if decision(row) != "accepted"})
    by_gate = [
        [each, *(str(sum(gate(row) == each for row in group)) for group in (wrong, faster))]
        for each in gates
    ]
    print("\n" + table(["decided by", "fails its tests", f"passes, >= {FASTER}x"], by_gate))
    accepted_wrong = [row for row in wrong if decision(row) == "accepted"]
    shown = [row for row in faster if decision(row) == "refuted" and row.get("reproduces")]
    own = [row for row in faster if decision(row) != "accepted" and row not in shown]
    broken = [row for row in rows if row.get("reproduces") is False]
    print_rows("accepted though its tests fail (none may be)", accepted_wrong)
    print_rows("faster, refuted by a counterexample (is it in the domain?)", shown)
    print_rows("faster, refused without one: perfbot's own", own)
    print_rows("counterexamples that do not reproduce outside perfbot", broken)
    print(f"\naccepted though wrong: {len(accepted_wrong)} of {len(wrong)}")
    share = len(own) / len(faster) if faster else 0.0
    print(f"perfbot's own refusals of faster replies: {len(own)} of {len(faster)} ({share:.1%})")
    return 1 if accepted_wrong or broken else 0


def print_rows(title: str, rows: list[Row]) -> None:
    """Print a title and one line a result."""
    print(f"\n{title}: {len(rows)}")
    for row in rows:
        print(f"  {line(row)}")


if __name__ == "__main__":
    sys.exit(main())
