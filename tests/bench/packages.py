"""Runs `perfbot optimize`, with rules alone, on functions of real packages from PyPI.

    python tests/bench/packages.py [--only TEXT] [--budget 20c,5m] [--out FILE.jsonl]

`packages.toml` names the releases and functions. Each release's sdist is fetched with pip, made a
git repository, and judged by its own tests. The table says which edit was accepted, how much faster
it is, how strong the oracle was, and why nothing was accepted where nothing was.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from demo import download, git, unpack
from judging import PERFBOT, table

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Subject:
    """One function of one release."""

    release: str
    target: str
    tests: str
    workload: Path


def main() -> int:
    """Optimize every function and print the table; the exit code is 1 where perfbot broke."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="functions whose release or name contains this")
    parser.add_argument("--budget", default="20c,5m")
    parser.add_argument("--out", type=Path, help="append each run's JSON to this file")
    options = parser.parse_args()
    rows = []
    broken = False
    with tempfile.TemporaryDirectory() as folder:
        for subject in subjects(HERE / "packages.toml"):
            if options.only not in f"{subject.release} {subject.target}":
                continue
            run = optimized(subject, Path(folder), options.budget)
            broken = broken or run["decision"] == "error"
            rows.append(row(subject, run))
            print("  ".join(rows[-1]), file=sys.stderr, flush=True)
            if options.out is not None:
                with options.out.open("a") as out:
                    record = {"release": subject.release, "target": subject.target} | run
                    out.write(json.dumps(record) + "\n")
    print(table(["release", "function", "speedup", "interval", "oracle", "edit, or why not"], rows))
    accepted = sum(line[2] != "" for line in rows)
    releases = len({line[0] for line in rows if line[2]})
    print(f"\naccepted: {accepted} of {len(rows)} functions, in {releases} packages")
    return 1 if broken else 0


def subjects(manifest: Path) -> Iterator[Subject]:
    """Yield the functions that the manifest names, in its order."""
    for package in tomllib.loads(manifest.read_text())["package"]:
        for function in package["functions"]:
            yield Subject(
                release=package["release"],
                target=function["target"],
                tests=package["tests"],
                workload=manifest.parent / "workloads" / function["workload"],
            )


def optimized(subject: Subject, folder: Path, budget: str) -> dict[str, Any]:
    """Return what `perfbot optimize` says of the function; `decision` is error where it broke."""
    sdist = download(subject.release, folder / subject.release)
    project = unpack(sdist, folder / "project")
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", "--all", "--force")
    git(project, "commit", "--quiet", "--message", f"{subject.release}, as released")
    search = ["--proposer", "rules", "--budget", budget, "--workload", str(subject.workload)]
    command = [str(PERFBOT), "optimize", subject.target, *search, "--tests", subject.tests]
    done = subprocess.run(
        [*command, "--json", "-", "--quiet"], cwd=project, capture_output=True, text=True
    )
    try:
        run: dict[str, Any] = json.loads(done.stdout)["runs"][0]
    except json.JSONDecodeError:
        reason = f"exit code {done.returncode}: {done.stderr.strip()[-300:]}"
        return {"decision": "error", "reason": reason}
    return run


def row(subject: Subject, run: dict[str, Any]) -> list[str]:
    """Return the function's line of the table."""
    verdict = run.get("verdict") or {}
    speedup, oracle = verdict.get("speedup"), verdict.get("oracle_strength")
    name = subject.target.rpartition("::")[2]
    strength = f"{oracle['killed']}/{oracle['total']}" if oracle else ""
    if run["decision"] != "accepted" or not speedup:
        return [subject.release, name, "", "", strength, reason(run)]
    interval = f"[{speedup['low']:.2f}, {speedup['high']:.2f}]"
    return [
        subject.release,
        name,
        f"{speedup['estimate']:.2f}x",
        interval,
        strength,
        str(run["title"]),
    ]


def reason(run: dict[str, Any]) -> str:
    """Return in one line why nothing was accepted, with how each trial ended."""
    ends = [f"{trial['title']}: {trial['decision']}" for trial in run.get("trials", [])]
    return " ".join(f"{run['reason']} ({'; '.join(ends) or 'no trials'})".split())[:200]


if __name__ == "__main__":
    sys.exit(main())
