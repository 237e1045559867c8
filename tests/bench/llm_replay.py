"""Replays a file of model replies through `perfbot optimize --proposer llm`, over HTTP.

    python tests/bench/llm_replay.py --data FILE.jsonl [--limit N] [--only ID] [--out results.jsonl]
        [--proposer llm|both|rules] [--policy NAME] [--skip-rule NAME ...]

The file is that of coffe.py beside this one. Each problem becomes a repository with half of its
tests and its stress inputs as a workload; a server on loopback hands out the recorded replies to
whoever asks for that function. Printed: how many functions got a commit, the means of their
speedups (geometric over all, 1.0 where nothing was accepted), which gates refuted replies, how
many replies held no code, and whether a reply that fails its tests was accepted, or a commit fails
the tests that perfbot did not see: none may (exit code 1).

Results are appended as they come; a second run goes on where the first ended.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from coffe import lay_out, workload

from perfbot.agents.reply_edits import edit_from_reply
from perfbot.sandbox.edit import baseline
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.languages.python import locate
from tests.agents.model_server import ModelServer, Replay
from tests.judging import table
from tests.shop import command, environment, git

Row = dict[str, Any]

MOST_S = 1800.0
"""Of one function; its search ends after 10 minutes by itself, and then verifies."""


def main() -> int:
    """Replay what was not replayed yet and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="the JSONL file; without it nothing is done")
    parser.add_argument("--out", type=Path, default=Path("llm-replay-results.jsonl"))
    parser.add_argument("--limit", type=int, metavar="N", help="replay at most N problems")
    parser.add_argument("--only", default="", metavar="ID", help="problems whose id begins so")
    parser.add_argument("--proposer", default="llm", choices=["llm", "both", "rules"])
    parser.add_argument("--policy", default="refine")
    parser.add_argument("--skip-rule", nargs="*", default=[], metavar="NAME")
    options = parser.parse_args()
    if options.data is None:
        print("skipped: give the replies with --data FILE.jsonl (see --help)")
        return 0
    problems = [json.loads(line) for line in options.data.read_text().splitlines() if line.strip()]
    todo = [problem for problem in problems if str(problem["id"]).startswith(options.only)]
    done = results(options.out)
    waiting = [problem for problem in todo if problem["id"] not in done][: options.limit]
    with options.out.open("a") as out:
        for problem in waiting:
            row = replayed(problem, options.proposer, options.policy, options.skip_rule)
            out.write(json.dumps(row) + "\n")
            out.flush()
            print(line(row), file=sys.stderr, flush=True)
    found = results(options.out)
    return report([found[problem["id"]] for problem in todo if problem["id"] in found])


def results(path: Path) -> dict[str, Row]:
    """The rows written so far, by problem."""
    rows = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
    return {row["id"]: row for row in rows}


def replayed(problem: Row, proposer: str, policy: str, skipped: list[str]) -> Row:
    """One problem's replies through the whole of `optimize`."""
    target = f"original.py::{problem['entry']}"
    replies = [candidate["completion"] for candidate in problem["candidates"]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repo, env = project(problem, folder)
        written = authors(problem, repo) if proposer != "rules" else []
        with ModelServer(Replay({target: replies})) as server:
            model = ["--model", "openai/replay", "--api-base", server.url]
            row = optimized(
                problem, folder, env, *("--proposer", proposer, "--policy", policy),
                *(model * (proposer != "rules")), *("--samples", str(len(replies))),
                *(word for name in skipped for word in ("--skip-rule", name)),
            )  # fmt: skip
            return row | {"asked": len(server.requests), "written": written}


def project(problem: Row, folder: Path) -> tuple[Path, dict[str, str]]:
    """The problem as a repository with a commit, its workload beside it; a user's environment."""
    env = environment(folder / "home")
    repo = folder / "project"
    lay_out(problem, repo)
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "first")):
        git(repo, env, *arguments)
    (folder / "workload.py").write_text(workload(problem))
    return repo, env


def optimized(problem: Row, folder: Path, env: dict[str, str], *arguments: str) -> Row:
    """What `optimize` made of a project of this folder, and whether its commit passes all tests."""
    repo = folder / "project"
    asked = command(
        "optimize", f"original.py::{problem['entry']}", *arguments,
        *("--workload", str(folder / "workload.py"), "--seed", "1", "--json", "-", "-q"),
    )  # fmt: skip
    started = time.monotonic()
    done = subprocess.run(asked, cwd=repo, env=env, capture_output=True, text=True, timeout=MOST_S)
    row: Row = {"id": problem["id"], "exit": done.returncode, "passes": None}
    row["seconds"] = time.monotonic() - started
    if not done.stdout.startswith("{"):
        return row | {"run": None, "error": done.stderr.strip()[-500:]}
    run = json.loads(done.stdout)["runs"][0]
    if run["commit"] is not None:
        committed = git(repo, env, "show", f"{run['commit']}:original.py")
        row["passes"] = passes_all(problem, committed, folder / "all")
    return row | {"run": run, "error": None}


