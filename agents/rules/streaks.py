"""Loops that look for the longest run of equal neighbours."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.grouping import REASON, is_read_outside, is_single, lengths, starts
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.source import Replacement


@rule(
    "longest-run-to-groupby",
    "longest run of equal neighbours -> itertools.groupby",
    before="""
        def f(values):
            best = 1
            count = 1
            for i in range(1, len(values)):
                if values[i] == values[i - 1]:
                    count += 1
                    best = max(best, count)
                else:
                    count = 1
            return best
        """,
    after="""
        from itertools import groupby


        def f(values):
            best = 1
            for _, run in groupby(values):
                count = len(list(run))
                best = max(best, count)
            return best
        """,
    leaves="""
        def f(values):
            best = 1
            count = 1
            for i in range(1, len(values)):
                if values[i] == values[i - 1]:
                    count += 1
                    best = max(best, count)
                else:
                    count = 0
            return best
        """,
    calls=("[1, 1, True, 2, 1]", "[]", "'aab'", "'abba'", "'a'"),
)
def longest_run_to_groupby(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        match loop:
            case ast.For(target=ast.Name(id=counter), body=[ast.If() as branch, *ends], orelse=[]):
                at_end = ends[0] if ends else None
            case _:
                continue
        if len(loop.body) > 2:
            continue
        found = _growing(branch, at_end)
        if found is None:
            continue
        count, update = found
        best = _best(update, count)
        sequence = _sequence(function, loop, branch.test, counter)
        if best is None or sequence is None or not function.untouched(sequence, loop):
            continue
        begun = {name: (text, statement) for name, text, statement in starts(function, loop)}
        if begun.get(count, ("", None))[0] != "1" or best not in begun:
            continue
        from_one = begun[best][0].isdigit() and int(begun[best][0]) >= 1
        if not from_one and at_end is not None:
            continue  # an only element counts no more than what `best` starts with
        if any(is_read_outside(function, name, [loop]) for name in (counter, count)):
            continue
        groupby, imports = function.imported("itertools", "groupby")
        run = function.local("run", "runs")
        step = function.indent(loop.body[0])[len(function.indent(loop)) :]
        text = f"for _, {run} in {groupby}({sequence}):\n{step}{count} = len(list({run}))\n"
        if from_one:
            text += f"{step}{best} = max({best}, {count})"
        else:
            text += f"{step}if {count} > 1:\n{step}{step}{best} = max({best}, {count})"
        pieces: list[Replacement | None] = [function.replace(loop, text)]
        start = begun[count][1]
        if is_single(start):
            pieces.append(function.delete(start))
        if function.is_builtin("max"):
            yield Rewrite(tuple(pieces), REASON, imports)


def _growing(branch: ast.If, at_end: ast.stmt | None) -> tuple[str, ast.stmt] | None:
    """The count and the update of the best, in `if same: count += 1` and `else: count = 1`."""
    match branch.test:
        case ast.Compare(ops=[ast.Eq()]):
            same, other = branch.body, branch.orelse
        case ast.Compare(ops=[ast.NotEq()]):
            same, other = branch.orelse, branch.body
        case _:
            return None
    if at_end is not None:
        same = [*same, at_end]
    match same, other:
        case (
            [
                ast.AugAssign(target=ast.Name(id=count), op=ast.Add(), value=ast.Constant(value=1)),
                update,
            ],
            [ast.Assign(targets=[ast.Name(id=reset)], value=ast.Constant(value=1))],
        ) if count == reset:
            return count, update
    return None


def _best(update: ast.stmt, count: str) -> str | None:
    """The name that keeps the largest count."""
    match update:
        case ast.Assign(targets=[ast.Name(id=best)]):
            texts = {f"{best} = max({best}, {count})", f"{best} = max({count}, {best})"}
            return best if ast.unparse(update) in texts else None
        case ast.If(test=test, body=[ast.Assign(targets=[ast.Name(id=best)]) as kept], orelse=[]):
            tests = {f"{count} > {best}", f"{best} < {count}"}
            same = ast.unparse(test) in tests and ast.unparse(kept) == f"{best} = {count}"
            return best if same else None
    return None


def _sequence(function: Function, loop: ast.For, test: ast.expr, counter: str) -> str | None:
    """The sequence whose neighbours are compared, all of them."""
    match test:
        case ast.Compare(
            left=ast.Subscript(value=ast.Name(id=sequence)) as left, comparators=[right]
        ):
            sides = {ast.unparse(left), ast.unparse(right)}
        case _:
            return None
    here, before, beyond = (f"{sequence}[{counter}{tail}]" for tail in ("", " - 1", " + 1"))
    limit = ast.unparse(loop.iter)
    for length in lengths(function, sequence):
        if sides == {here, before} and limit == f"range(1, {length})":
            return sequence
        if sides == {here, beyond} and limit == f"range({length} - 1)":
            return sequence
    return None
