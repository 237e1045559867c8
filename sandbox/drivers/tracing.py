"""Which lines and which branches of the target's file ran, instruction by instruction.

A branch is a conditional jump; it is covered when it was both taken and not taken. Loops' own
exits, exception matching and `with` exits are the compiler's, and are not counted.
"""

from __future__ import annotations

import dis
import sys
import types
from collections.abc import Iterator
from typing import Any, Callable

from .load import Loaded

COMPILER_MADE = frozenset(
    ("CHECK_EXC_MATCH", "WITH_EXCEPT_START", "JUMP_IF_NOT_EXC_MATCH", "CHECK_EG_MATCH",
     "GET_ANEXT", "SEND", "END_ASYNC_FOR", "MATCH_KEYS", "MATCH_CLASS")
)  # fmt: skip


class Tracer:
    """Counts what runs in the code objects of the loaded module's file."""

    def __init__(self, loaded: Loaded) -> None:
        self.path = loaded.module.__file__
        self.source = loaded.module.__spec__.loader.text
        self.lines: set[int] = set()
        self.arcs: dict[types.CodeType, set[tuple[int, int]]] = {}
        self.last: dict[Any, int] = {}

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

    def report(self) -> dict[str, Any]:
        """Lines that ran, lines of functions that could run, and the branches of code that ran.

        branches are [line, taken, not taken] for each conditional jump of a code object that ran.
        """
        went: dict[Any, set[bool]] = {}
        for code, arcs in self.arcs.items():
            for place, offset, if_true, if_false in conditional_jumps(code):
                ways = went.setdefault((code.co_name, *place), set())
                ways.update(True for start, end in arcs if (start, end) == (offset, if_true))
                ways.update(False for start, end in arcs if (start, end) == (offset, if_false))
        branches = [[key[1], True in ways, False in ways] for key, ways in went.items() if ways]
        return {
            "lines": sorted(self.lines),
            "branches": sorted(branches),
            "executable": sorted(executable(self.source, self.path)),
        }


def conditional_jumps(
    code: types.CodeType,
) -> Iterator[tuple[tuple[Any, ...], int, int, int]]:
    """(place, offset, offset if true, offset if false) of the code's own conditional jumps.

    The compiler writes some conditions twice (at a loop's top and bottom); both have one place.
    """
    line = code.co_firstlineno
    before = ""
    found = list(dis.get_instructions(code))
    for position, item in enumerate(found):
        if item.starts_line is not None and item.starts_line is not False:
            line = line_of(item, line)
        jump = "JUMP" in item.opname and "IF" in item.opname
        if jump and before not in COMPILER_MADE and position + 1 < len(found):
            columns = getattr(item, "positions", None)
            place = (line, *columns[2:]) if columns else (line, item.offset)
            ends = found[position + 1].offset, int(item.argval)
            jumps_if_true = "TRUE" in item.opname or "NOT_NONE" in item.opname
            if_false, if_true = ends if jumps_if_true else ends[::-1]
            yield place, item.offset, if_true, if_false
        if item.opname != "TO_BOOL":  # 3.13 asks for the truth before it jumps
            before = item.opname


def line_of(item: Any, line: int) -> int:
    number = getattr(item, "line_number", item.starts_line)
    return line if number is None else int(number)


def executable(source: str, path: str) -> set[int]:
    """The lines of all functions in a file that hold instructions, `def` lines left out."""
    found: set[int] = set()
    waiting = [compile(source.encode(), path, "exec")]
    while waiting:
        code = waiting.pop()
        inner = [item for item in code.co_consts if isinstance(item, types.CodeType)]
        waiting.extend(inner)
        if code.co_flags & 0x2:  # CO_NEWLOCALS: a function, not a module or class body
            for item in dis.get_instructions(code):
                line = line_of(item, 0)
                if line and item.opname not in PROLOGUE and item.starts_line not in (None, False):
                    found.add(line)
    return found


PROLOGUE = frozenset(("RESUME", "COPY_FREE_VARS", "MAKE_CELL", "RETURN_GENERATOR", "GEN_START"))
