"""A Workload: the user's own inputs for a target, read in a sandbox process of its own."""

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfbot.sandbox.errors import BaselineError, UsageError
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target
from perfbot.sandbox.worker import ChildFailedError, Worker, Zygote

FOLDER = "perfbot_workloads"


@dataclass(frozen=True, slots=True)
class WorkloadFile:
    """The user's workload file (DESIGN section 4): `cases()`, `strategy`, `equivalent`."""

    path: Path
    source: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.source.encode()).hexdigest()


def find_workload(target: Target, named: Path | None) -> WorkloadFile | None:
    """The workload file named, or the one beside the target, or None.

    Beside means `perfbot_workloads/<file>__<function>.py` in the target's folder or the root.
    Raises: UsageError when the file named is not there.
    """
    if named is not None:
        if not named.is_file():
            raise UsageError(f"there is no workload file {named}", "check --workload")
        return WorkloadFile(named, named.read_text())
    place = target.root / target.path
    name = f"{place.stem}__{target.qualname.replace('.', '_')}.py"
    for folder in (place.parent, target.root):
        path = folder / FOLDER / name
        if path.is_file():
            return WorkloadFile(path, path.read_text())
    return None


class WorkloadProcess:
    """The workload file, loaded in a sandbox; it may import the project, and holds no edit."""

    def __init__(self, file: WorkloadFile, project: Project, target: Target) -> None:
        # Our own interpreter: the file may use Hypothesis, which the project need not have.
        host = Project(project.root, Path(sys.executable), project.import_roots)
        self.file = file
        self.zygote = Zygote(host)
        self.worker: Worker = self.zygote.fork()
        reply = self.ask("workload", source=file.source, name=file.path.name)
        if reply["failure"] is not None:
            self.close()
            raise UsageError(f"the workload {file.path} fails: {reply['failure']}", "mend the file")
        self.has: frozenset[str] = frozenset(reply["has"])

    def ask(self, verb: str, **arguments: Any) -> Any:
        try:
            return self.worker.request(verb, cpu_s=60.0, **arguments)
        except ChildFailedError as error:
            self.close()
            raise BaselineError(
                f"the workload {self.file.path} failed: {error}", "mend the file"
            ) from error

    def cases(self) -> list[bytes]:
        """Each case's arguments, encoded as [args, kwargs]; [] where the file has none."""
        return list(self.ask("workload_cases")) if "cases" in self.has else []

    def draw(self, count: int, seed: int) -> list[bytes]:
        """`count` examples of the file's own strategy."""
        return list(self.ask("workload_draw", count=count, seed=seed))

    def equivalent(self, expected: bytes, actual: bytes, inputs: bytes) -> bool:
        """Whether the file's `equivalent` takes `actual` for `expected`."""
        return self.ask("workload_equivalent", values=[expected, actual], inputs=inputs) is True

    def close(self) -> None:
        self.worker.kill()
        self.zygote.close()


def named_cases(cases: Iterable[bytes], prefix: str) -> list[tuple[str, bytes]]:
    """(name, arguments) per case: `case 1`, `case 2`, …"""
    return [(f"{prefix} {index}", data) for index, data in enumerate(cases, 1)]
