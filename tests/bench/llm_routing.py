"""Compares ways of choosing a model: recorded replies of two, served over HTTP to `optimize`.

    python tests/bench/llm_routing.py --data FILE.jsonl [--limit N] [--results FILE.jsonl]

The file is that of coffe.py beside this one; each problem has a reply of each of two models. Every
function is optimized four times: the cheap model alone, the strong one alone, by complexity, and
by a bandit, whose experience goes from one function to the next. What does not depend on that is
kept between the four (the original's tests, calls and inputs). A model has one reply to a function;
asked again, it sees no faster way. Printed for each way: functions with a commit, the geometric
mean of their speedups (1.0 where there is none), requests to either model, tokens, and what they
cost at --strong-price and --cheap-price (US dollars for a million tokens; a reply's for four times
that).

With --results (what coffe.py wrote of the same file) nothing is judged anew: the search, its
policy, router, prompts and requests are perfbot's, and an edit's verdict and speedup are those on
record. So a hundred functions take minutes, and the four ways differ by what they ask, not by
noise. The prompts are shorter there: the function alone.

The tokens are those that a tokenizer-free count makes of the real prompts and replies. Results are
appended as they come; a second run goes on where the first ended.
"""

import argparse
import json
import math
import os
import shutil
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from coffe import lay_out, workload

from perfbot.agents.asker import Asker
from perfbot.agents.bandit import Bandit
from perfbot.agents.calls import tokens_in
from perfbot.agents.context import REQUIRED, Section
from perfbot.agents.difficulty import difficulty
from perfbot.agents.experience import Experience
from perfbot.agents.graph import run as search
from perfbot.agents.llm import Model
from perfbot.agents.llm_proposer import ModelProposer
from perfbot.agents.policies.guided import Guided
from perfbot.agents.reply_edits import edit_from_reply
from perfbot.agents.routing import ByComplexity, Routed, Router, routes
from perfbot.agents.search import Account, Budget, SearchPolicy
from perfbot.agents.templates import fenced
from perfbot.optimizer.ledger import new_run
from perfbot.sandbox.edit import Edit, baseline
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.python import locate
from perfbot.sandbox.measurement import Measurement, Speedup
from perfbot.sandbox.target import Target
from perfbot.sandbox.trial import Cost, Trial
from perfbot.sandbox.verdict import Evidence, Status, Verdict
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
FEW = 8
"""Functions to optimize where no number is given: each takes minutes, four times over."""
REPLY_TOKEN = 4
"""A token of a reply costs as much as so many of a prompt; providers ask for 3 to 5 times."""


def main() -> int:
    """Run what was not run yet and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="the JSONL file; without it nothing is done")
    parser.add_argument("--out", type=Path, default=Path("llm-routing-results.jsonl"))
    parser.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help=f"at most N functions [default: {FEW}, or all with --results]",
    )
    parser.add_argument("--every", type=int, default=1, metavar="K", help="each K-th of them")
    parser.add_argument("--cheap", default="Llama3.1_405B", help="whose replies are the cheap ones")
    parser.add_argument("--strong", default="GPT-4o", help="whose are the strong ones")
    parser.add_argument("--cheap-price", type=float, default=0.25, metavar="USD")
    parser.add_argument("--strong-price", type=float, default=2.5, metavar="USD")
    parser.add_argument("--results", type=Path, help="verdicts on record, in place of judging")
    parser.add_argument("--seed", type=int, default=1, help="of the bandit's draws")
    options = parser.parse_args()
    if options.data is None:
        print("skipped: give the replies with --data FILE.jsonl (see --help)")
        return 0
    lines = [line for line in options.data.read_text().splitlines() if line.strip()]
    problems = [json.loads(line) for line in lines][:: options.every]
    names = {CHEAP: options.cheap, STRONG: options.strong}
    verdicts = recorded_verdicts(options.results) if options.results else None
    if verdicts is not None:
        problems = [
            problem
            for problem in problems
            if all((problem["id"], name) in verdicts for name in names.values())
        ]
    problems = problems[: options.limit or (len(problems) if verdicts else FEW)]
    done = results(options.out)
    with tempfile.TemporaryDirectory() as name, options.out.open("a") as out:
        for problem in problems:
            for way in WAYS:
                if (problem["id"], way) in done:
                    continue
                if verdicts is None:
                    row = optimized(problem, way, Path(name), names)
                else:
                    row = searched(problem, way, Path(name), names, verdicts, options.seed)
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
    trials = [f"{item['decision']}: {item['reason']}"[:120] for item in run["trials"]]
    return row | {"error": "", "trials": trials}


def recorded_verdicts(path: Path) -> dict[tuple[str, str], Row]:
    """What coffe.py's results say of each reply, by problem and model."""
    rows = [json.loads(text) for text in path.read_text().splitlines()]
    return {(row["id"], row["model"]): row["verdict"] for row in rows}


