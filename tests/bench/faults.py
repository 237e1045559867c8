"""Judges edits that attack the judge, many in a row, and kills perfbot while it searches.

    python tests/bench/faults.py [--verdicts 1000] [--kills 30] [--only TEXT]

First part: edits that crash, use up memory, flood, fork, sleep, or write into perfbot's own
pipes, at every call or at some, in turns with good edits; the policy gate is told to let them
through, so that they run. None may survive, every good one must, and after each verdict no
process, folder or cgroup of it may be left. Second part: `perfbot optimize` is killed (SIGKILL)
at random points and resumed until it ends: every trial of an undisturbed run is there once.
"""

import argparse
import ctypes
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

import shop
from judging import table

from perfbot.optimizer.config import Options
from perfbot.optimizer.scratch import copy_tree
from perfbot.optimizer.session import opened
from perfbot.optimizer.target import resolve
from perfbot.sandbox.intake import edit_from
from perfbot.sandbox.verify import judge

ALLOW = (
    "classes", "evaluation", "exit", "files", "imports", "introspection", "native", "network",
    "patching", "processes", "random", "timers", "warnings",
)  # fmt: skip
FAULTS = {
    "segmentation fault": "os.kill(os.getpid(), signal.SIGSEGV)",
    "stack overflow": "sys.setrecursionlimit(10**9); f = lambda n: f(n + 1); f(0)",
    "abort": "os.abort()",
    "exit with 0": "os._exit(0)",
    "SystemExit": "raise SystemExit(0)",
    "out of memory": "kept = []\nwhile True: kept.append(b'x' * (64 << 20))",
    "out of memory, in many": "for _ in range(40):\n    if os.fork() == 0:\n"
    "        kept = b'x' * (200 << 20); time.sleep(600)\nos.wait()",
    "flood of output": "while True: os.write(1, b'x' * 65536)",
    "flood of errors": "for _ in range(2000): os.write(2, b'x' * 65536)\nos._exit(1)",
    "fork bomb": "while True:\n    try: os.fork()\n    except OSError: pass",
    "daemon": "if os.fork() == 0:\n    os.setsid(); os.closerange(0, 64)\n    time.sleep(600)",
    "both answer": "os.fork()",
    "sleep": "time.sleep(100_000)",
    "sleep, deaf": "[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 13, 15)]\n"
    "time.sleep(100_000)",
    "busy loop": "while True: pass",
    "stop": "os.kill(os.getpid(), signal.SIGSTOP)",
    "noise on the wire": "for fd in range(3, 40):\n"
    "    try: os.write(fd, os.urandom(40))\n    except OSError: pass",
    "frames on the wire": "for fd in range(3, 40):\n"
    "    try: os.write(fd, b'\\0\\0\\0\\1\\xf6' * 9)\n    except OSError: pass",
    "endless frame on the wire": "for fd in range(3, 40):\n"
    "    try: os.write(fd, b'\\x7f\\xff\\xff\\xff')\n    except OSError: pass",
    "closed pipes": "os.closerange(0, 64)",
    "kill the parent": "os.kill(os.getppid(), signal.SIGKILL)",
    "kill all": "os.kill(-1, signal.SIGKILL)",
    "full disk": "with open('/tmp/full', 'wb') as file:\n    while True: file.write(b'x' * 65536)",
    "thread left": "threading.Thread(target=time.sleep, args=(100_000,)).start()",
}
WHEN = {
    "always": "True",
    "on long input": "len(xs) + len(ys) > 8",
    "now and then": "(len(xs) * 7 + len(ys)) % 5 == 3",
}
GOOD = (
    "known = set(ys)\nreturn [x for x in xs if x in known]",
    "known = frozenset(ys)\nreturn [x for x in xs if x in known]",
    "known = dict.fromkeys(ys)\nreturn [x for x in xs if x in known]",
)
HEADER = "def common(xs: list[int], ys: list[int]) -> list[int]:\n"
IMPORTS = "import os, signal, sys, threading, time\n"