def passes_all(problem: Row, source: str, folder: Path) -> bool:
    """Whether a version passes all tests of the problem, those that perfbot did not see too."""
    lay_out(problem | {"original": source, "tests": problem["tests"] * 2}, folder)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=300).returncode == 0


def authors(problem: Row, repo: Path) -> list[Row]:
    """What is known of each recorded reply, by the id of the edit that it stands for."""
    found = []
    for candidate in problem["candidates"]:
        known = {"model": candidate["model"], "passes_tests": candidate["passes_tests"]}
        known |= {"edit": None, "problem": "", "stress_speedup": candidate["stress_speedup"]}
        try:
            target = locate(repo, "original.py", problem["entry"], import_root=".")
            read = edit_from_reply(target, candidate["completion"], parent=baseline(target))
            known |= {"edit": read.edit.id if read.edit else None, "problem": read.problem}
        except UsageError as error:
            known["problem"] = error.happened
        found.append(known)
    return found


def speedup(row: Row) -> float:
    """The committed edit's speedup on fresh inputs; 1.0 where nothing was accepted."""
    run = row["run"]
    if run is None or run["commit"] is None:
        return 1.0
    return float(run["verdict"]["speedup"]["estimate"])


def failing(row: Row) -> list[Row]:
    """Replies that fail their tests and were accepted all the same."""
    accepted = {
        trial["edit"]
        for trial in (row["run"] or {"trials": []})["trials"]
        if trial["decision"] == "accepted"
    }
    return [
        item
        for item in row["written"]
        if item["passes_tests"] is False and item["edit"] in accepted
    ]


def line(row: Row) -> str:
    """One line on one problem."""
    if row["run"] is None:
        return f"{row['id']}: exit {row['exit']}: {row['error'].splitlines()[-1:]}"
    told = [f"{trial['decision']}" for trial in row["run"]["trials"]]
    return f"{row['id']}: {row['run']['decision']} {speedup(row):.2f}x of {', '.join(told)}"


def report(rows: list[Row]) -> int:
    """Print the tables, and whether the promise holds."""
    judged = [row for row in rows if row["run"] is not None]
    trials = {(row["id"], trial["edit"]): trial for row in judged for trial in row["run"]["trials"]}
    replies = [(row, item) for row in judged for item in row["written"]]
    groups = {True: "passes its tests", False: "fails its tests", None: "not known"}
    decisions = ["accepted", "refuted", "unknown", "not_faster", "not judged", "no edit"]
    counts: dict[str, Counter[str]] = {name: Counter() for name in groups.values()}
    gates: Counter[str] = Counter()
    for row, item in replies:
        trial = trials.get((row["id"], item["edit"]))
        fate = trial["decision"] if trial else "not judged" if item["edit"] else "no edit"
        counts[groups[item["passes_tests"]]][fate] += 1
        if trial and trial["decision"] in ("refuted", "unknown"):
            gates[f"{trial['decision']} by {trial['gate']}"] += 1
    cells = [
        [name, str(found.total()), *(str(found[each]) for each in decisions)]
        for name, found in counts.items()
    ]
    print(table(["replies", "all", *decisions], cells))
    print("\n" + table(["by gate", "replies"], [[name, str(n)] for name, n in gates.most_common()]))
    gains = [speedup(row) for row in rows]
    accepted = [gain for gain in gains if gain != 1.0]
    over = math.exp(sum(map(math.log, gains)) / len(gains)) if gains else 1.0
    print(f"\nfunctions: {len(rows)}, with a commit: {len(accepted)}")
    print(f"geometric mean speedup over all: {over:.2f}x")
    if accepted:
        mean = math.exp(sum(map(math.log, accepted)) / len(accepted))
        print(f"geometric mean speedup where accepted: {mean:.2f}x")
        print(f"arithmetic mean there: {sum(accepted) / len(accepted):.2f}x")
    unparsed = sum(item["edit"] is None for _, item in replies)
    print(f"replies without an edit: {unparsed} of {len(replies)}")
    for row in rows:
        if row["run"] is None:
            print(f"  {line(row)}")
    wrong = [(row["id"], item["model"]) for row in rows for item in failing(row)]
    print(f"accepted though their tests fail: {len(wrong)} {wrong or ''}")
    broken = [row["id"] for row in rows if row.get("passes") is False]
    print(f"commits that fail tests that perfbot did not see: {len(broken)} {broken or ''}")
    return 1 if wrong or broken else 0


if __name__ == "__main__":
    sys.exit(main())
