"""How long a verdict takes, as a user waits for it: whole process, warm cache, split by gate.

    python tests/bench/verdict_time.py [--runs 5]

The target needs about 1 ms per call. Three edits: the same code spelled otherwise, a wrong one,
and one that is about twice as fast. The first run of each (cold cache) is not counted.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODULE = '''\
def totals(rows: list[list[int]]) -> list[int]:
    """The sum of each row's positive numbers."""
    found = []
    for row in rows:
        total = 0
        for index in range(len(row)):
            total = total + max(row[index], 0)
        found.append(total)
    return found
'''
TESTS = """\
from module import totals


def test_totals():
    assert totals([[1, -2, 3], []]) == [4, 0]
"""
WORKLOAD = """\
import random


def cases():
    draw = random.Random(7)
    yield ([[draw.randrange(-50, 100) for _ in range(100)] for _ in range(90)],)
"""
EDITS = {
    "identical": MODULE.replace("total = total + max", "total += max"),
    "wrong": MODULE.replace("max(row[index], 0)", "max(row[index], 1)"),
    "twice as fast": """\
def totals(rows: list[list[int]]) -> list[int]:
    found = []
    for row in rows:
        total = 0
        for number in row:
            total += number if number > 0 else 0
        found.append(total)
    return found
""",
}


def main() -> None:
    """Print, per edit, the median seconds to the verdict and the seconds by gate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "module.py").write_text(MODULE)
        (project / "test_module.py").write_text(TESTS)
        (project / "workload.txt").write_text(WORKLOAD)
        for name, text in EDITS.items():
            candidate = project / "edit.txt"
            candidate.write_text(text)
            measured(name, project, "module.py::totals", "edit.txt", runs)


def measured(name: str, project: Path, target: str, candidate: str, runs: int) -> None:
    """Print how long `runs` verdicts on the edit took, after one that fills the cache."""
    timed_verdict(project, target, candidate)
    found = [timed_verdict(project, target, candidate) for _ in range(runs)]
    times, verdicts = zip(*found, strict=True)
    show(name, times, verdicts)


def timed_verdict(project: Path, target: str, candidate: str) -> tuple[float, dict]:
    """The seconds and the verdict's JSON of one `perfbot verify`, a process of its own."""
    started = time.monotonic()
    command = [
        sys.executable, "-m", "perfbot.optimizer.cli", "verify", target, "--candidate",
        candidate, "--workload", "workload.txt", "--json", "-", "--quiet",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return time.monotonic() - started, json.loads(done.stdout)


def show(name: str, times: tuple[float, ...], verdicts: tuple[dict, ...]) -> None:
    """Print the seconds, the decision, and the seconds by gate."""
    median = statistics.median(times)
    decisions = ", ".join(sorted({f"{item['decision']} by {item['gate']}" for item in verdicts}))
    extremes = f"(min {min(times):.2f}, max {max(times):.2f})"
    print(f"{name:14} median {median:.2f} s {extremes}: {decisions}", flush=True)
    gates = [item["name"] for item in verdicts[0]["gates"]]
    split = {
        gate: statistics.median(
            found["seconds"]
            for item in verdicts
            for found in item["gates"]
            if found["name"] == gate
        )
        for gate in gates
    }
    rest = median - sum(split.values())
    print(" " * 15 + ", ".join(f"{k} {v:.2f}" for k, v in split.items()) + f", the rest {rest:.2f}")


if __name__ == "__main__":
    main()