def searched(
    problem: Row,
    way: str,
    folder: Path,
    names: dict[str, str],
    verdicts: dict[tuple[str, str], Row],
    seed: int,
) -> Row:
    """One function, searched in one way, with the verdicts on record in the place of judging."""
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    place = folder / "problem"
    place.mkdir(exist_ok=True)
    (place / "original.py").write_text(problem["original"])
    row: Row = {"id": problem["id"], "way": way, "asked": [], "speedup": 1.0, "error": ""}
    try:
        target = locate(place, "original.py", problem["entry"], import_root=".")
    except UsageError as error:
        return row | {"error": error.happened}
    replies = {item["model"]: item["completion"] for item in problem["candidates"]}
    original = baseline(target)
    known = {}
    for name in names.values():
        read = edit_from_reply(target, replies[name], parent=original)
        if read.edit is not None:
            known.setdefault(read.edit.id, verdicts[problem["id"], name])
    recorded = Recorded({role: replies[name] for role, name in names.items()})
    run = new_run(target, base=None, options={})
    with closing(run), ModelServer(recorded) as server:
        account = Account(run, Budget(candidates=40))
        askers = {f"openai/{role}": Asker(Model(f"openai/{role}", server.url), account)
                  for role in names}  # fmt: skip
        first, router = routing(way, target, folder, run.folder.name, seed)
        section = Section("The function", fenced(target.source, "python"), REQUIRED)
        proposer = ModelProposer(target, askers[first], [section], others=askers)
        policy: SearchPolicy = Guided(first)
        if router is not None:
            policy = Routed(policy, router, run)
        ended = search(
            run.folder, run, original, policy, propose=proposer.propose, account=account,
            judge=lambda edit: judged(edit, known), measure=lambda trial: measured(trial, known),
        )  # fmt: skip
        best = next((item for item in run.trials() if item.edit.id == ended.best), None)
    if best is not None and best.measurement is not None and best.measurement.speedup is not None:
        row["speedup"] = best.measurement.speedup.estimate
    return row | {"asked": recorded.asked}


def routing(
    way: str, target: Target, folder: Path, run: str, seed: int
) -> tuple[str, Router | None]:
    """The model that a policy names, and the router of a way."""
    cheap, strong = f"openai/{CHEAP}", f"openai/{STRONG}"
    if way == "complexity":
        return strong, ByComplexity(difficulty(target), strong, cheap)
    if way == "bandit":
        experience = Experience(folder / "experience.json", run, print)
        return strong, Bandit(routes([strong, cheap]), seed, experience.before(), experience)
    return (cheap if way == "fixed, cheap" else strong), None


def judged(edit: Edit, known: dict[str, Row]) -> Trial:
    """The verdict on record; an edit without one is refuted, as no reply of the file led to it."""
    verdict = known.get(edit.id)
    passed = verdict is not None and verdict["decision"] in ("accepted", "not_faster")
    status = Status.SURVIVED if passed else Status.REFUTED
    decision = "survived" if passed else "refuted"
    reason = verdict["reason"] if verdict else "not on record"
    return Trial(
        edit, Verdict((Evidence("record", status, reason),)), None, Cost(), decision, reason
    )


def measured(trial: Trial, known: dict[str, Row]) -> Trial:
    """The speedup on record."""
    verdict = known[trial.edit.id]
    found = verdict["speedup"]
    speedup = Speedup(**{**found, "high": found["high"] or math.inf}) if found else None
    measurement = Measurement(verdict["decision"], verdict["reason"], speedup)
    return replace(trial, measurement=measurement, decision=verdict["decision"])


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
