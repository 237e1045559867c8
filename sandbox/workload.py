"""A Workload: the user's own inputs for a target, read in a sandbox process of its own."""

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.isolate.limits import MIB
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target
from perfbot.sandbox.worker import REPLY_BYTES, ChildFailedError, ReplyTooLongError, Worker, Zygote

FOLDER = "perfbot_workloads"
CPU_S = 60.0
"""CPU seconds that each request to the file may take."""
MAY_HOLD = "`cases()`, `strategy`, `equivalent(expected, actual, *args)` or (C++) `adapter`"


@dataclass(frozen=True, slots=True)
class WorkloadFile:
    """The user's workload file (DESIGN section 4): `cases()`, `strategy`, `equivalent`; for C and
    C++ `adapter`, a text with a function `call` that makes the call."""

    path: Path
    source: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.source.encode()).hexdigest()


def find_workload(target: Target, named: Path | None) -> WorkloadFile | None:
    """The workload file named, or the one beside the target, or None.

    Beside means `perfbot_workloads/<file>__<function>.py` in the target's folder or the root.
    Raises: UsageError when the file named is not there, or it is not UTF-8 text.
    """
    if named is not None:
        if not named.is_file():
            raise UsageError(f"there is no workload file {named}", "check --workload")
        return read_workload(named)
    place = target.root / target.path
    name = f"{place.stem}__{target.qualname.replace('.', '_')}.py"
    for folder in (place.parent, target.root):
        path = folder / FOLDER / name
        if path.is_file():
            return read_workload(path)
    return None


def read_workload(path: Path) -> WorkloadFile:
    """The file at `path`. Raises: UsageError where it cannot be read or is not UTF-8 text."""
    try:
        return WorkloadFile(path, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"the workload {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the workload {path} is not UTF-8 text", "mend the file") from error


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
        if not self.has:
            self.close()
            raise UsageError(f"the workload {file.path} says nothing", f"define {MAY_HOLD} in it")

    def ask(self, verb: str, **arguments: Any) -> Any:
        try:
            return self.worker.request(verb, cpu_s=CPU_S, **arguments)
        except ChildFailedError as error:
            self.close()
            happened, todo = f"the workload {self.file.path} fails: {error.detail}", "mend the file"
            if isinstance(error, ReplyTooLongError):
                happened = f"the cases of the workload {self.file.path} are too large"
                todo = f"yield less than {REPLY_BYTES // MIB} MB in all ({error.detail})"
            raise UsageError(happened, todo) from error

    def adapter(self) -> str:
        """C++ text that calls the target in its place; empty where the file has none."""
        return str(self.ask("workload_adapter")) if "adapter" in self.has else ""

    def cases(self) -> list[bytes]:
        """Each case's arguments, encoded as [args, kwargs]; [] where the file has none."""
        return list(self.ask("workload_cases")) if "cases" in self.has else []

    def draw(self, count: int, seed: int) -> list[bytes]:
        """`count` examples of the file's own strategy."""
        return list(self.ask("workload_draw", count=count, seed=seed))

    def equivalent(self, expected: bytes, actual: bytes, inputs: bytes) -> bool:
        """Whether the file's `equivalent` takes `actual` for `expected`; one that raises does not.

        `require_equivalent` has seen that it works on the original's own answers, so it raises
        because of an edit's answer: not a mistake in the file, but a difference.
        """
        return self.ask("workload_equivalent", values=[expected, actual], inputs=inputs) is True

    def require_equivalent(self, answer: bytes, inputs: bytes) -> None:
        """Raises: UsageError unless the file's `equivalent` takes an answer for its own equal."""
        if "equivalent" not in self.has:
            return
        if self.ask("workload_equivalent", values=[answer, answer], inputs=inputs) is not True:
            self.close()
            raise UsageError(
                f"`equivalent` of the workload {self.file.path} does not return True for an "
                "answer of the original and that same answer",
                "mend the file",
            )

    def close(self) -> None:
        self.worker.kill()
        self.zygote.close()


def named_cases(cases: Iterable[bytes], prefix: str) -> list[tuple[str, bytes]]:
    """(name, arguments) per case: `case 1`, `case 2`, …"""
    return [(f"{prefix} {index}", data) for index, data in enumerate(cases, 1)]
