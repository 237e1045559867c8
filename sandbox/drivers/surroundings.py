"""What a call left behind outside its module: files, environment, folder, log records."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from typing import Any

from .values import WireError
from .wire import encode

ROOT = os.environ.get("PERFBOT_ROOT", "")
"""Begins the paths inside, where the sandbox has no file system of its own."""
FOLDERS = tuple(ROOT + name for name in ("/box", "/tmp", "/dev/shm", "/home/u"))
MOST_FILES = 1_000
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
PLAIN = (str, int, bool, type(None))
LOGGED_BYTES = 4_096
"""An argument of a log record that encodes to more is told by its digest."""


class Surroundings:
    """How things stood before a call; `changes` tells what differs after it, and mends it."""

    def __init__(self, logged: list[Any]) -> None:
        self.environment = dict(os.environ)
        self.folder = os.getcwd()
        self.files = files()
        self.records = logged
        self.records.clear()

    def changes(self) -> dict[str, Any]:
        """{"files", "environment", "folder", "log"}: each empty where nothing changed."""
        return {
            "folder": self.moved(),
            "files": self.written(),
            "environment": self.changed_environment(),
            "log": list(self.records),
        }

    def moved(self) -> str:
        folder = os.getcwd()
        if folder == self.folder:
            return ""
        os.chdir(self.folder)
        return folder

    def written(self) -> dict[str, str]:
        """Path -> SHA-256, "folder" or "gone"; what is new is removed."""
        after = files()
        if after == self.files:
            return {}
        found = {}
        for path, stamp in after.items():
            if self.files.get(path) != stamp:
                found[path] = digest(path)
        for path in sorted(after.keys() - self.files.keys(), reverse=True):
            shutil.rmtree(path) if digest(path) == "folder" else os.unlink(path)
        found.update((path, "gone") for path in self.files.keys() - after.keys())
        return dict(sorted(found.items()))

    def changed_environment(self) -> dict[str, Any]:
        now = dict(os.environ)
        if now == self.environment:
            return {}
        os.environ.clear()
        os.environ.update(self.environment)
        before = self.environment
        names = sorted(now.keys() | before.keys())
        return {name: now.get(name) for name in names if now.get(name) != before.get(name)}


def files() -> dict[str, Any]:
    """Path -> (size, time of change) below the folders that a sandboxed process may write to.

    What is mounted there from outside (a project or an interpreter below /tmp) is read-only.
    """
    found: dict[str, Any] = {}
    waiting = [(folder, os.stat(folder).st_dev) for folder in FOLDERS if os.path.isdir(folder)]
    while waiting and len(found) < MOST_FILES:
        folder, device = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                if status.st_dev != device:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    found[entry.path] = "folder"
                    waiting.append((entry.path, device))
                else:
                    found[entry.path] = status.st_size, status.st_mtime_ns, status.st_ino
    return found


def digest(path: str) -> str:
    if os.path.isdir(path) and not os.path.islink(path):
        return "folder"
    if not os.path.isfile(path):
        return "special"
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def described(value: Any) -> Any:
    """What a log record was given, as data; what cannot be sent is told by its type."""
    if type(value) in PLAIN:
        return value
    try:
        data = encode(value, drains=False)
    except (WireError, RecursionError):
        return type(value).__qualname__
    return data if len(data) <= LOGGED_BYTES else hashlib.sha256(data).hexdigest()


def record_logs() -> list[Any]:
    """A list that log records of every level are added to, if the target has imported logging."""
    logging = sys.modules.get("logging")
    found: list[Any] = []
    if logging is not None:
        usual = {*vars(logging.makeLogRecord({})), "message", "asctime"}

        class Recorder(logging.Handler):  # type: ignore[misc, name-defined]
            """Keeps name, level, message, arguments, the error's type, and what was added."""

            def emit(self, record: Any) -> None:
                if record.name == "asyncio":
                    return  # ours: it runs the target's coroutines
                args = record.args if isinstance(record.args, tuple) else (record.args,)
                told = [described(item) for item in args]
                message = ADDRESS.sub("", str(record.msg))
                error = record.exc_info and record.exc_info[0] and record.exc_info[0].__name__
                extra = {
                    name: described(item)
                    for name, item in sorted(vars(record).items())
                    if name not in usual
                }
                found.append((record.name, record.levelname, message, told, error, extra))

        logging.getLogger().addHandler(Recorder())
        logging.getLogger().setLevel(1)
    return found
