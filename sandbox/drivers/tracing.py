"""Which lines and which branches of the target's file ran, instruction by instruction.

A branch is a conditional jump; it is covered when it was both taken and not taken. Loops' own
exits, exception matching and `with` exits are the compiler's, and are not counted.
"""

from __future__ import annotations

import dis
import sys
import types
from typing import Any, Callable, Dict, Iterator, List, Set, Tuple

from .load import Loaded

COMPILER_MADE = frozenset(
    ("CHECK_EXC_MATCH", "WITH_EXCEPT_START", "JUMP_IF_NOT_EXC_MATCH", "CHECK_EG_MATCH",
     "GET_ANEXT", "SEND", "END_ASYNC_FOR", "MATCH_KEYS", "MATCH_CLASS")
)  # fmt: skip


class Tracer:
    """Counts what runs in the code objects of the loaded module's file."""

    def __init__(self, loaded: Loaded) -> None:
        self.path = loaded.module.__file__
        self.lines: Set[int] = set()
        self.arcs: Dict[types.CodeType, Set[Tuple[int, int]]] = {}
        self.last: Dict[Any, int] = {}

    def around(self, work: Callable[[], Any]) -> Any:
        """Do `work` while tracing."""
        sys.settrace(self.enter)
        try:
            return work()
        finally:
            sys.settrace(None)
            self.last.clear()

    def enter(self, frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != self.path:
            return None
        frame.f_trace_opcodes = True
        return self.step

    def step(self, frame: Any, event: str, argument: Any) -> Any:
        if event == "line":
            self.lines.add(frame.f_lineno)
        elif event == "opcode":
            code, here = frame.f_code, frame.f_lasti
            before = self.last.get(frame)
            if before is not None:
                self.arcs.setdefault(code, set()).add((before, here))
            self.last[frame] = here
        elif event == "return":
            self.last.pop(frame, None)
        return self.step

    def report(self) -> Dict[str, Any]:
        """Lines that ran, and per code object seen: its lines and half-covered branches.

        branches are [line, taken, not taken] for each conditional jump of a code object that ran.
        """
        branches: List[List[Any]] = []
        for code, arcs in self.arcs.items():
            for line, offset, onward, target in conditional_jumps(code):
                if any(start == offset for start, _ in arcs):
                    taken = any(start == offset and end == target for start, end in arcs)
                    passed = any(start == offset and end == onward for start, end in arcs)
                    branches.append([line, taken, passed])
        return {"lines": sorted(self.lines), "branches": sorted(branches)}


def conditional_jumps(code: types.CodeType) -> Iterator[Tuple[int, int, int, int]]:
    """(line, offset, next offset, jump target) of the code's own conditional jumps."""
    line = code.co_firstlineno
    before = ""
    found = list(dis.get_instructions(code))
    for position, item in enumerate(found):
        if item.starts_line is not None and item.starts_line is not False:
            line = line_of(item, line)
        jump = "JUMP" in item.opname and "IF" in item.opname
        if jump and before not in COMPILER_MADE and position + 1 < len(found):
            yield line, item.offset, found[position + 1].offset, int(item.argval)
        before = item.opname


def line_of(item: Any, line: int) -> int:
    number = getattr(item, "line_number", item.starts_line)
    return line if number is None else int(number)