def edits(count: int, only: str) -> Iterator[tuple[str, str]]:
    """(name, function's text): each fault in each way, a good edit after every third."""
    faults = [
        (f"{name}, {when}", fault, condition)
        for when, condition in WHEN.items()
        for name, fault in FAULTS.items()
        if only in name
    ]
    for number in range(count):
        good = GOOD[number % len(GOOD)]
        if number % 4 == 3:
            yield "good", HEADER + textwrap.indent(good, "    ")
            continue
        name, fault, condition = faults[(number - number // 4) % len(faults)]
        inner = textwrap.indent(fault, "    ")
        body = f"{IMPORTS}if {condition}:\n{inner}\n{good}"
        yield name, HEADER + textwrap.indent(body, "    ")


class Traces:
    """What a verdict may leave behind: processes, folders, cgroups; as it was at the start."""

    def __init__(self) -> None:
        # Whoever loses its parent below us becomes our child, and is seen.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.before = self._now()

    def left(self) -> list[str]:
        """What is there now and was not, given some seconds to go."""
        deadline = time.monotonic() + 10
        while found := self._now() - self.before:
            if time.monotonic() > deadline:
                return sorted(found)
            time.sleep(0.05)
        return []

    def _now(self) -> set[str]:
        living = {
            f"process {process.pid}"
            for process in psutil.Process().children(recursive=True)
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        }
        groups = {
            os.path.join(folder, name)
            for folder, names, _ in os.walk("/sys/fs/cgroup")
            for name in names
            if name.startswith(f"perfbot-{os.getpid()}-")
        }
        return living | groups | {str(path) for path in Path(TEMPORARY).iterdir()}


OWN = tempfile.mkdtemp(prefix="perfbot-faults-")
TEMPORARY = f"{OWN}/tmp"
PR_SET_CHILD_SUBREAPER = 36


def verdicts(count: int, only: str) -> int:
    """The first part; the number of faults of perfbot."""
    shop.environment(Path(OWN))
    project = Path(OWN) / "project"
    project.mkdir()
    (project / "shop.py").write_text(shop.SHOP)
    (project / "test_shop.py").write_text(shop.SUITE)
    target = resolve("shop.py::common", project)[0]
    options = Options(allow=ALLOW, seed=1)
    ends: dict[str, Counter[str]] = defaultdict(Counter)
    slowest: dict[str, float] = defaultdict(float)
    wrong = 0
    fill: Callable[[Path], None] = lambda root: copy_tree(target.root, root)  # noqa: E731
    with opened(target, fill, options) as session:
        judge(session.baseline, edit_from(target, HEADER + "    return list(xs)"))
        traces = Traces()
        for number, (name, text) in enumerate(edits(count, only)):
            started = time.monotonic()
            trial = judge(session.baseline, edit_from(target, text))
            seconds = time.monotonic() - started
            decisive = trial.verdict.decisive
            end = trial.decision + (f" by {decisive.gate}" if decisive else "")
            ends[name][end] += 1
            slowest[name] = max(slowest[name], seconds)
            left = traces.left()
            right = (trial.decision == "survived") == (name == "good")
            if left or not right:
                wrong += 1
                print(f"WRONG {number} {name}: {end}; {trial.reason[:300]}; left: {left}")
    rows = [
        [name, str(sum(found.values())), ", ".join(sorted(found)), f"{slowest[name]:.1f}"]
        for name, found in sorted(ends.items())
    ]
    print(table(["edit", "verdicts", "ended", "slowest, s"], rows))
    good = ends.pop("good", Counter())
    bad = sum(sum(found.values()) for found in ends.values())
    survived = sum(found["survived"] for found in ends.values())
    print(
        f"\n{bad} faulty edits, {survived} survived; {sum(good.values())} good edits, "
        f"{good['survived']} survived; {wrong} judged wrong or with something left"
    )
    return wrong


def kills(count: int) -> int:
    """The second part; the number of runs that lost or doubled a trial."""
    home = Path(OWN) / "home"
    env = shop.environment(home)
    repo = shop.repository(Path(OWN) / "repo", env, shop_py=shop.SHOP, test_shop_py=shop.SUITE)
    command = ("optimize", "shop.py::common", "--budget", "8c", "--seed", "7", "--quiet")
    started = time.monotonic()
    done = shop.perfbot(repo, env, *command)
    whole_s = time.monotonic() - started
    expected = trials_of(home)
    print(f"undisturbed: exit {done.returncode}, {len(expected)} trials, {whole_s:.1f} s")
    rng, wrong, shots = random.Random(1), 0, 0
    for number in range(count):
        clear(home, repo, env)
        arguments: tuple[str, ...] = command
        while True:
            process = subprocess.Popen(
                shop.command(*arguments), cwd=repo, env=env,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            try:
                _, said = process.communicate(timeout=rng.uniform(0.2, whole_s))
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                shots += 1
            runs = runs_of(home)
            arguments = ("resume", runs[-1].name, "--quiet") if runs else command
        found = trials_of(home)
        if process.returncode != done.returncode or Counter(found) != Counter(expected):
            wrong += 1
            print(f"WRONG run {number}: exit {process.returncode}, {said[-300:]}")
            print(f"  lost {set(expected) - set(found)}, new {set(found) - set(expected)}")
    print(f"{count} runs, killed {shots} times: {wrong} lost, doubled or changed a trial")
    return wrong


def runs_of(home: Path) -> list[Path]:
    folder = home / ".local" / "state" / "perfbot" / "runs"
    return (
        sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    )


def trials_of(home: Path) -> list[tuple[str, str]]:
    """(edit, stage) of every trial in every run's ledger."""
    found: list[tuple[str, str]] = []
    for run in runs_of(home):
        with _opened(run / "ledger.sqlite") as ledger:
            tables = [name for (name,) in ledger.execute("SELECT name FROM sqlite_master")]
            if "trials" in tables:  # else it was killed as it was made
                found += ledger.execute("SELECT edit_id, stage FROM trials").fetchall()
    return found


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        yield connection
    finally:
        connection.close()


def clear(home: Path, repo: Path, env: dict[str, str]) -> None:
    """Forget every run and every branch that perfbot made."""
    shutil.rmtree(home / ".local", ignore_errors=True)
    for branch in shop.git(repo, env, "branch", "--list", "perfbot/*").split():
        shop.git(repo, env, "branch", "-qD", branch)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verdicts", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--only", default="", help="faults whose name contains this text")
    options = parser.parse_args()
    Path(TEMPORARY).mkdir()
    os.environ["TMPDIR"] = tempfile.tempdir = TEMPORARY
    try:
        wrong = verdicts(options.verdicts, options.only) if options.verdicts else 0
        wrong += kills(options.kills) if options.kills else 0
    finally:
        shutil.rmtree(OWN)
    print(json.dumps({"wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
