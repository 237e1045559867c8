"""Twelve little programs, each with a good edit and wrong ones: what `--program` says of them.

    python tests/bench/cpp_programs.py [--only pairs/wrong] [--optimize] [--budget 8c,3m]

Each folder of `programs/` is a program (`original`), its workload, an edit to be accepted (`good`)
and some that must be refused (`wrong_*`), whose first line says what is wrong. All of it is our
own. With `--optimize` the rules then look for edits of their own. The exit code is 1 where a wrong
edit was accepted, or a good one refused.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from judging import PERFBOT, table

PROGRAMS = Path(__file__).parent / "programs"
FEW = """

import itertools

every_case = cases


def cases():
    yield from itertools.islice(every_case(), {count})
"""
IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")


def main() -> int:
    """Print, per edit, the decision, the gate that decided and the seconds; then the totals."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="edits whose PROGRAM/EDIT contains this")
    parser.add_argument("--optimize", action="store_true", help="also run the rules on each")
    parser.add_argument("--budget", default="8c,3m", help="of each run of the rules")
    parser.add_argument("--few", type=int, help="give only so many of each workload's cases")
    parser.add_argument("--timeout", type=float, default=400.0, metavar="SECONDS")
    options = parser.parse_args()
    rows: list[list[str]] = []
    few = "" if options.few is None else FEW.format(count=options.few)
    for folder in sorted(PROGRAMS.iterdir()):
        rows += judged(folder, options.only, few, options.timeout)
        if options.optimize and options.only.partition("/")[0] in folder.name:
            rows.append(optimized(folder, options.budget, options.timeout))
    print(table(["program", "edit", "decision", "gate", "speedup", "seconds"], rows))
    good = [row for row in rows if row[1] == "good"]
    wrong = [row for row in rows if row[1].startswith("wrong")]
    found = [row for row in rows if row[1] == "(rules)"]
    accepted = sum(row[2] == "accepted" for row in good)
    slipped = [row for row in wrong if row[2] == "accepted"]
    print(f"good edits accepted: {accepted} of {len(good)}")
    print(f"wrong edits refused: {len(wrong) - len(slipped)} of {len(wrong)}")
    if found:
        print(f"made faster by the rules alone: {sum(row[2] == 'accepted' for row in found)}")
    return 1 if slipped or accepted < len(good) else 0


def judged(folder: Path, only: str, few: str, timeout_s: float) -> list[list[str]]:
    """A row for each edit of one program, if its name contains `only`."""
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        project, original = laid_out(folder, Path(scratch))
        with (Path(scratch) / "workload.py").open("a") as workload:
            workload.write(few)
        for edit in sorted(folder.glob(f"*{original.suffix}")):
            if edit.stem != "original" and only in f"{folder.name}/{edit.stem}":
                command = ["verify", original.name, "--candidate", str(edit)]
                verdict, seconds = run(command, project, timeout_s)
                speedup = verdict.get("speedup")
                shown = f"{speedup['estimate']:.2f}" if speedup else ""
                decision, gate = str(verdict["decision"]), str(verdict.get("gate") or "")
                row = [folder.name, edit.stem, decision, gate, shown, f"{seconds:.0f}"]
                print("  ".join(row), str(verdict["reason"])[:160], file=sys.stderr, flush=True)
                rows.append(row)
    return rows


def optimized(folder: Path, budget: str, timeout_s: float) -> list[str]:
    """The row of a run of the rules on one program."""
    with tempfile.TemporaryDirectory() as scratch:
        project, original = laid_out(folder, Path(scratch))
        command = ["optimize", original.name, "--budget", budget]
        found, seconds = run(command, project, timeout_s)
    done = found["runs"][0] if "runs" in found else found
    verdict = done.get("verdict") or {}
    speedup = verdict.get("speedup") if done["decision"] == "accepted" else None
    shown = f"{speedup['estimate']:.2f}" if speedup else ""
    row = [folder.name, "(rules)", str(done["decision"]), "", shown, f"{seconds:.0f}"]
    print("  ".join(row), done.get("title") or done["reason"], file=sys.stderr, flush=True)
    return row


def laid_out(folder: Path, scratch: Path) -> tuple[Path, Path]:
    """The program alone in a repository, its workload beside that; the project and its file."""
    original = next(folder.glob("original.*"))
    project = scratch / "project"
    project.mkdir()
    shutil.copy(original, project)
    shutil.copy(folder / "workload.py", scratch)
    for command in (("init", "-q"), ("add", "-A"), (*IDENTITY, "commit", "-q", "-m", "program")):
        subprocess.run(["git", *command], cwd=project, check=True)
    return project, original


def run(command: list[str], project: Path, timeout_s: float) -> tuple[dict[str, Any], float]:
    """What perfbot says, as its JSON, and the seconds it took."""
    workload = str(project.parent / "workload.py")
    words = [str(PERFBOT), *command, "--program", "--workload", workload, "--json", "-", "--quiet"]
    started = time.monotonic()
    try:
        done = subprocess.run(
            words, cwd=project, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        return {"decision": "error", "reason": f"over {timeout_s:g} s"}, timeout_s
    seconds = time.monotonic() - started
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        found = {"decision": "error", "reason": done.stderr.strip()[-500:]}
    return found, seconds


if __name__ == "__main__":
    sys.exit(main())
