"""Loops over all pairs of a sequence, over its sorted elements instead."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule


@dataclass(frozen=True, slots=True)
class Pairs:
    """`for i in range(len(name)): for j in range(i + 1, len(name)): body`."""

    outer: ast.For
    inner: ast.For
    name: str
    sides: tuple[str, str]
    """The two elements' texts."""
    indices: tuple[str, str]

    @property
    def body(self) -> list[ast.stmt]:
        """What is done with a pair."""
        return self.inner.body


def pairs(function: Function) -> Iterator[Pairs]:
    """The loops over each pair of a sequence's elements once, whose indices nothing else uses."""
    for outer in function.loops():
        match outer:
            case ast.For(
                target=ast.Name(id=i),
                iter=rows,
                body=[ast.For(target=ast.Name(id=j), iter=columns, orelse=[]) as inner],
                orelse=[],
            ):
                pass
            case _:
                continue
        name = _sequence(function, rows)
        if name is None or _sequence(function, columns, f"{i} + 1") != name:
            continue
        elsewhere = [
            use
            for index in (i, j)
            for use in function.uses(index)
            if not function.within(use, outer) or index in function.captured
        ]
        if not elsewhere and function.untouched(name, outer):
            yield Pairs(outer, inner, name, (f"{name}[{i}]", f"{name}[{j}]"), (i, j))


def _sequence(function: Function, source: ast.expr, low: str = "") -> str | None:
    """The name in `range(low, len(name))`, where the length may stand in a local or be less 1."""
    match source:
        case ast.Call(args=[*before, end]) if function.is_call(source, "range", args=None):
            pass
        case _:
            return None
    start = [ast.unparse(item) for item in before]
    if start != [low] if low else start not in ([], ["0"]):
        return None
    if not low and isinstance(end, ast.BinOp) and ast.unparse(end).endswith(" - 1"):
        end = end.left
    if isinstance(end, ast.Name) and len(stores := function.stores(end.id)) == 1:
        above = function.file.parent[stores[0]]
        end = above.value if isinstance(above, ast.Assign) else end
    match end:
        case ast.Call(args=[ast.Name(id=name)]) if function.is_call(end, "len"):
            return name
    return None


@rule(
    "pair-count-to-two-pointers",
    "count of pairs below or above a sum -> two pointers over the sorted elements",
    before="""
        def f(values, limit):
            count = 0
            for i in range(len(values)):
                for j in range(i + 1, len(values)):
                    if values[i] + values[j] < limit:
                        count += 1
            return count
        """,
    after="""
        def f(values, limit):
            count = 0
            ordered = sorted(values)
            low, high = 0, len(ordered) - 1
            while low < high:
                if ordered[low] + ordered[high] < limit:
                    count += high - low
                    low += 1
                else:
                    high -= 1
            return count
        """,
    leaves="""
        def f(values, limit):
            count = 0
            for i in range(len(values)):
                for j in range(i + 1, len(values)):
                    if values[i] - values[j] < limit:
                        count += 1
            return count
        """,
    calls=("[3, 1, 4, 1, 5], 6", "[], 0", "[2], 5", "[1.5, -2, 7], 5.5"),
)
def pair_count_to_two_pointers(function: Function) -> Iterator[Rewrite]:
    for found in pairs(function):
        match found.body:
            case [
                ast.If(
                    test=ast.Compare(left=left, ops=[op], comparators=[limit]),
                    body=[ast.AugAssign(target=ast.Name(id=count), op=ast.Add(), value=added)],
                    orelse=[],
                )
            ] if isinstance(added, ast.Constant) and added.value == 1:
                pass
            case _:
                continue
        first, second = found.sides
        below = isinstance(op, ast.Lt | ast.LtE)
        if not below and not isinstance(op, ast.Gt | ast.GtE):
            continue
        if ast.unparse(left) not in (f"{first} + {second}", f"{second} + {first}"):
            continue
        names = function.names_in(limit)
        if names & {*found.indices, count} or not isinstance(limit, ast.Name | ast.Constant):
            continue
        key = str(found.outer.lineno)
        ordered, low, high = (function.local(stem, key) for stem in ("ordered", "low", "high"))
        sign = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}[type(op)]
        up, down = f"{low} += 1", f"{high} -= 1"
        lines = (
            f"{ordered} = sorted({found.name})",
            f"{low}, {high} = 0, len({ordered}) - 1",
            f"while {low} < {high}:",
            f"    if {ordered}[{low}] + {ordered}[{high}] {sign} {function.text(limit)}:",
            f"        {count} += {high} - {low}",
            f"        {up if below else down}",
            "    else:",
            f"        {down if below else up}",
        )
        reason = "Of sorted elements each step decides all pairs of one of them."
        yield Rewrite((function.replace(found.outer, "\n".join(lines)),), reason)


