"""Loops that only build one value, written as the builtin or comprehension that builds it."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.accumulation import Accumulation, accumulations
from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule


@rule(
    "append-to-comprehension",
    "append loop -> comprehension",
    before="""
        def f(rows):
            found = []
            for row in rows:
                for cell in row:
                    if cell > 0:
                        found.append(cell * 2)
            return found
        """,
    after="""
        def f(rows):
            found = [cell * 2 for row in rows for cell in row if cell > 0]
            return found
        """,
    leaves="""
        def f(rows):
            found = []
            for row in rows:
                found.append(row)
                print(row)
            return found
        """,
    calls=("[[1, -1], [2]]", "[]", "[[None]]"),
)
def append_to_comprehension(function: Function) -> Iterator[Rewrite]:
    for acc in accumulations(function):
        match acc.start, acc.update:
            case (
                ast.List(elts=[]),
                ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[item])),
            ) if not isinstance(item, ast.Starred):
                opening, closing = "[", "]"
            case (
                ast.Call(func=ast.Name(id="set"), args=[]),
                ast.Expr(value=ast.Call(func=ast.Attribute(attr="add"), args=[item])),
            ) if not isinstance(item, ast.Starred):
                opening, closing = "{", "}"
            case _:
                continue
        if acc.name in function.names_in(item):
            continue
        text = f"{opening}{function.text(item)} {acc.clauses}{closing}"
        if acc.is_bare and isinstance(item, ast.Name) and _is(acc.target, item):
            text = f"{'list' if opening == '[' else 'set'}({function.text(acc.source)})"
        yield Rewrite(
            acc.become(function, text),
            "A comprehension appends without a method call per element.",
        )


def _is(target: ast.expr, item: ast.expr) -> bool:
    """Whether two expressions are the same name."""
    return isinstance(target, ast.Name) and isinstance(item, ast.Name) and target.id == item.id


@rule(
    "extend-with-comprehension",
    "append loop onto a list -> extend",
    before="""
        def f(items, found):
            for item in items:
                if item:
                    found.append(item.strip())
            return found
        """,
    after="""
        def f(items, found):
            found.extend([item.strip() for item in items if item])
            return found
        """,
    leaves="""
        def f(items, found):
            for item in found:
                found.append(item.strip())
            return found
        """,
    calls=("['a ', ''], ['z']", "[], []"),
)
def extend_with_comprehension(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        inner: ast.stmt = loop
        condition = ""
        if isinstance(loop, ast.For) and len(loop.body) == 1 and not loop.orelse:
            inner = loop.body[0]
        if isinstance(inner, ast.If) and len(inner.body) == 1 and not inner.orelse:
            condition = f" if {function.text(inner.test)}"
            inner = inner.body[0]
        match loop, inner:
            case (
                ast.For(target=ast.Name(id=target), iter=source),
                ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[item]
                    )
                ),
            ):
                pass
            case _:
                continue
        mentions = [use for use in function.uses(name) if function.within(use, loop)]
        outside = [use for use in function.uses(target) if not function.within(use, loop)]
        moved = any(isinstance(n, ast.Await | ast.Yield | ast.NamedExpr) for n in ast.walk(loop))
        if len(mentions) != 1 or outside or moved or target in function.captured:
            continue
        text = f"[{function.text(item)} for {target} in {function.text(source)}{condition}]"
        if isinstance(item, ast.Name) and item.id == target and not condition:
            text = function.text(source)
        yield Rewrite(
            (function.replace(loop, f"{name}.extend({text})"),),
            "`extend` takes all elements in one call.",
        )


@rule(
    "loop-to-sum",
    "summing loop -> sum",
    before="""
        def f(rows):
            total = 0
            for row in rows:
                if row[1] > 0:
                    total += row[0]
            return total
        """,
    after="""
        def f(rows):
            total = sum([row[0] for row in rows if row[1] > 0])
            return total
        """,
    leaves="""
        def f(rows):
            total = ""
            for row in rows:
                total += row[0]
            return total
        """,
    calls=("[(1, 1), (2, 0), (3, 3)]", "[]", "[(True, 1)]"),
)
def loop_to_sum(function: Function) -> Iterator[Rewrite]:
    for acc in accumulations(function):
        added = _added(acc)
        if added is None or acc.name in function.names_in(added):
            continue
        start = acc.start
        if not isinstance(start, ast.Constant) or type(start.value) not in (int, float):
            continue
        if function.kind(added) in ("float", "str"):
            continue  # `sum` of floats compensates its rounding errors from Python 3.12 on
        tail = "" if start.value == 0 and type(start.value) is int else f", {start.value!r}"
        if acc.is_bare and _is(acc.target, added):
            text = f"sum({function.text(acc.source)}{tail})"
        elif acc.is_bare and isinstance(added, ast.Constant) and added.value == 1:
            continue
        else:
            text = f"sum([{function.text(added)} {acc.clauses}]{tail})"
        counted = _counted(function, acc, added)
        if counted and not tail:
            yield Rewrite(acc.become(function, counted), "`count` compares without bytecode.")
        yield Rewrite(acc.become(function, text), "`sum` adds without bytecode per element.")


def _added(acc: Accumulation) -> ast.expr | None:
    """What `acc += x` or `acc = acc + x` adds."""
    match acc.update:
        case ast.AugAssign(op=ast.Add(), value=value, target=ast.Name()):
            return value
        case ast.Assign(
            targets=[ast.Name()], value=ast.BinOp(left=ast.Name(id=left), op=ast.Add(), right=value)
        ) if left == acc.name:
            return value
    return None


def _counted(function: Function, acc: Accumulation, added: ast.expr) -> str | None:
    """`source.count(value)` where a loop counts the elements equal to one value."""
    match acc.loop.body[0]:
        case ast.If(
            test=ast.Compare(left=ast.Name() as left, ops=[ast.Eq()], comparators=[value])
        ) if isinstance(added, ast.Constant) and added.value == 1 and _is(acc.target, left):
            if not isinstance(value, ast.Name | ast.Constant) or _is(acc.target, value):
                return None
            if function.kind(acc.source) in ("list", "tuple") or (
                function.kind(acc.source) == "str"
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
                and len(value.value) == 1
            ):
                return f"{function.operand(acc.source)}.count({function.text(value)})"
    return None


@rule(
    "loop-to-max",
    "loop for the largest or smallest -> max or min",
    before="""
        def f(values):
            best = values[0]
            for value in values:
                if value > best:
                    best = value
            return best
        """,
    after="""
        def f(values):
            best = values[0]
            best = max([best, *values])
            return best
        """,
    leaves="""
        def f(values):
            best = values[0]
            for value in values:
                if value >= best:
                    best = value
            return best
        """,
    calls=("[3, 1, 4.0, 4]", "[]", "['b', 'a']", "[1, 'a']"),
)
def loop_to_max(function: Function) -> Iterator[Rewrite]:
    for acc in accumulations(function):
        found = _best(function, acc)
        if found is None:
            continue
        builtin, value = found
        if acc.name in function.names_in(value) or not function.is_builtin(builtin):
            continue
        if acc.is_bare and _is(acc.target, value):
            rest = f"*{function.operand(acc.source)}"
        else:
            rest = f"*[{function.text(value)} {acc.clauses}]"
        new = f"{acc.name} = {builtin}([{acc.name}, {rest}])"
        yield Rewrite((function.replace(acc.loop, new),), f"`{builtin}` compares without bytecode.")


def _best(function: Function, acc: Accumulation) -> tuple[str, ast.expr] | None:
    """`max` or `min` and the candidate value, for a loop that keeps the best."""
    match acc.update:
        case ast.If(
            test=ast.Compare(left=left, ops=[op], comparators=[right]),
            body=[ast.Assign(targets=[ast.Name()], value=value)],
            orelse=[],
        ):
            same = ast.unparse(value)
            if ast.unparse(left) == same and ast.unparse(right) == acc.name:
                return {ast.Gt: ("max", value), ast.Lt: ("min", value)}.get(type(op))
            if ast.unparse(right) == same and ast.unparse(left) == acc.name:
                return {ast.Lt: ("max", value), ast.Gt: ("min", value)}.get(type(op))
        case ast.Assign(value=ast.Call(func=ast.Name(id="max" | "min" as name), args=[a, b])):
            if ast.unparse(a) == acc.name:
                return name, b
    return None


@rule(
    "loop-to-count",
    "counting loop -> Counter",
    before="""
        def f(words):
            counts = {}
            for word in words:
                if word in counts:
                    counts[word] += 1
                else:
                    counts[word] = 1
            return counts
        """,
    after="""
        from collections import Counter


        def f(words):
            counts = dict(Counter(words))
            return counts
        """,
    leaves="""
        def f(words):
            counts = {}
            for word in words:
                if word in counts:
                    counts[word] += 2
                else:
                    counts[word] = 1
            return counts
        """,
    calls=("'abracadabra'", "[]", "[1, True, 1.0]", "[[]]"),
)
def loop_to_count(function: Function) -> Iterator[Rewrite]:
    for acc in accumulations(function):
        match acc.start:
            case ast.Dict(keys=[]):
                pass
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=[]):
                pass
            case _:
                continue
        key = _counted_key(acc.update, acc.name)
        if key is None or acc.name in function.names_in(key):
            continue
        name, imports = function.imported("collections", "Counter")
        if acc.is_bare and _is(acc.target, key):
            source = function.text(acc.source)
        else:
            source = f"[{function.text(key)} {acc.clauses}]"
        yield Rewrite(
            acc.become(function, f"dict({name}({source}))"),
            "`Counter` counts without bytecode per element.",
            imports,
        )


def _counted_key(update: ast.stmt, name: str) -> ast.expr | None:
    """The key that a statement counts one more of."""
    match update:
        case ast.If(
            test=ast.Compare(left=key, ops=[op], comparators=[ast.Name()]),
            body=[first],
            orelse=[second],
        ):
            text = ast.unparse(key)
            more, one = (first, second) if isinstance(op, ast.In) else (second, first)
            if (ast.unparse(one), isinstance(op, ast.In | ast.NotIn)) != (
                f"{name}[{text}] = 1",
                True,
            ):
                return None
            grown = (f"{name}[{text}] += 1", f"{name}[{text}] = {name}[{text}] + 1")
            return key if ast.unparse(more) in grown else None
        case ast.Assign(targets=[ast.Subscript(slice=key)]):
            text = ast.unparse(key)
            same = f"{name}[{text}] = {name}.get({text}, 0) + 1"
            return key if ast.unparse(update) == same else None
    return None
