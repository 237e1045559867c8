"""Judges edits that attack the judge, many in a row.

    python tests/bench/faults.py [--verdicts 1000] [--only TEXT]

Edits that crash, use up memory, flood, fork, sleep, close perfbot's pipes or write into them, in
turns with good edits; the policy gate is told to let them through, so that they run, some at every
call, some only where one gate or the clock calls them. None may survive, every good one must; no
verdict may take longer than HANG_S; and after each no process, file, cgroup or descriptor of it may
be left, and the project must be as it was.
"""

import argparse
import json
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import shop
from faulty import GOOD, TIMED, Faulty, edits, function
from judging import table
from traces import Traces, own_folder

from perfbot.optimizer.config import Options
from perfbot.optimizer.scratch import copy_tree
from perfbot.optimizer.session import Session, opened
from perfbot.optimizer.target import resolve
from perfbot.sandbox.intake import edit_from
from perfbot.sandbox.isolate.memory import accounting
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verify import judge, verify

ALLOW = (
    "classes", "evaluation", "exit", "files", "imports", "introspection", "native", "network",
    "patching", "processes", "random", "timers", "warnings",
)  # fmt: skip
NEVER_RAN = ("scope", "policy", "dedup", "build", "coverage", "mutants")
"""Where one of these decides, the fault was not injected: it was refused unseen, or not reached."""
HANG_S = 150
"""An order above what a verdict takes when an edit never answers: a quarter of a minute."""
MOST_HANGS = 20


class HangError(Exception):
    """Something took longer than HANG_S."""


@contextmanager
def watched() -> Iterator[None]:
    """Raise HangError in what is run inside, once HANG_S have passed."""

    def ring(_number: int, _frame: object) -> None:
        raise HangError

    signal.signal(signal.SIGALRM, ring)
    signal.alarm(HANG_S)
    try:
        yield
    finally:
        signal.alarm(0)


@dataclass(slots=True)
class Tally:
    """What became of one kind of edit."""

    ended: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    wrong: int = 0


def verdicts(own: Path, count: int, only: str) -> int:
    """How many verdicts broke a promise."""
    project = own / "project"
    project.mkdir()
    (project / "shop.py").write_text(shop.SHOP)
    (project / "test_shop.py").write_text(shop.SUITE)
    target = resolve("shop.py::common", project)[0]
    tallies: dict[str, Tally] = {}
    met: Counter[str] = Counter()
    began = time.monotonic()

    def fill(root: Path) -> None:
        copy_tree(target.root, root)

    with opened(target, fill, Options(allow=ALLOW, seed=1)) as session:
        # The first verdict makes what later ones share: a zygote, the lock of the clock.
        verify(session.baseline, edit_from(target, function(GOOD[0])))
        roots = project, session.baseline.project.root
        traces = Traces(own / "tmp", project)
        texts = contents(*roots)
        for number, edit in enumerate(edits(count, only)):
            started = time.monotonic()
            try:
                with watched():
                    trial = judged(session, edit)
            except HangError:
                end, found = "no verdict", [f"no verdict in {HANG_S} s"]
            else:
                end, found = end_of(trial), wrongs(edit, trial)
            seconds = time.monotonic() - started
            # The original's own, of which one that ran out of time on an input was replaced.
            workers = [it.worker for it in session.baseline.oracle.runners if it.worker]
            traces.expect([it.pid for it in workers], [it.socket.fileno() for it in workers])
            found += [f"left {trace}" for trace in traces.left()]
            found += [] if contents(*roots) == texts else ["the project was changed"]
            # Else the next fault is met by the input on which this one was.
            shutil.rmtree(own / ".cache" / "perfbot" / "counterexamples", ignore_errors=True)
            for text in found:
                print(f"WRONG {number} {edit.fault}, {edit.when}: {text}", flush=True)
            tally = tallies.setdefault(edit.fault, Tally())
            tally.ended[end] += 1
            tally.slowest_s = max(tally.slowest_s, seconds)
            tally.wrong += bool(found)
            if not edit.good:
                met[end] += 1
            if number % 100 == 99:
                minutes = (time.monotonic() - began) / 60
                wrong = broken(tallies)
                print(f"{number + 1} verdicts, {wrong} wrong, {minutes:.1f} min", flush=True)
            if sum(tally.ended["no verdict"] for tally in tallies.values()) == MOST_HANGS:
                print(f"stopped: {MOST_HANGS} hung")
                break
    shown(tallies, met)
    return broken(tallies)


def broken(tallies: dict[str, Tally]) -> int:
    """How many verdicts broke a promise."""
    return sum(tally.wrong for tally in tallies.values())


def contents(*roots: Path) -> dict[Path, bytes]:
    """Every file below the folders."""
    return {path: path.read_bytes() for root in roots for path in root.rglob("*") if path.is_file()}


def judged(session: Session, edit: Faulty) -> Trial:
    """The trial: by every gate, and by the clock where that is when it goes wrong."""
    made = edit_from(session.target, edit.text)
    return (verify if edit.when == TIMED else judge)(session.baseline, made)


def gate_of(trial: Trial) -> str:
    """The gate that decided, or none."""
    return trial.verdict.decisive.gate if trial.verdict.decisive else "none"


def end_of(trial: Trial) -> str:
    """The decision, and the gate that made it."""
    return f"{trial.decision} by {gate_of(trial)}"


def wrongs(edit: Faulty, trial: Trial) -> list[str]:
    """Which promises this verdict broke."""
    said = f"{end_of(trial)}: {trial.reason[:300]}"
    found = []
    if edit.good and trial.decision != "survived":
        found.append(f"a good edit was {said}")
    elif not edit.good and trial.decision in ("survived", "accepted"):
        found.append(f"it was {said}")
    elif not edit.good and gate_of(trial) in NEVER_RAN:
        found.append(f"it never ran: {said}")
    return found


def shown(tallies: dict[str, Tally], met: Counter[str]) -> None:
    """Print what became of each kind of edit, and which gates met the faults."""
    rows = [
        [name, str(tally.ended.total()), ", ".join(sorted(tally.ended)),
         f"{tally.slowest_s:.1f}", str(tally.wrong)]
        for name, tally in sorted(tallies.items())
    ]  # fmt: skip
    print(table(["edit", "verdicts", "ended", "slowest, s", "wrong"], rows))
    good = tallies.get("good", Tally())
    kept = sum(count for end, count in good.ended.items() if end.startswith("survived"))
    faults = met.total()
    passed = sum(
        count
        for name, tally in tallies.items()
        if name != "good"
        for end, count in tally.ended.items()
        if end.startswith(("survived", "accepted"))
    )
    print(f"\n{faults} faulty edits, {passed} let through; {good.ended.total()} good, {kept} kept")
    print("the faulty were " + ", ".join(f"{end} ({n})" for end, n in met.most_common()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--verdicts", type=int, default=1000)
    parser.add_argument("--only", default="", help="faults whose name contains this text")
    options = parser.parse_args()
    print(f"memory is counted by: {accounting()}")
    with own_folder() as own:
        wrong = verdicts(own, options.verdicts, options.only)
    print(json.dumps({"wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
