"""Kills perfbot while it searches, and resumes it until it ends.

    python tests/bench/kills.py [--kills 30]

`perfbot optimize` is killed at random times and after random lines of what it says, by SIGKILL,
SIGTERM or SIGINT. Of a killed one no process may live on. At the end every trial of an undisturbed
run is there once, as it was first written; none that was written was judged again; one commit is
made, with its evidence; no file is left but the run's; and the checkout is as it was.
"""

import argparse
import json
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import shop
from traces import Traces, own_folder, processes

HANG_S = 300
MOST_KILLS = 25
"""One run is killed at most so often; then it must end."""
HUNG = -1000
"""In place of the exit code of a run that did not end."""
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
JUDGED = re.compile(r"^\[ *[0-9.]+ s\]   .*: (refuted|unknown|accepted|not_faster): ", re.MULTILINE)
"""What perfbot says of each trial, once it has its last verdict."""

Row = tuple[int, str, str, str]
"""A line of the ledger: its number, the edit's id, the stage, and the trial as text."""


def kills(own: Path, count: int) -> int:
    """Runs until there were `count` kills; the number of runs that broke a promise."""
    home = own / "home"
    env = shop.environment(home)
    repo = shop.repository(own / "repo", env, shop_py=shop.SHOP, test_shop_py=shop.SUITE)
    command = ("optimize", "shop.py::common", "--budget", "4c", "--seed", "7")
    started = time.monotonic()
    done = shop.perfbot(repo, env, *command)
    whole_s = time.monotonic() - started
    if done.returncode != 0:
        print(f"WRONG: undisturbed, it ended with {done.returncode}: {done.stderr[-1000:]}")
        return 1
    expected = trials_in(rows_of(home))
    if not 0 < judged_in(done.stderr) == ended_in(rows_of(home)):
        print(
            f"WRONG: it said {judged_in(done.stderr)} trials, and wrote {ended_in(rows_of(home))}"
        )
        return 1
    print(f"undisturbed: {len(rows_of(home))} trials, {whole_s:.1f} s", flush=True)
    lines = done.stderr.count("\n")
    rng, wrong, killed, runs = random.Random(1), 0, 0, 0
    while killed < count and runs <= count:
        clear(home, repo, env, cache=runs % 2 == 0)
        traces = Traces(own / "tmp", repo)
        disturbed = Disturbed(repo, env, home, traces, rng, whole_s, lines)
        found = disturbed.until_it_ends(command)
        if (trials := trials_in(rows_of(home))) != expected:
            found += [f"trials lost {expected - trials}, doubled or new {trials - expected}"]
        found += after_the_end(repo, env, traces)
        runs += 1
        killed += disturbed.kills
        wrong += bool(found)
        for text in found:
            print(f"WRONG run {runs} ({disturbed.kills} kills): {text}", flush=True)
    print(f"{runs} runs, killed {killed} times: {wrong} broke a promise")
    return wrong


@dataclass(slots=True)
class Disturbed:
    """One run that is killed again and again."""

    repo: Path
    env: dict[str, str]
    home: Path
    traces: Traces
    rng: random.Random
    whole_s: float
    lines: int
    """How long it takes, and how many lines it says, undisturbed."""
    kills: int = 0

    def until_it_ends(self, command: tuple[str, ...]) -> list[str]:
        """Start it, kill it, resume it, until it ends by itself; the promises it broke."""
        wrong: list[str] = []
        rows = rows_of(self.home)
        while True:
            run = resumable(self.home)
            arguments = ("resume", run) if run else command
            code, said = self.lived(arguments)
            alive = living()
            wrong += [f"left {process} when it was killed" for process in alive]
            before, rows = rows, rows_of(self.home)
            if rows[: len(before)] != before:
                wrong.append("a trial that was written is gone, or is another")
            # One may have been judged, and said, and not yet written, when it was killed.
            most = ended_in(rows) - ended_in(before) + (code is None)
            if judged_in(said) > most:
                wrong.append(f"a trial was judged again: {said[-600:]}")
            if code is not None:
                if code != 0:
                    wrong.append(f"it ended with {code}: {said[-600:]}")
                return wrong

    def lived(self, arguments: tuple[str, ...]) -> tuple[int | None, str]:
        """One process, until it ends or is killed: its exit code, None if killed; what it said."""
        with tempfile.TemporaryFile("w+", dir=self.home) as told:
            process = subprocess.Popen(
                shop.command(*arguments), cwd=self.repo, env=self.env,
                stdout=subprocess.DEVNULL, stderr=told, text=True,
            )  # fmt: skip
            self.traces.owners.add(process.pid)
            code = self.ended(process, Path(f"/proc/self/fd/{told.fileno()}"))
            told.seek(0)
            return code, told.read()

    def ended(self, process: "subprocess.Popen[str]", told: Path) -> int | None:
        """The exit code, or None of one that was killed: at a random time or after some line."""
        if self.kills < MOST_KILLS and self.moment_came(process, told):
            self.kills += 1
            process.send_signal(self.rng.choice(SIGNALS))
            return None if exit_code(process, HANG_S) != HUNG else HUNG
        return exit_code(process, HANG_S + 20 * self.whole_s)

    def moment_came(self, process: "subprocess.Popen[str]", told: Path) -> bool:
        """Wait for a random moment; False when the process ended before."""
        line, seconds = 0, self.rng.uniform(0.1, self.whole_s)
        if self.rng.random() < 0.5:
            line, seconds = self.rng.randint(1, self.lines), self.rng.uniform(0.0, 1.0)
        deadline = time.monotonic() + self.whole_s
        while told.read_text().count("\n") < line and time.monotonic() < deadline:
            if process.poll() is not None:
                return False
            time.sleep(0.02)
        return exit_code(process, seconds, end=False) == HUNG


