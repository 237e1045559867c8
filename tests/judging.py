"""Runs `perfbot verify` as a person or another program would: a process, and its JSON."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PERFBOT = Path(sys.executable).with_name("perfbot")
NO_VERDICT = {3: "baseline", 4: "machine", 70: "crash", 130: "interrupted"}
"""What perfbot's exit codes mean where no verdict was printed."""


def judge(
    project: Path, target: str, *, candidate: Path, workload: Path, timeout_s: float
) -> dict[str, Any]:
    """Return the verdict's JSON object; `decision` is accepted, refuted, unknown or not_faster.

    Where perfbot gave no verdict, `decision` is error and `gate` says how it ended (usage,
    baseline, machine, crash, time), with its message as `reason`.
    """
    command = [str(PERFBOT), "verify", target, "--candidate", str(candidate)]
    options = ["--workload", str(workload), "--json", "-", "--quiet"]
    try:
        done = subprocess.run(
            [*command, *options], cwd=project, capture_output=True, text=True, timeout=timeout_s
        )
    except subprocess.TimeoutExpired:
        return {"decision": "error", "gate": "time", "reason": f"over {timeout_s:g} s"}
    try:
        verdict: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        gate = NO_VERDICT.get(done.returncode, "usage" if done.returncode == 2 else "crash")
        reason = f"exit code {done.returncode}: {done.stderr.strip()[-2000:]}"
        return {"decision": "error", "gate": gate, "reason": reason}
    return verdict


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return lines with each column as wide as its widest cell; numbers stand right."""
    cells = [header, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    right = [all(_is_number(row[column]) for row in rows) for column in range(len(header))]
    lines = []
    for row in cells:
        padded = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _is_number(cell: str) -> bool:
    return cell.replace(".", "").replace("x", "").replace("-", "").isdigit() or not cell
