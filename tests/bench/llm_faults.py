"""Each fault of a model's server, as a person meets it: what is shown, and what it cost.

    python tests/bench/llm_faults.py [--only TEXT]

One function, two replies at a time: the first is whole (a wrong edit, soon refuted), the second
meets the fault, again and again. Then the server is mended and `perfbot resume` goes on. Columns:

- what perfbot says last, and its exit code;
- requests sent until then; `billed` tokens as the server counts them, `charged` as perfbot does;
- `lost`: whether the first reply's trial is missing after the resume;
- `twice`: how many prompts whose reply was on record were sent again (none may be).

Exit code 1 where something was lost, billed twice, or shown as a traceback.
"""

import argparse
import json
import re
import socket
import sqlite3
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.agents.model_server import FAULTS, Answer, ModelServer, Request, completion
from tests.judging import table
from tests.shop import SHOP, SUITE, environment, perfbot, repository

TARGET = "shop.py::common"
FIRST, SECOND = (
    f"Change: {name}\n\n```python\ndef common(xs, ys):\n    return {body}\n```"
    for name, body in (("the first reply", "[]"), ("after mending", "list(xs)"))
)
UNREACHABLE = "connection refused"
OPTIONS = ["--proposer", "llm", "--model", "openai/test", "--samples", "2", "--model-timeout", "4"]


def main() -> int:
    """Meet every fault and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", metavar="TEXT", help="faults whose name has this")
    options = parser.parse_args()
    names = [name for name in (UNREACHABLE, *FAULTS) if options.only in name]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        env = environment(Path(name) / "home")
        repo = repository(Path(name) / "shop", env, shop_py=SHOP, test_shop_py=SUITE)
        for fault in names:
            rows.append(met(fault, repo, env))
            print(f"{fault}: {rows[-1][1]}", file=sys.stderr, flush=True)
    header = ["fault", "exit", "requests", "billed", "charged", "lost", "twice", "perfbot says"]
    print(table(header, [[row[0], *row[2:], row[1]] for row in rows]))
    broken = [row for row in rows if row[6:] != ["no", "0"] or "Traceback" in row[1]]
    print(f"\n{len(rows)} faults; lost, billed twice or shown as a traceback: {len(broken)}")
    return 1 if broken else 0


def met(fault: str, repo: Path, env: dict[str, str]) -> list[str]:
    """One fault's row: name, words, exit code, requests, billed, charged, lost, twice."""
    mended: list[bool] = []

    def answer(request: Request) -> Answer:
        if request.number == 1:
            return completion(FIRST)
        return completion(SECOND) if mended else FAULTS[fault]

    with ModelServer(answer) as server:
        base = nowhere() if fault == UNREACHABLE else server.url
        done = perfbot(repo, env, "optimize", TARGET, "--api-base", base, *OPTIONS)
        run = newest(env)
        sent, billed = len(server.requests), server.billed
        charged = ledger(run, "SELECT total(tokens) FROM calls WHERE number IN "
                              "(SELECT max(number) FROM calls GROUP BY key, attempt)")  # fmt: skip
        answered = replies_on_record(run)
        mended.append(True)
        words = said(done.stderr)
        if fault == UNREACHABLE:
            return [fault, words, str(done.returncode), "0", "0", f"{charged:.0f}", "no", "0"]
        again = perfbot(repo, env, "resume", run.name, "--json", "-")
    titles = {
        trial["title"]
        for found in (json.loads(again.stdout)["runs"] if again.stdout else [])
        for trial in found["trials"]
    }
    lost = "no" if "the first reply" in titles else "YES"
    after = [request.text for request in server.requests[sent:]]
    twice = sum(prompt in answered for prompt in after) - unanswered_alike(run, answered, after)
    numbers = [str(sent), str(billed), f"{charged:.0f}"]
    return [fault, words, str(done.returncode), *numbers, lost, str(max(twice, 0))]


def unanswered_alike(run: Path, answered: dict[str, int], after: list[str]) -> int:
    """The two samples of a round have one prompt: how many of it had no reply and may be sent."""
    return sum(max(2 - count, 0) for prompt, count in answered.items() if prompt in after)


def replies_on_record(run: Path) -> dict[str, int]:
    """Each prompt with the number of its replies that the ledger has."""
    found: dict[str, int] = {}
    with sqlite3.connect(run / "ledger.sqlite") as connection:
        for (data,) in connection.execute("SELECT data FROM calls WHERE state = 'answered'"):
            prompt = "\n\n".join(item["content"] for item in json.loads(data)["messages"])
            found[prompt] = found.get(prompt, 0) + 1
    return found


def ledger(run: Path, query: str) -> float:
    """One number of a run's ledger."""
    with sqlite3.connect(run / "ledger.sqlite") as connection:
        return float(connection.execute(query).fetchone()[0])


def newest(env: dict[str, str]) -> Path:
    """The last run's folder."""
    return max((Path(env["HOME"]) / ".local/state/perfbot/runs").iterdir())


def nowhere() -> str:
    """An address of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def said(stderr: str) -> str:
    """The last thing that a person reads: the error, or what became of the reply."""
    if "Traceback" in stderr:
        return "Traceback"
    error = stderr.rpartition("error: ")[2] if "error: " in stderr else ""
    lines = [line for line in stderr.splitlines() if "without an edit" in line]
    text = error or (lines[0].partition("] ")[2] if lines else stderr.splitlines()[-1])
    return re.sub(r"http://127.0.0.1:\d+", "SERVER", " ".join(text.split()))[:150]


if __name__ == "__main__":
    sys.exit(main())
