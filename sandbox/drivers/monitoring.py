"""The same report as `tracing.Tracer` by way of sys.monitoring (PEP 669), Python 3.12 and later.

An instruction that has told all it can tell is not watched any longer, so that loops run at
almost their own speed.
"""

from __future__ import annotations

import sys
import types
from typing import Any, Callable

from .load import Loaded
from .tracing import Tracer

TOOL = 4
"""A tool's number that PEP 669 leaves free: 0 to 2 and 5 are debuggers, coverage and profilers."""


class Monitor(Tracer):
    """Counts what runs in the code objects of the loaded module's file."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__(loaded)
        self.monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        self.ends: dict[tuple[types.CodeType, int], int] = {}
        events = self.monitoring.events
        self.events = events.LINE | events.BRANCH
        self.monitoring.use_tool_id(TOOL, "perfbot")
        self.monitoring.register_callback(TOOL, events.LINE, self.on_line)
        self.monitoring.register_callback(TOOL, events.BRANCH, self.on_branch)

    def around(self, work: Callable[[], Any]) -> Any:
        """Do `work` while watching."""
        self.monitoring.set_events(TOOL, self.events)
        try:
            return work()
        finally:
            self.monitoring.set_events(TOOL, 0)

    def on_line(self, code: types.CodeType, line: int) -> Any:
        if code.co_filename == self.path:
            self.lines.add(line)
        return self.monitoring.DISABLE

    def on_branch(self, code: types.CodeType, start: int, end: int) -> Any:
        if code.co_filename != self.path:
            return self.monitoring.DISABLE
        self.arcs.setdefault(code, set()).add((start, end))
        other_way = self.ends.setdefault((code, start), end) != end
        return self.monitoring.DISABLE if other_way else None


def tracer_for(loaded: Loaded) -> Tracer:
    """The quicker tracer that this interpreter has."""
    return Monitor(loaded) if hasattr(sys, "monitoring") else Tracer(loaded)
