"""Loops whose counter is kept by hand, or whose index runs over pairs and rows."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.hoisting import is_conditional
from perfbot.agents.rules.pairs import pairs
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.source import Replacement


@rule(
    "while-to-range",
    "while loop with a counter -> for over range",
    before="""
        def f(values):
            total = 0
            i = 0
            while i < len(values):
                total += values[i]
                i += 1
            return total
        """,
    after="""
        def f(values):
            total = 0
            for i in range(len(values)):
                total += values[i]
            return total
        """,
    leaves="""
        def f(values):
            i = 0
            while i < len(values):
                if values[i]:
                    i += 1
                    continue
                i += 1
            return i
        """,
    calls=("[1, 2, 3]", "[]", "['a']"),
)
def while_to_range(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        match loop:
            case ast.While(
                test=ast.Compare(
                    left=ast.Name(id=counter), ops=[ast.Lt() | ast.LtE() as op], comparators=[limit]
                ),
                body=[_, *_, ast.AugAssign() as step],
                orelse=[],
            ):
                pass
            case _:
                continue
        start = _start_of(function, loop, counter)
        if start is None or ast.unparse(step) not in (f"{counter} += 1", f"{counter} += 2"):
            continue
        stores = function.stores(counter)
        inside = [store for store in stores if function.within(store, loop)]
        skips = any(isinstance(n, ast.Continue) for n in ast.walk(loop))
        leaks = any(
            use.lineno > (loop.end_lineno or 0) and isinstance(use.ctx, ast.Load)
            for use in function.uses(counter)
        )
        if len(inside) != 1 or skips or leaks or counter in function.captured:
            continue
        if function.repeats(loop) and len(stores) != 2:
            continue
        if not _is_steady(function, limit, loop):
            continue
        high = function.text(limit)
        if isinstance(op, ast.LtE):
            high = f"{high} + 1"
        by = "" if ast.unparse(step).endswith("1") else ", 2"
        low = function.text(start.value)
        low = "" if low == "0" and not by else f"{low}, "
        begin = function.file.span(loop)[0]
        colon = function.file.data.index(b":", function.file.span(loop.test)[1])
        header = Replacement(begin, colon, f"for {counter} in range({low}{high}{by})")
        pieces = (function.delete(start), header, function.delete(step))
        yield Rewrite(pieces, "`range` counts and compares without bytecode.")


def _start_of(function: Function, loop: ast.While, counter: str) -> ast.Assign | None:
    """The `i = number` among the simple statements just above a loop."""
    statement = function.previous(loop)
    while statement is not None:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == counter:
                return statement if function.kind(value) == "int" else None
        simple = isinstance(statement, ast.Assign | ast.AnnAssign)
        if not simple or counter in function.names_in(statement):
            return None
        statement = function.previous(statement)
    return None


def _is_steady(function: Function, limit: ast.expr, loop: ast.While) -> bool:
    """Whether a limit is an integer that the loop does not change."""
    for node in ast.walk(limit):
        match node:
            case ast.Name(id=name):
                called = getattr(function.file.parent[node], "func", None) is node
                if not called and not function.untouched(name, loop):
                    return False
            case ast.Call():
                if not function.is_call(node, "len"):
                    return False
            case ast.Constant(value=int()) | ast.BinOp(op=ast.Add() | ast.Sub() | ast.FloorDiv()):
                pass
            case ast.operator() | ast.expr_context():
                pass
            case _:
                return False
    return True


@rule(
    "index-pairs-to-combinations",
    "two index loops over pairs -> combinations",
    before="""
        def f(values, limit):
            count = 0
            for i in range(len(values)):
                for j in range(i + 1, len(values)):
                    if values[i] + values[j] == limit:
                        count += 1
            return count
        """,
    after="""
        from itertools import combinations


        def f(values, limit):
            count = 0
            for first, second in combinations(values, 2):
                if first + second == limit:
                    count += 1
            return count
        """,
    leaves="""
        def f(values, limit):
            for i in range(len(values)):
                for j in range(i + 1, len(values)):
                    if values[i] + values[j] == limit:
                        return i, j
            return None
        """,
    calls=("[1, 2, 3], 3", "[], 0", "'ab', 'ab'"),
)
def index_pairs_to_combinations(function: Function) -> Iterator[Rewrite]:
    for found in pairs(function):
        outer, inner, last = found.outer, found.inner, found.name
        i, j = found.indices
        columns = inner.iter
        reads: list[tuple[ast.AST, str]] = []
        for use in [*function.uses(i), *function.uses(j)]:
            above = function.file.parent[use]
            if not isinstance(use.ctx, ast.Load) or function.within(use, columns):
                continue
            if ast.unparse(above) not in (f"{last}[{i}]", f"{last}[{j}]"):
                break
            if not function.within(use, inner):
                break
            reads.append((above, "first" if use.id == i else "second"))
        else:
            breaks = any(isinstance(n, ast.Break) for n in ast.walk(inner))
            one_line = inner.body[0].lineno == inner.lineno
            if breaks or one_line:
                continue
            combinations, imports = function.imported("itertools", "combinations")
            names = {stem: function.local(stem, str(outer.lineno)) for stem in ("first", "second")}
            header = f"for {names['first']}, {names['second']} in {combinations}({last}, 2):"
            begin = function.file.span(outer)[0]
            end = function.file.line_end(function.file.span(columns)[1])
            pieces: list[Replacement | None] = [Replacement(begin, end, header + "\n")]
            pieces += _dedented(function, outer, inner)
            pieces += [function.replace(read, names[stem]) for read, stem in reads]
            reason = "`combinations` makes the pairs without index arithmetic."
            yield Rewrite(tuple(pieces), reason, imports)


def _dedented(function: Function, outer: ast.For, inner: ast.For) -> list[Replacement | None]:
    """The lines of a nested loop's body moved out by one level; None where a string forbids it."""
    file = function.file
    if any(
        isinstance(n, ast.Constant | ast.JoinedStr) and n.lineno != n.end_lineno
        for n in ast.walk(inner)
    ):
        return [None]
    width = len(function.indent(inner)) - len(function.indent(outer))
    at = file.line_end(file.span(inner.iter)[1])
    end = file.span(inner)[1]
    found: list[Replacement | None] = []
    while at < end:
        if not file.data[at : at + width].strip():
            line_end = file.line_end(at)
            blank = not file.data[at:line_end].strip()
            found += [] if blank else [Replacement(at, at + width, "")]
        at = file.line_end(at)
    return found


