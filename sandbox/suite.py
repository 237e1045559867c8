"""Running a project's own tests in the sandbox, with or without an edit laid over the target."""

import json
import os
import shlex
import struct
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import WireError
from perfbot.sandbox.interpreter import ask
from perfbot.sandbox.isolate.box import Box, interpreter_mounts
from perfbot.sandbox.isolate.limits import MIB, Limits
from perfbot.sandbox.isolate.process import Ended, launch, new_root
from perfbot.sandbox.project import Project
from perfbot.sandbox.target import Target
from perfbot.sandbox.worker import DRIVER_AT, DRIVERS, PROJECT_AT

MAX_CALLS = 200
"""How many distinct calls of the target are captured from the suite."""
MAX_CALL_BYTES = 4 * MIB
REPORT_BYTES = 256 * MIB
SUITE_S = 900.0
"""How long a suite may take, in seconds of wall time."""
SLICE = 1 << 16
OUR_PLUGINS_OFF = (("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"),)
"""In perfbot's own environment the pytest plugins installed are ours, not the project's."""


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """What one run of the tests did."""

    tests: Mapping[str, str]
    """Test id -> passed, failed or skipped; a test command that is not pytest is one test."""
    ended: bool
    """The runner came to its own end and said so."""
    exit_status: int
    calls: tuple[bytes, ...]
    """Distinct captured calls of the target, encoded as [args, kwargs], in order."""
    lost_calls: int
    """Captured calls whose arguments could not be sent."""
    seconds: float
    output: str
    profile: tuple[tuple[str, int, float], ...] = ()
    """(file, first line, CPU seconds in it) of the project's functions, if a profile was asked."""

    def count(self, outcome: str) -> int:
        return sum(found == outcome for found in self.tests.values())


def run_suite(
    project: Project,
    target: Target,
    *,
    source: str | None = None,
    capture: bool = False,
    doctests: bool = False,
    profile: bool = False,
    wall_s: float = SUITE_S,
) -> SuiteRun:
    """Run the project's tests on a private copy of it, `source` as the target's file.

    With `doctests`, run only the doctests of the target's file.
    """
    started = time.monotonic()
    command, is_pytest = test_command(project, target, doctests)
    reading, writing = os.pipe()
    settings = plugin_settings(target, writing, capture=capture, profile=profile)
    root = new_root()
    overlay = "" if source is None else f"cp {root}/perfbot/edit {shlex.quote(target.path)} && "
    script = f"cp -R {root}{PROJECT_AT}/. {root}/box/ && {overlay}exec {command}"
    roots = [f"{root}/box/{item}".removesuffix("/.") for item in project.import_roots]
    box = Box(
        root=root,
        read_only=(
            *interpreter_mounts(project.python),
            (project.root, root + PROJECT_AT),
            (DRIVERS, root + DRIVER_AT),
        ),
        files=() if source is None else ((f"{root}/perfbot/edit", source.encode()),),
        env=(
            ("PYTHONPATH", ":".join([f"{root}/perfbot", *roots])),
            ("PYTHONDONTWRITEBYTECODE", "1"),
            ("PYTHONUTF8", "1"),
            ("PYTHONHASHSEED", "1"),
            ("PERFBOT_PLUGIN", settings),
            *OUR_PLUGINS_OFF[: project.python == Path(sys.executable)],
        ),
        cwd=f"{root}/box",
        box_bytes=1024 * MIB,
    )
    limits = Limits(wall_s=wall_s, output_bytes=None)
    reports = Reports(reading)
    try:
        with launch(["/bin/sh", "-c", script], box=box, limits=limits, fds=[writing]) as sandboxed:
            os.close(writing)
            finished = sandboxed.wait(wall_s + 30)
    finally:
        reports.join()
    output = (finished.stdout + finished.stderr).decode(errors="replace")
    exited = finished.ended is Ended.EXITED
    seconds = time.monotonic() - started
    if is_pytest:
        return reports.result(exited, finished.returncode or 0, seconds, output)
    outcome = "passed" if exited and finished.returncode == 0 else "failed"
    tests, status = {project.tests or command: outcome}, finished.returncode or 0
    return SuiteRun(tests, exited, status, tuple(reports.calls), reports.lost, seconds, output)


def test_command(project: Project, target: Target, doctests: bool) -> tuple[str, bool]:
    """The shell command that runs the tests, and whether it is pytest (whose tests we can tell)."""
    python = shlex.quote(str(project.python))
    pytest = f"{python} -B -m pytest -p perfbot_driver.pytest_plugin -p no:cacheprovider -q"
    if doctests:
        return f"{pytest} --doctest-modules {shlex.quote(target.path)}", True
    words = shlex.split(project.tests or "pytest")
    for prefix in (["pytest"], ["python", "-m", "pytest"], ["python3", "-m", "pytest"]):
        if words[: len(prefix)] == prefix:
            return f"{pytest} {shlex.join(words[len(prefix) :])}", True
    interpreter = ask(project.python).python.parent
    return f"env PATH={shlex.quote(str(interpreter))}:$PATH {project.tests}", False


def plugin_settings(target: Target, fd: int, *, capture: bool, profile: bool) -> str:
    wanted = {
        "module": target.module,
        "qualname": target.qualname,
        "limit": MAX_CALLS,
        "max_bytes": MAX_CALL_BYTES,
    }
    return json.dumps({"fd": fd, "profile": profile, "capture": wanted if capture else None})


class Reports(threading.Thread):
    """Reads what the plugin writes; malformed or endless reports are cut off, not trusted."""

    def __init__(self, fd: int) -> None:
        super().__init__(daemon=True)
        self.fd = fd
        self.tests: dict[str, str] = {}
        self.calls: list[bytes] = []
        self.profile: list[tuple[str, int, float]] = []
        self.lost = 0
        self.exit_status: int | None = None
        self.broken = False
        self.start()

    def run(self) -> None:
        data = bytearray()
        total = 0
        with open(self.fd, "rb", buffering=0) as stream:
            while chunk := stream.read(SLICE):
                total += len(chunk)
                data += chunk
                while len(data) >= 4 and len(data) >= 4 + (
                    size := struct.unpack(">I", data[:4])[0]
                ):
                    self.note(bytes(data[4 : 4 + size]))
                    del data[: 4 + size]
                if total > REPORT_BYTES:
                    self.broken = True
                    return
        self.broken = self.broken or bool(data)

    def note(self, frame: bytes) -> None:
        try:
            message = decode(frame)
        except WireError:
            self.broken = True
            return
        match message:
            case ["test", str(test), str(), str(outcome), float()]:
                self.tests[test] = worst(self.tests.get(test, "passed"), outcome)
            case ["call", bytes(data)] if len(self.calls) < MAX_CALLS:
                self.calls.append(data)
            case ["time", str(path), int(line), float(seconds)]:
                self.profile.append((path, line, seconds))
            case ["lost", 1]:
                self.lost += 1
            case ["end", int(status)]:
                self.exit_status = status
            case _:
                self.broken = True

    def result(self, exited: bool, exit_status: int, seconds: float, output: str) -> SuiteRun:
        ended = exited and not self.broken and self.exit_status == exit_status
        return SuiteRun(
            dict(self.tests), ended, exit_status, tuple(self.calls), self.lost, seconds, output,
            tuple(self.profile),
        )  # fmt: skip


def worst(one: str, other: str) -> str:
    order: Sequence[str] = ("failed", "skipped", "passed")
    return next((item for item in order if item in (one, other)), "failed")