def exit_code(process: "subprocess.Popen[str]", patience_s: float, *, end: bool = True) -> int:
    """The exit code, or HUNG of a process that has not ended by then; it is then ended."""
    try:
        return process.wait(patience_s)
    except subprocess.TimeoutExpired:
        if end:
            process.kill()
            process.wait()
        return HUNG


def living(patience_s: float = 20.0) -> set[str]:
    """The descendants that a killed perfbot has left, once they had time to end."""
    deadline = time.monotonic() + patience_s
    while (found := processes()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def judged_in(said: str) -> int:
    """How many trials a process said had ended."""
    return len(JUDGED.findall(said))


def ended_in(rows: list[Row]) -> int:
    """How many trials have ended: those that survived the gates end when they are measured."""
    return sum(
        stage == "measured" or json.loads(data)["decision"] != "survived"
        for _, _, stage, data in rows
    )


def after_the_end(repo: Path, env: dict[str, str], traces: Traces) -> list[str]:
    """The promises broken by what is there once a run has ended."""
    own_lock = repo / ".git" / "perfbot.lock"  # stays, so that all lock the same file
    found = [f"left {trace}" for trace in traces.left() if not trace.startswith(f"{repo}/.git/")]
    found += [f"left {lock}" for lock in (repo / ".git").rglob("*.lock") if lock != own_lock]
    changed = shop.git(repo, env, "status", "--porcelain", "--ignored")
    found += [f"the checkout was changed: {changed}"] if changed else []
    branches = shop.git(repo, env, "branch", "--list", "perfbot/*", "--format=%(refname)").split()
    commits = [shop.git(repo, env, "rev-list", f"main..{name}").split() for name in branches]
    if [len(made) for made in commits] != [1]:
        return [*found, f"not one branch with one commit: {branches}, {commits}"]
    files = shop.git(repo, env, "diff", "--name-only", "main", branches[0])
    note = shop.git(repo, env, "notes", "--ref=perfbot", "list", branches[0])
    found += [] if files == "shop.py" else [f"the commit changes {files}"]
    return found if note else [*found, "the commit has no evidence"]


def runs_of(home: Path) -> list[Path]:
    """The folders of all runs, the newest last."""
    return sorted((home / ".local/state/perfbot/runs").glob("*"), key=lambda run: run.name)


def resumable(home: Path) -> str | None:
    """The run to resume: None where none was begun, or was killed as its ledger was made."""
    found = [run for run in runs_of(home) if "trials" in tables_of(run)]
    return found[-1].name if found else None


def rows_of(home: Path) -> list[Row]:
    """Every line of every run's ledger, in order."""
    return [
        row
        for run in runs_of(home)
        if "trials" in tables_of(run)
        for row in read(run, "SELECT number, edit_id, stage, data FROM trials ORDER BY number")
    ]


def trials_in(rows: list[Row]) -> Counter[tuple[str, str]]:
    """How often each edit is there at each stage."""
    return Counter((edit, stage) for _, edit, stage, _ in rows)


def tables_of(run: Path) -> set[str]:
    """The tables of a run's ledger; none where it was killed before it made them."""
    if not (run / "ledger.sqlite").is_file():
        return set()
    return {name for (name,) in read(run, "SELECT name FROM sqlite_master")}


def read(run: Path, query: str) -> list[tuple[object, ...]]:
    """The answer to a query on a run's ledger."""
    file = f"file:{run / 'ledger.sqlite'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as connection:
        return connection.execute(query).fetchall()


def clear(home: Path, repo: Path, env: dict[str, str], *, cache: bool) -> None:
    """Forget every run, every branch and note that perfbot made; with `cache` the baseline too."""
    shutil.rmtree(home / ".local", ignore_errors=True)
    if cache:
        shutil.rmtree(home / ".cache", ignore_errors=True)
    for branch in shop.git(repo, env, "branch", "--list", "perfbot/*").split():
        shop.git(repo, env, "branch", "-qD", branch)
    shop.git(repo, env, "update-ref", "-d", "refs/notes/perfbot")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=30)
    options = parser.parse_args()
    with own_folder() as own:
        wrong = kills(own, options.kills)
    print(json.dumps({"wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
