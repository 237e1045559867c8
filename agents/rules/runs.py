"""Loops over elements that count runs of equal neighbours."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.grouping import (
    REASON,
    Runs,
    alike,
    group_loop,
    is_guarded,
    is_read_outside,
    is_single,
    lengths,
    mentions,
    renamed,
    starts,
)
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.source import Replacement

LAST = "__last__"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`if a == b: count += 1` and `else:` what ends a run."""

    sides: frozenset[str]
    count: str
    emitted: Sequence[ast.stmt]
    rest: frozenset[str]
    """The texts of the statements that prepare the next run."""


def _comparison(branch: ast.stmt, limit: set[str]) -> Comparison | None:
    """What an `if` compares; a test among `limit` may say that there is a neighbour."""
    if not isinstance(branch, ast.If):
        return None
    test = branch.test
    match test:
        case ast.BoolOp(values=[bound, ast.Compare() as inner]) if ast.unparse(bound) in limit:
            if isinstance(test.op, ast.And) != isinstance(inner.ops[0], ast.Eq):
                return None
            test = inner
        case _ if limit:
            return None
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            same, other = branch.body, branch.orelse
        case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[right]):
            same, other = branch.orelse, branch.body
        case _:
            return None
    match same:
        case [ast.AugAssign(target=ast.Name(id=count), op=ast.Add(), value=ast.Constant(value=1))]:
            pass
        case _:
            return None
    emitted = list(other)
    rest: list[str] = []
    while emitted and isinstance(emitted[-1], ast.Assign) and len(rest) < 2:
        text = ast.unparse(emitted[-1])
        plain = isinstance(emitted[-1].value, ast.Name | ast.Subscript) or text == f"{count} = 1"
        if not plain:
            break
        emitted.pop()
        rest.append(text)
    sides = frozenset({ast.unparse(left), ast.unparse(right)})
    if not emitted or f"{count} = 1" not in rest:
        return None
    return Comparison(sides, count, emitted, frozenset(rest) - {f"{count} = 1"})


@rule(
    "runs-to-groupby",
    "runs of equal neighbours -> itertools.groupby",
    before="""
        def f(values):
            if not values:
                return []
            found = []
            last = values[0]
            count = 1
            for value in values[1:]:
                if value == last:
                    count += 1
                else:
                    found.append((last, count))
                    last = value
                    count = 1
            found.append((last, count))
            return found
        """,
    after="""
        from itertools import groupby


        def f(values):
            if not values:
                return []
            found = []
            for last, run in groupby(values):
                count = len(list(run))
                found.append((last, count))
            return found
        """,
    leaves="""
        def f(values):
            if not values:
                return []
            found = []
            last = values[0]
            count = 1
            for value in values[1:]:
                if value == last:
                    count += 1
                else:
                    found.append((last, count))
                    last = value
                    count = 1
            return found
        """,
    calls=("[1, 1, True, 2, 1]", "[]", "'aab'", "'a'"),
)
def runs_to_groupby(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        if not isinstance(loop, ast.For) or loop.orelse or not isinstance(loop.target, ast.Name):
            continue
        for found in (_against_last(function, loop), _against_neighbour(function, loop)):
            if found is None:
                continue
            runs, dropped, last = found
            step = function.indent(loop.body[0])[len(function.indent(loop)) :]
            written = group_loop(function, runs, step)
            if written is None or not function.untouched(runs.sequence, loop):
                continue
            if is_read_outside(function, loop.target.id, [loop]):
                continue
            text, imports = written
            pieces: list[Replacement | None] = [function.delete(s) for s in dropped]
            pieces.append(function.replace_run(loop, last, text))
            yield Rewrite(tuple(pieces), REASON, imports)


def _after(
    function: Function, loop: ast.stmt, emitted: Sequence[ast.stmt]
) -> list[ast.stmt] | None:
    """As many statements after a loop as it does at the end of each run."""
    found: list[ast.stmt] = []
    at = loop
    for _ in emitted:
        following = function.following(at)
        if following is None:
            return None
        found.append(following)
        at = following
    return found


def _against_last(
    function: Function, loop: ast.For
) -> tuple[Runs, list[ast.stmt], ast.stmt] | None:
    """Each element compared with a name that holds the one before, or the run's first."""
    assert isinstance(loop.target, ast.Name)
    compared = _comparison(loop.body[0], set())
    match loop.iter:
        case ast.Subscript(
            value=ast.Name(id=sequence),
            slice=ast.Slice(lower=ast.Constant(value=1), upper=None, step=None),
        ):
            item, is_whole = loop.target.id, False
        case ast.Name(id=sequence):
            item, is_whole = loop.target.id, True
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=1), ast.expr() as limit]):
            sequence = _indexed(loop)
            item, is_whole = f"{sequence}[{loop.target.id}]", False
            if ast.unparse(limit) not in lengths(function, sequence):
                return None
        case _:
            return None
    if compared is None or item not in compared.sides or len(compared.sides) != 2:
        return None
    (value,) = compared.sides - {item}
    is_last = len(loop.body) == 2 and ast.unparse(loop.body[1]) == f"{value} = {item}"
    if not value.isidentifier() or len(loop.body) != 1 + is_last:
        return None
    if compared.rest != (frozenset() if is_last else {f"{value} = {item}"}):
        return None
    begun = {
        name: (text, statement) for name, text, statement in reversed([*starts(function, loop)])
    }
    if value not in begun or compared.count not in begun:
        return None
    emitted, own = compared.emitted, {loop.target.id}
    if is_whole:
        emitted = _unguarded(emitted, value, compared.count)
        is_none = begun[value][0] in ("None", "''") and begun[compared.count][0] in ("0", "1")
        if not emitted or not is_none:
            return None
    elif (begun[value][0], begun[compared.count][0]) != (f"{sequence}[0]", "1"):
        return None
    after = _after(function, loop, compared.emitted)
    if after is not None and not alike(after, compared.emitted) and is_whole:
        after = _after(function, loop, emitted)
    if after is None or not (alike(after, compared.emitted) or alike(after, emitted)):
        return None
    if mentions(emitted, {}, own):
        return None
    regions = [loop, *after]
    kept = {n for n in (value, compared.count) if is_read_outside(function, n, regions)}
    if is_whole and kept:
        return None
    is_safe = is_whole or is_guarded(function, sequence, loop)
    dropped = []
    for name in (value, compared.count):
        statement = begun[name][1]
        # Taking the first element raises where there is none.
        needed = not is_safe and statement is begun[value][1]
        both = {n for n, (_, s) in begun.items() if s is statement} == {value, compared.count}
        if (is_single(statement) or both) and not (needed or statement in dropped):
            dropped.append(statement)
    runs = Runs(sequence, value, is_last, compared.count, emitted, {}, bool(kept))
    return runs, dropped, after[-1]


