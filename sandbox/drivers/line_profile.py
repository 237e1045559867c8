"""Which lines of the target's file run how often, and how much CPU time each takes.

For a model to read: it decides nothing. Tracing adds its own time to each line alike, so a line
that only counts up looks dearer than it is, and one that sorts a list as dear as it is.
"""

from __future__ import annotations

import time
from typing import Any

from .load import Loaded
from .tracing import Tracer


class LineProfile(Tracer):
    """Counts and clocks the lines of the loaded module's file; a call is its own line's time."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__(loaded)
        self.counts: dict[int, int] = {}
        self.spent_ns: dict[int, int] = {}
        self.line = 0
        self.since_ns = 0

    def enter(self, frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != self.path:
            return None
        self.change(0)
        return self.step

    def step(self, frame: Any, event: str, argument: Any) -> Any:
        if event == "line":
            self.counts[frame.f_lineno] = self.counts.get(frame.f_lineno, 0) + 1
            self.change(frame.f_lineno)
        elif event == "return":
            caller = frame.f_back
            known = caller is not None and caller.f_code.co_filename == self.path
            self.change(caller.f_lineno if known else 0)
        return self.step

    def change(self, line: int) -> None:
        """From here on time is spent on `line`; on no line of the file, where it is 0."""
        now = time.thread_time_ns()
        if self.line:
            self.spent_ns[self.line] = self.spent_ns.get(self.line, 0) + now - self.since_ns
        self.line, self.since_ns = line, now

    def report(self) -> Any:
        """[line, how often it ran, nanoseconds of CPU time], in the order of the lines."""
        return [
            [line, self.counts[line], self.spent_ns.get(line, 0)] for line in sorted(self.counts)
        ]
