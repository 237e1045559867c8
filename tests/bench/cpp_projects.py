"""Runs perfbot on functions of real C and C++ projects, with their own builds and tests.

    python tests/bench/cpp_projects.py [--only TEXT] [--budget 20c,5m] [--results FILE.jsonl]

`cpp_projects.toml` names releases (of PyPI, or source packages of Debian) and functions. Each
function is optimized with rules alone, and where the manifest has edits written by hand, a good one
and a wrong one are verified too. What is in FILE.jsonl already is not run again, so that a run that
was ended goes on where it was. The exit code is 1 where perfbot broke or accepted a wrong edit.
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

from cpp_sources import fetched, missing
from demo import git
from judging import PERFBOT, table

HERE = Path(__file__).resolve().parent
HEADER = ["project", "function", "edit", "decision", "speedup", "interval", "oracle", "why"]
WHY_LENGTH = 110


@dataclass(frozen=True, slots=True)
class Task:
    """One run of perfbot: a search by rules, or a verdict on an edit written by hand."""

    project: str
    source: str
    needs: tuple[str, ...]
    options: tuple[str, ...]
    """`--build` and `--tests`, where the manifest has them."""
    target: str
    workload: Path
    edit: Path | None
    """None for a search."""

    @property
    def kind(self) -> str:
        """What stands in the table: rules, good or wrong."""
        return "rules" if self.edit is None else self.edit.stem.rpartition("_")[2]

    @property
    def key(self) -> list[str]:
        """What tells tasks apart in a file of results."""
        return [self.source, self.target, self.kind]


def main() -> int:
    """Run every task that is wanted and not done, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="tasks whose project, function or edit has this")
    parser.add_argument("--budget", default="20c,5m", help="of each search")
    parser.add_argument("--timeout", type=float, default=1200, metavar="SECONDS")
    parser.add_argument("--results", type=Path, help="a file of results, read and appended to")
    options = parser.parse_args()
    done = kept(options.results)
    rows = []
    broken = False
    with tempfile.TemporaryDirectory() as folder:
        for task in tasks(HERE / "cpp_projects.toml"):
            if options.only not in " ".join((task.project, *task.key)):
                continue
            found = done.get(tuple(task.key))
            if found is None:
                found = run(task, Path(folder), options.budget, options.timeout)
                keep(options.results, task, found)
            broken |= found["decision"] == "error"
            broken |= task.kind == "wrong" and found["decision"] == "accepted"
            rows.append(row(task, found))
            print("  ".join(rows[-1]), file=sys.stderr, flush=True)
    print(table(HEADER, rows))
    return int(broken)


def tasks(manifest: Path) -> Iterator[Task]:
    """Yield what the manifest asks for, in its order."""
    for project in tomllib.loads(manifest.read_text())["project"]:
        named = [(f"--{name}", project[name]) for name in ("build", "tests") if name in project]
        for item in project["targets"]:
            edits = "edits" in item and sorted((HERE / "edits").glob(f"{item['edits']}_*"))
            for edit in (None, *(edits or ())):
                yield Task(
                    project=project["name"],
                    source=project["source"],
                    needs=tuple(project["needs"]),
                    options=tuple(word for pair in named for word in pair),
                    target=item["target"],
                    workload=HERE / "workloads" / item["workload"],
                    edit=edit,
                )


def run(task: Task, folder: Path, budget: str, timeout_s: float) -> dict[str, Any]:
    """Return the JSON that perfbot printed: of the run, or of the verdict.

    `decision` is error where there is none, and skipped where a package is missing here.
    """
    lacking = missing(task.needs)
    if lacking:
        return {"decision": "skipped", "reason": f"apt-get install {' '.join(lacking)}"}
    project = folder / task.project
    if not project.is_dir():
        fetched(task.source, project)
        git(project, "init", "--quiet", "--initial-branch=main")
        git(project, "add", "--all", "--force")
        git(project, "commit", "--quiet", "--message", f"{task.source}, as released")
    if task.edit is None:
        command = ["optimize", task.target, "--proposer", "rules", "--budget", budget]
    else:
        command = ["verify", task.target, "--candidate", str(task.edit)]
    command += ["--workload", str(task.workload), *task.options, "--json", "-", "--quiet"]
    try:
        ended = subprocess.run(
            [str(PERFBOT), *command], cwd=project, capture_output=True, text=True, timeout=timeout_s
        )
        said = json.loads(ended.stdout)
    except subprocess.TimeoutExpired:
        return {"decision": "error", "reason": f"over {timeout_s:g} s"}
    except json.JSONDecodeError:
        reason = f"exit code {ended.returncode}: {ended.stderr.strip()[:2000]}"
        return {"decision": "error", "reason": reason}
    found: dict[str, Any] = said["runs"][0] if task.edit is None else said
    return found


def row(task: Task, found: dict[str, Any]) -> list[str]:
    """Return the task's line of the table."""
    verdict = found if task.edit is not None else found.get("verdict") or {}
    speedup, oracle = verdict.get("speedup"), verdict.get("oracle_strength")
    gate = f" by {found['gate']}" if found.get("gate") else ""
    return [
        task.project,
        task.target.rpartition("::")[2],
        task.kind,
        found["decision"] + gate,
        f"{speedup['estimate']:.2f}x" if speedup else "",
        f"[{speedup['low']:.2f}, {speedup['high']:.2f}]" if speedup else "",
        f"{oracle['killed']}/{oracle['total']}" if oracle else "",
        why(found),
    ]


def why(found: dict[str, Any]) -> str:
    """Return in one line what was accepted, or how each trial ended."""
    if found["decision"] == "accepted":
        return str(found.get("title", ""))
    trials = [f"{trial['title']}: {trial['decision']}" for trial in found.get("trials", [])]
    ends = f" ({'; '.join(trials)})" if trials else ""
    return " ".join(f"{found['reason']}{ends}".split())[:WHY_LENGTH]


def kept(results: Path | None) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return the results of earlier runs, by task; those that broke are run again."""
    if results is None or not results.is_file():
        return {}
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    return {
        tuple(line["task"]): line["found"]
        for line in lines
        if line["found"]["decision"] not in ("error", "skipped")
    }


def keep(results: Path | None, task: Task, found: dict[str, Any]) -> None:
    """Append one result to the file."""
    if results is not None:
        with results.open("a") as out:
            out.write(json.dumps({"task": task.key, "found": found}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
