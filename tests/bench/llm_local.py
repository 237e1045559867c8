"""Runs perfbot with a real model, a small one on this machine, on functions that can be faster.

    python tests/bench/model_weights.py 0.5b WEIGHTS
    python tests/bench/model_serve.py WEIGHTS/FILE.gguf --port 8123 &
    python tests/bench/llm_local.py --data FILE.jsonl --api-base http://127.0.0.1:8123/v1 \\
        [--policy best_of_n|refine] [--proposer llm|both|rules] [--functions 30] [--out FILE]

The data are those of coffe.py beside this one. Taken are functions of which some recorded reply
passes its tests and is at least 1.3 times as fast, evenly spaced. Each becomes a repository with
half of its tests and its stress inputs as a workload, and gets four candidates: all asked for at
once, or two and then two, told of the first ones. Where rules take part, they come first and have
candidates of their own. Printed: functions with a commit,
geometric mean, gates that refuted, replies without an edit, seconds and tokens per accepted edit,
and whether a commit fails the tests that perfbot did not see: none may (exit code 1).

Results are appended as they come; a second run goes on where the first ended.
"""

import argparse
import json
import math
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from llm_replay import optimized, project, results, speedup

from tests.judging import table

Row = dict[str, Any]
HEADROOM = 1.3
REPLIES = 4
CANDIDATES = {"llm": REPLIES, "both": 20, "rules": 20}
"""Edits judged at most, by proposer. Of both, the rules seldom propose ten; then the model is asked
until it has failed twice."""
AT_ONCE = {"best_of_n": REPLIES, "refine": 2, "beam": 2, "qd": 2}
"""Replies asked for at a time, by policy."""


def main() -> int:
    """Run what was not run yet and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="the JSONL file; without it nothing is done")
    parser.add_argument("--api-base", default="http://127.0.0.1:8123/v1")
    parser.add_argument("--model", default="openai/local")
    parser.add_argument("--policy", default="refine", choices=AT_ONCE)
    parser.add_argument("--proposer", default="llm", choices=["llm", "both", "rules"])
    parser.add_argument("--functions", type=int, default=30)
    parser.add_argument("--reply-tokens", type=int, default=500)
    parser.add_argument("--prompt-tokens", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=Path("llm-local-results.jsonl"))
    options = parser.parse_args()
    if options.data is None:
        print("skipped: give the functions with --data FILE.jsonl (see --help)")
        return 0
    problems = [json.loads(line) for line in options.data.read_text().splitlines() if line.strip()]
    wanted = chosen(problems, options.functions)
    done = results(options.out)
    with options.out.open("a") as out:
        for problem in wanted:
            if problem["id"] in done:
                continue
            row = searched(problem, options)
            out.write(json.dumps(row) + "\n")
            out.flush()
            print(line(row), file=sys.stderr, flush=True)
    found = results(options.out)
    return report([found[problem["id"]] for problem in wanted if problem["id"] in found])


def chosen(problems: list[Row], count: int) -> list[Row]:
    """Evenly spaced ones of those that a right reply makes faster."""
    able = [
        problem
        for problem in problems
        if any(
            reply["passes_tests"] and (reply["stress_speedup"] or 0) >= HEADROOM
            for reply in problem["candidates"]
        )
    ]
    step = max(len(able) / count, 1.0)
    return [able[int(at * step)] for at in range(min(count, len(able)))]


def searched(problem: Row, options: argparse.Namespace) -> Row:
    """One function through the whole of `optimize`."""
    model = [
        "--model", options.model, "--api-base", options.api_base, "--model-timeout", "300",
        "--reply-tokens", str(options.reply_tokens), "--prompt-tokens",
        str(options.prompt_tokens), "--samples", str(AT_ONCE[options.policy]),
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        _, env = project(problem, Path(name))
        return optimized(
            problem, Path(name), env, *("--proposer", options.proposer, "--policy", options.policy),
            *(model if options.proposer != "rules" else ()),
            *("--budget", f"{CANDIDATES[options.proposer]}c,10m"),
        )  # fmt: skip


def line(row: Row) -> str:
    """One line on one function."""
    if row["run"] is None:
        return f"{row['id']}: exit {row['exit']}: {row['error'].splitlines()[-1:]}"
    told = ", ".join(trial["decision"] for trial in row["run"]["trials"])
    return f"{row['id']}: {row['run']['decision']} {speedup(row):.2f}x of {told or 'no edit'}"


def report(rows: list[Row]) -> int:
    """Print the table, and whether the promise holds."""
    gains = [speedup(row) for row in rows]
    accepted = [gain for gain in gains if gain != 1.0]
    models = [model for row in rows if row["run"] for model in row["run"]["models"] or ()]
    total = Counter[str]()
    for model in models:
        for name, value in model.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                total[name] += value  # type: ignore[assignment]
    trials = [trial for row in rows if row["run"] for trial in row["run"]["trials"]]
    gates = Counter(f"{item['decision']} by {item['gate']}" for item in trials if item["gate"])
    cells = [
        ["functions", str(len(rows))],
        ["with a commit", str(len(accepted))],
        ["geometric mean over all", f"{geometric(gains):.2f}x"],
        ["geometric mean where accepted", f"{geometric(accepted):.2f}x"],
        ["replies without an edit", f"{total['replies'] - total['edits']:g}"],
        ["edits judged", str(len(trials))],
        *([name, str(count)] for name, count in sorted(gates.items())),
        *([f"model: {name}", f"{value:g}"] for name, value in sorted(total.items())),
        ["seconds", f"{sum(row['seconds'] for row in rows):.0f}"],
    ]
    if accepted:
        each = sum(row["seconds"] for row in rows) / len(accepted)
        tokens = (total["prompt_tokens"] + total["completion_tokens"]) / len(accepted)
        cells.append(["seconds per accepted edit", f"{each:.0f}"])
        cells.append(["tokens per accepted edit", f"{tokens:.0f}"])
    print(table(["", "all"], cells))
    for row in rows:
        if row["run"] is None:
            print(f"  {line(row)}")
    broken = [row["id"] for row in rows if row["passes"] is False]
    print(f"commits that fail tests that perfbot did not see: {len(broken)} {broken or ''}")
    return 1 if broken else 0


def geometric(values: list[float]) -> float:
    """The geometric mean; 1.0 of nothing."""
    return math.exp(sum(map(math.log, values)) / len(values)) if values else 1.0


if __name__ == "__main__":
    sys.exit(main())
