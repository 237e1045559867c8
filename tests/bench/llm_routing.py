"""Compares ways of choosing a model: recorded replies of two, served over HTTP to `optimize`.

    python tests/bench/llm_routing.py --data FILE.jsonl [--limit N] [--cheap NAME --strong NAME]

The file is that of coffe.py beside this one; each problem has a reply of each of two models. Every
function is optimized four times: the cheap model alone, the strong one alone, by complexity, and
by a bandit, whose experience goes from one function to the next. What does not depend on that is
kept between the four (the original's tests, calls and inputs). A model has one reply to a function;
asked again, it sees no faster way. Printed for each way: functions with a commit, the geometric
mean of their speedups (1.0 where there is none), requests to either model, tokens, and what they
cost at --strong-price and --cheap-price (US dollars for a million tokens; a reply's for four times
that).

The tokens are those that a tokenizer-free count makes of the real prompts and replies. Results are
appended as they come; a second run goes on where the first ended.
"""

import argparse
import json
import math
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from coffe import lay_out, workload

from perfbot.agents.calls import tokens_in
from tests.agents.model_server import Answer, ModelServer, Request, completion
from tests.judging import table
from tests.shop import environment, git, perfbot

Row = dict[str, Any]

CHEAP, STRONG = "cheap", "strong"
WAYS: dict[str, tuple[str, ...]] = {
    "fixed, cheap": ("--model", f"openai/{CHEAP}"),
    "fixed, strong": ("--model", f"openai/{STRONG}"),
    "complexity": ("--model", f"openai/{STRONG}", "--cheap-model", f"openai/{CHEAP}"),
    "bandit": (
        *("--model", f"openai/{STRONG}", "--cheap-model", f"openai/{CHEAP}"),
        *("--routing", "bandit"),
    ),
}
REPLY_TOKEN = 4
"""A token of a reply costs as much as so many of a prompt; providers ask for 3 to 5 times."""


def main() -> int:
    """Run what was not run yet and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="the JSONL file; without it nothing is done")
    parser.add_argument("--out", type=Path, default=Path("llm-routing-results.jsonl"))
    parser.add_argument("--limit", type=int, default=8, metavar="N", help="at most N functions")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="each K-th of them")
    parser.add_argument("--cheap", default="Llama3.1_405B", help="whose replies are the cheap ones")
    parser.add_argument("--strong", default="GPT-4o", help="whose are the strong ones")
    parser.add_argument("--cheap-price", type=float, default=0.25, metavar="USD")
    parser.add_argument("--strong-price", type=float, default=2.5, metavar="USD")
    options = parser.parse_args()
    if options.data is None:
        print("skipped: give the replies with --data FILE.jsonl (see --help)")
        return 0
    lines = [line for line in options.data.read_text().splitlines() if line.strip()]
    problems = [json.loads(line) for line in lines][:: options.every][: options.limit]
    done = results(options.out)
    with tempfile.TemporaryDirectory() as name, options.out.open("a") as out:
        for problem in problems:
            for way in WAYS:
                if (problem["id"], way) in done:
                    continue
                row = optimized(problem, way, Path(name), {CHEAP: options.cheap,
                                                           STRONG: options.strong})  # fmt: skip
                out.write(json.dumps(row) + "\n")
                out.flush()
                print(f"{row['id']} {way}: {row['speedup']:.2f}x {row['asked']} {row['error']}",
                      file=sys.stderr, flush=True)  # fmt: skip
    found = results(options.out)
    prices = {CHEAP: options.cheap_price, STRONG: options.strong_price}
    return report([row for (name, _), row in found.items()
                   if name in {problem["id"] for problem in problems}], prices)  # fmt: skip


def results(path: Path) -> dict[tuple[str, str], Row]:
    """The rows written so far, by problem and way."""
    rows = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
    return {(row["id"], row["way"]): row for row in rows}


@dataclass(slots=True)
class Recorded:
    """Answers each model's first request with its recorded reply."""

    replies: dict[str, str]
    asked: list[tuple[str, int, int]] = field(default_factory=list)
    """(model, tokens of the prompt, tokens of the reply) of each request."""

    def __call__(self, request: Request) -> Answer:
        again = any(model == request.model for model, _, _ in self.asked)
        text = "I see no faster way." if again else self.replies[request.model]
        used = (tokens_in(request.text), tokens_in(text))
        self.asked.append((request.model, *used))
        return completion(text, model=request.model, usage=used)


def optimized(problem: Row, way: str, folder: Path, names: dict[str, str]) -> Row:
    """One function, optimized in one way. Its repository always lies in the same place, so that
    the bandit takes all of them for one."""
    replies = {item["model"]: item["completion"] for item in problem["candidates"]}
    state = folder / "state" / way.replace(", ", "-")
    env = environment(folder / "home") | {"XDG_STATE_HOME": str(state)}
    repo = folder / "project"
    shutil.rmtree(repo, ignore_errors=True)
    lay_out(problem, repo)
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "first")):
        git(repo, env, *arguments)
    (folder / "workload.py").write_text(workload(problem))
    recorded = Recorded({role: replies[name] for role, name in names.items()})
    with ModelServer(recorded) as server:
        done = perfbot(
            repo, env, "optimize", f"original.py::{problem['entry']}", *WAYS[way],
            *("--workload", str(folder / "workload.py"), "--proposer", "llm", "--no-memory"),
            *("--api-base", server.url, "--samples", "1", "--seed", "1", "--json", "-", "-q"),
        )  # fmt: skip
    row: Row = {"id": problem["id"], "way": way, "asked": recorded.asked, "speedup": 1.0}
    if not done.stdout.startswith("{"):
        return row | {"error": done.stderr.strip()[-300:]}
    run = json.loads(done.stdout)["runs"][0]
    if run["commit"] is not None:
        row["speedup"] = float(run["verdict"]["speedup"]["estimate"])
    return row | {"error": "", "trials": [item["decision"] for item in run["trials"]]}


def report(rows: list[Row], prices: dict[str, float]) -> int:
    """Print one line a way, over the functions that were tried in every way."""
    ways = {way: {row["id"]: row for row in rows if row["way"] == way} for way in WAYS}
    common = set.intersection(*(set(found) for found in ways.values()))
    cells = []
    for way, found in ways.items():
        mine = [found[name] for name in sorted(common)]
        asked = [call for row in mine for call in row["asked"]]
        gains = [row["speedup"] for row in mine]
        usd = sum((prompt + REPLY_TOKEN * reply) * prices[model] / 1e6
                  for model, prompt, reply in asked)  # fmt: skip
        mean = math.exp(sum(map(math.log, gains)) / len(gains)) if gains else 1.0
        requests = [sum(model == role for model, _, _ in asked) for role in (CHEAP, STRONG)]
        cells.append([way, str(sum(gain > 1 for gain in gains)), f"{mean:.3f}x",
                      *map(str, requests), str(sum(p + r for _, p, r in asked)),
                      f"{usd:.5f}"])  # fmt: skip
    header = ["way", "commits", "geo. mean", "cheap asked", "strong asked", "tokens", "USD"]
    print(table(header, cells))
    print(f"\nfunctions: {len(common)}")
    for row in rows:
        if row["error"]:
            print(f"  {row['id']}, {row['way']}: {row['error']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