def _indexed(loop: ast.For) -> str:
    """The first sequence that a loop indexes with its counter."""
    for node in ast.walk(loop.body[0]):
        match node:
            case ast.Subscript(value=ast.Name(id=sequence), slice=ast.Name(id=counter)):
                if counter == ast.unparse(loop.target):
                    return sequence
    return ""


def _unguarded(emitted: Sequence[ast.stmt], value: str, count: str) -> Sequence[ast.stmt]:
    """What is done at a run's end, out of the `if` that leaves out the run before the first."""
    tests = (value, f"{value} is not None", f"{value} != None", f"{value} != ''")
    match emitted:
        case [ast.If(test=test, body=body, orelse=[])]:
            if ast.unparse(test) in (*tests, count, f"{count} > 0", f"{count} != 0"):
                return body
    return ()


def _against_neighbour(
    function: Function, loop: ast.For
) -> tuple[Runs, list[ast.stmt], ast.stmt] | None:
    """`xs[i] == xs[i - 1]`, or with `i + 1`; a run's element is the last before the change."""
    counter, sequence = ast.unparse(loop.target), _indexed(loop)
    known = lengths(function, sequence)
    limit = ast.unparse(loop.iter)
    here, before, beyond = (f"{sequence}[{counter}{tail}]" for tail in ("", " - 1", " + 1"))
    checks: set[str] = set()
    if limit in {f"range(1, {length})" for length in known}:
        sides, last = {here, before}, before
    elif limit in {f"range({length} - 1)" for length in known}:
        sides, last = {here, beyond}, here
    elif limit in {f"range(1, {length} + 1)" for length in known}:
        sides, last = {here, before}, before
        checks = {f"{counter} {op} {length}" for op in ("<", "==", ">=") for length in known}
    else:
        return None
    compared = _comparison(loop.body[0], checks)
    if compared is None or compared.sides != sides or compared.rest or len(loop.body) != 1:
        return None
    begun = [s for name, text, s in starts(function, loop) if (name, text) == (compared.count, "1")]
    if not begun:
        return None
    value = function.local("value", "runs")
    new = {last: value}
    regions: list[ast.AST] = [loop]
    end: ast.stmt = loop
    if not checks:
        after = _after(function, loop, compared.emitted)
        final = {f"{sequence}[{at}]": LAST for at in ("-1", *(f"{n} - 1" for n in known))}
        if last == before:
            final[here] = LAST
        same = after is not None and alike(
            [renamed(s, final) for s in after],
            [renamed(s, {last: LAST}) for s in compared.emitted],
        )
        if after is None or not same or not is_guarded(function, sequence, loop):
            return None
        regions, end = [loop, *after], after[-1]
        if mentions(after, final, {counter}):
            return None
    kept = is_read_outside(function, compared.count, regions)
    if kept or mentions(compared.emitted, new, {counter}):
        return None
    first = begun[0]
    dropped = [first] if is_single(first) else []
    return Runs(sequence, value, True, compared.count, compared.emitted, new, False), dropped, end
