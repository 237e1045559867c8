"""A pytest plugin: reports each test's outcome, and captures the target's calls, on a pipe.

Loaded with `-p perfbot_driver.pytest_plugin`; PERFBOT_PLUGIN holds its settings as JSON.
"""

from __future__ import annotations

import cProfile
import functools
import importlib.machinery
import inspect
import json
import os
import struct
import sys
import time
from typing import Any

from .values import WireError
from .wire import encode

BOX = os.environ.get("PERFBOT_ROOT", "") + "/box/"
SETTINGS: dict[str, Any] = json.loads(os.environ.pop("PERFBOT_PLUGIN", "{}"))


def send(*message: Any) -> None:
    data = encode(list(message))
    data = struct.pack(">I", len(data)) + data
    while data:
        data = data[os.write(SETTINGS["fd"], data) :]


def pytest_runtest_logreport(report: Any) -> None:
    if report.when == "call" or report.outcome != "passed":
        send("test", report.nodeid, report.when, report.outcome, float(report.duration))


def pytest_collectreport(report: Any) -> None:
    if report.outcome == "failed":
        send("test", report.nodeid or "collection", "collect", "failed", 0.0)


def pytest_runtest_logstart(nodeid: str, location: Any) -> None:
    if CAPTURE is not None:
        CAPTURE.begin_test()


def pytest_sessionstart(session: Any) -> None:
    if PROFILE is not None:
        PROFILE.enable()


def pytest_sessionfinish(session: Any, exitstatus: Any) -> None:
    if PROFILE is not None:
        PROFILE.disable()
        for entry in PROFILE.getstats():
            code = entry.code
            if not isinstance(code, str) and code.co_filename.startswith(BOX):
                place = code.co_filename[len(BOX) :]
                send("time", place, int(code.co_firstlineno), float(entry.inlinetime))
    send("end", int(exitstatus))


class Capture:
    """Wraps the target as its module is imported, and sends the arguments of distinct calls."""

    def __init__(self, module: str, qualname: str, limit: int, max_bytes: int) -> None:
        self.module, self.qualname = module, qualname
        self.limit, self.max_bytes = limit, max_bytes
        self.seen: set[bytes] = set()
        self.inside = False
        self.allowed = limit

    def begin_test(self) -> None:
        """One test (a property's hundreds of examples) may take three quarters of what is left."""
        left = self.limit - len(self.seen)
        self.allowed = len(self.seen) + left - left // 4

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname != self.module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            execute = loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                self.wrap(module)

            loader.exec_module = exec_module
        return spec

    def wrap(self, module: Any) -> None:
        owner: Any = module
        *parents, name = self.qualname.split(".")
        for part in parents:
            owner = getattr(owner, part)
        found = vars(owner)[name]
        if isinstance(found, (staticmethod, classmethod)):
            wrapped: Any = type(found)(self.recording(found.__func__, type(found) is classmethod))
        elif callable(found):
            wrapped = self.recording(found, False)
        else:
            return
        setattr(owner, name, wrapped)

    def recording(self, function: Any, skip_first: bool) -> Any:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wrapper(*args: Any, **kwargs: Any) -> Any:
                self.record(args[skip_first:], kwargs)
                return await function(*args, **kwargs)

            return wrapper

        @functools.wraps(function)
        def plain(*args: Any, **kwargs: Any) -> Any:
            if self.inside or len(self.seen) >= self.allowed:
                return function(*args, **kwargs)
            self.inside = True  # a recursive target's inner calls say nothing new
            try:
                self.record(args[skip_first:], kwargs)
                return function(*args, **kwargs)
            finally:
                self.inside = False

        return plain

    def record(self, args: Any, kwargs: Any) -> None:
        try:
            data = encode([args, kwargs], drains=False)
        except (WireError, RecursionError):
            send("lost", 1)
            return
        if len(self.seen) < self.allowed and data not in self.seen and len(data) <= self.max_bytes:
            self.seen.add(data)
            send("call", data)


# Time in built-in functions counts for the function that called them. CPU time of the process:
# a function that sleeps cannot be made faster, and other processes' work is no one's here.
PROFILE: Any = (
    cProfile.Profile(time.process_time, builtins=False) if SETTINGS.get("profile") else None
)

CAPTURE = Capture(**SETTINGS["capture"]) if SETTINGS.get("capture") else None
if CAPTURE is not None:
    sys.meta_path.insert(0, CAPTURE)