@rule(
    "closest-pair-to-neighbours",
    "smallest difference of all pairs -> of neighbours in sorted order",
    before="""
        def f(values):
            best = float("inf")
            for i in range(len(values)):
                for j in range(i + 1, len(values)):
                    if abs(values[i] - values[j]) < best:
                        best = abs(values[i] - values[j])
            return best
        """,
    after="""
        from itertools import pairwise


        def f(values):
            best = float("inf")
            for before, after in pairwise(sorted(values)):
                best = min(best, abs(after - before))
            return best
        """,
    leaves="""
        def f(values):
            best = float("inf")
            for i in range(len(values)):
                for j in range(i + 1, len(values)):
                    if abs(values[i] * values[j]) < best:
                        best = abs(values[i] * values[j])
            return best
        """,
    calls=("[5, 1, 9, 3]", "[]", "[2]", "[0.1, 0.7, 0.2]", "[4, 4]"),
)
def closest_pair_to_neighbours(function: Function) -> Iterator[Rewrite]:
    for found in pairs(function):
        first, second = found.sides
        differences = (f"abs({first} - {second})", f"abs({second} - {first})")
        best = next(
            (name for text in differences if (name := _kept_smallest(found.body, text))), None
        )
        if best is None or not function.is_builtin("abs") or not function.is_builtin("min"):
            continue
        if _outlives(function, found, best):
            continue
        pairwise, imports = function.imported("itertools", "pairwise")
        key = str(found.outer.lineno)
        before, after = (function.local(stem, key) for stem in ("before", "after"))
        lines = (
            f"for {before}, {after} in {pairwise}(sorted({found.name})):",
            f"    {best} = min({best}, abs({after} - {before}))",
        )
        reason = "The closest two stand next to each other in sorted order."
        yield Rewrite((function.replace(found.outer, "\n".join(lines)),), reason, imports)


def _outlives(function: Function, found: Pairs, kept: str) -> bool:
    """Whether a name that the loops bind, besides the one they are for, is used elsewhere."""
    bound = {node.id for item in found.body for node in ast.walk(item) if _is_store(node)}
    return any(
        not function.within(use, found.outer)
        for name in bound - {kept}
        for use in function.uses(name)
    )


def _is_store(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _kept_smallest(body: list[ast.stmt], text: str) -> str | None:
    """The name that keeps the smallest of a value, said in one of three ways."""
    match body:
        case [ast.Assign(targets=[ast.Name(id=best)], value=value)]:
            ways = (f"min({best}, {text})", f"min({text}, {best})")
            return best if ast.unparse(value) in ways else None
        case [
            ast.If(
                test=test, body=[ast.Assign(targets=[ast.Name(id=best)], value=value)], orelse=[]
            )
        ]:
            kept = (ast.unparse(test), ast.unparse(value)) == (f"{text} < {best}", text)
            return best if kept else None
        case [ast.Assign(targets=[ast.Name(id=name)], value=value), *rest]:
            return _kept_smallest(rest, name) if ast.unparse(value) == text else None
    return None