@rule(
    "row-to-local",
    "row of a table looked up once per inner loop",
    before="""
        def f(grid, i):
            total = 0
            for j in range(len(grid[i])):
                total += grid[i][j] * grid[i][-1]
            return total
        """,
    after="""
        def f(grid, i):
            total = 0
            grid_i = grid[i]
            for j in range(len(grid[i])):
                total += grid_i[j] * grid_i[-1]
            return total
        """,
    leaves="""
        def f(grid, i):
            total = 0
            for j in range(3):
                grid[i] = grid[i][j:]
            return grid
        """,
    calls=("[[1, 2], [3, 4]], 1", "[[]], 0"),
)
def row_to_local(function: Function) -> Iterator[Rewrite]:
    found: dict[tuple[ast.stmt, str], list[ast.Subscript]] = {}
    for node in function.own:
        match node:
            case ast.Subscript(
                value=ast.Name(id=table),
                slice=ast.Name() | ast.BinOp() | ast.Constant() as index,
                ctx=ast.Load(),
            ):
                above = function.file.parent[node]
                names = function.names_in(index)
            case _:
                continue
        indexed = isinstance(above, ast.Subscript) and above.value is node
        plain = all(
            isinstance(n, ast.Name | ast.BinOp | ast.Constant | ast.operator | ast.expr_context)
            for n in ast.walk(index)
        )
        at = function.outermost_free(node, {table, *names})
        loops = function.repeats(node)
        if indexed and plain and at is not None and isinstance(loops[0], ast.For | ast.While):
            found.setdefault((at, ast.unparse(node)), []).append(node)
    for (at, text), nodes in found.items():
        if all(is_conditional(function, node, at) for node in nodes):
            continue  # the row may not be there when it is not needed
        stem = "_".join(part for part in _words(text) if part)
        new = function.local(stem, f"{text}@{at.lineno}")
        pieces: list[Replacement | None] = [function.insert_before(at, f"{new} = {text}")]
        pieces += [function.replace(node, new) for node in nodes]
        yield Rewrite(tuple(pieces), f"`{text}` is the same row in every iteration.")


def _words(text: str) -> list[str]:
    """The parts of `grid[i - 1]` that can stand in a name: grid, i, minus, 1."""
    text = text.replace(" - ", "_minus_").replace(" + ", "_plus_")
    return "".join(c if c.isalnum() else "_" for c in text).split("_")
