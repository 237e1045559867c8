"""Loops inside loops that walk to the end of each run of equal elements."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.grouping import (
    REASON,
    Runs,
    group_loop,
    is_read_outside,
    is_single,
    lengths,
    mentions,
    starts,
)
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.source import Replacement


@rule(
    "run-scan-to-groupby",
    "scan to the end of each run -> itertools.groupby",
    before="""
        def f(values):
            found = []
            i = 0
            while i < len(values):
                j = i
                while j < len(values) and values[j] == values[i]:
                    j += 1
                found.append((values[i], j - i))
                i = j
            return found
        """,
    after="""
        from itertools import groupby


        def f(values):
            found = []
            for value, run in groupby(values):
                count = len(list(run))
                found.append((value, count))
            return found
        """,
    leaves="""
        def f(values):
            found = []
            i = 0
            while i < len(values):
                j = i
                while j < len(values) and values[j] == values[i]:
                    j += 1
                found.append((values[i], j))
                i = j
            return found
        """,
    calls=("[1, 1, True, 2, 1]", "[]", "'aab'", "'a'"),
)
def run_scan_to_groupby(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        if not isinstance(loop, ast.While) or loop.orelse:
            continue
        match loop.test:
            case ast.Compare(left=ast.Name(id=counter), ops=[ast.Lt()], comparators=[limit]):
                pass
            case _:
                continue
        runs = _scanned(function, loop, counter, ast.unparse(limit))
        if runs is None or not function.untouched(runs.sequence, loop):
            continue
        begun = [s for name, text, s in starts(function, loop) if (name, text) == (counter, "0")]
        if not begun or is_read_outside(function, counter, [loop]):
            continue
        step = function.indent(loop.body[0])[len(function.indent(loop)) :]
        written = group_loop(function, runs, step)
        if written is None:
            continue
        text, imports = written
        pieces: list[Replacement | None] = [function.replace(loop, text)]
        if is_single(begun[0]):
            pieces.append(function.delete(begun[0]))
        yield Rewrite(tuple(pieces), REASON, imports)


def _scanned(function: Function, loop: ast.While, i: str, limit: str) -> Runs | None:
    """What a loop does at each run, if its inner loop only walks to the run's end."""
    found = _parts(loop)
    if found is None:
        return None
    setup, inner, rest = found
    match inner.test:
        case ast.BoolOp(
            op=ast.And(),
            values=[bound, ast.Compare(left=left, ops=[ast.Eq()], comparators=[right])],
        ):
            sides = {ast.unparse(left), ast.unparse(right)}
        case _:
            return None
    sequences = [
        n.value.id
        for n in ast.walk(inner.test)
        if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name)
    ]
    if not sequences or limit not in lengths(function, sequences[0]):
        return None
    xs = sequences[0]
    current = [name for name, text in setup.items() if text == f"{xs}[{i}]" and name in sides]
    element = current[0] if current else function.local("value", "runs")
    first = current[0] if current else f"{xs}[{i}]"
    known = lengths(function, xs)
    steps = {ast.unparse(statement) for statement in inner.body}
    advance = ast.unparse(rest[-1]) if rest else ""
    if len(set(setup) - set(current)) != 1:
        return None
    (name,) = set(setup) - set(current)

    def within(text: str) -> bool:
        """Whether the inner loop's first test is that an index is below the length."""
        return ast.unparse(bound) in {f"{text} < {length}" for length in known}

    here, new, count, is_last = f"{xs}[{i}]", {f"{xs}[{i}]": element}, name, False
    start, emitted, counters = setup[name], rest[:-1], {i}
    if steps == {f"{name} += 1"} and within(name) and sides == {f"{xs}[{name}]", first}:
        # An index of its own runs ahead.
        if start not in (i, f"{i} + 1") or advance != f"{i} = {name}":
            return None
        count, counters = function.local("count", "runs"), {i, name}
        new[f"{name} - {i}"] = count
    elif steps == {f"{name} += 1"} and sides == {f"{xs}[{i} + {name}]", first}:
        # The count is an offset from the run's first.
        if start not in ("0", "1") or not within(f"{i} + {name}") or advance != f"{i} += {name}":
            return None
    elif steps == {f"{i} += 1", f"{name} += 1"} and sides == {here, f"{xs}[{i} + 1]"}:
        # The outer index walks to the run's last.
        ahead = within(f"{i} + 1") or ast.unparse(bound) in {f"{i} < {n} - 1" for n in known}
        if start != "1" or not ahead or advance != f"{i} += 1":
            return None
        is_last = True
    elif steps == {f"{i} += 1", f"{name} += 1"} and current and sides == {here, element}:
        # The outer index walks past the run.
        if start != "0" or not within(i):
            return None
        emitted, new = rest, {}
    else:
        return None
    used = {n for n in (count, element) if is_read_outside(function, n, [loop])}
    if used or not emitted or mentions(emitted, new, counters):
        return None
    if any(is_read_outside(function, n, [loop]) for n in counters):
        return None
    return Runs(xs, element, is_last, count, emitted, new, False)


def _parts(loop: ast.While) -> tuple[dict[str, str], ast.While, list[ast.stmt]] | None:
    """The names set before the inner loop, with their values' texts; that loop; what follows."""
    setup: dict[str, str] = {}
    for index, statement in enumerate(loop.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                setup[name] = ast.unparse(value)
            case ast.While(orelse=[]):
                return setup, statement, loop.body[index + 1 :]
            case _:
                return None
    return None
