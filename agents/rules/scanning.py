"""Loops that walk a list in order only to find where a bound falls."""

import ast
from collections.abc import Iterator, Sequence

from perfbot.agents.rules.bisection import REASON, is_sorted_at, side
from perfbot.agents.rules.descent import is_pure
from perfbot.agents.rules.function import Function
from perfbot.agents.rules.recursion import spans_lines
from perfbot.agents.rules.rule import Rewrite, rule


@rule(
    "sorted-scan-to-bisect",
    "scan of a sorted list for a bound -> bisect",
    before="""
        def f(values, limits):
            ordered = sorted(values)
            found = []
            for limit in limits:
                for i, value in enumerate(ordered):
                    if value >= limit:
                        # The first that is large enough.
                        found.append((i, value))
                        break
                else:
                    found.append(None)
            return found
        """,
    after="""
        from bisect import bisect_left


        def f(values, limits):
            ordered = sorted(values)
            found = []
            for limit in limits:
                i = bisect_left(ordered, limit)
                if i < len(ordered):
                    value = ordered[i]
                    # The first that is large enough.
                    found.append((i, value))
                else:
                    found.append(None)
            return found
        """,
    leaves="""
        def f(values, limits):
            ordered = sorted(values)
            found = []
            for limit in limits:
                for i, value in enumerate(ordered):
                    if value <= limit:
                        found.append((i, value))
                        break
            return found
        """,
    calls=("[3, 1, 2, 1], [0, 1, 2.5, 9]", "[], [1]", "['b', 'a'], ['b']"),
)
def sorted_scan_to_bisect(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        if function.is_call(node, "next", args=2):
            assert isinstance(node, ast.Call)
            yield from _next_scan(function, node)
    for loop in function.loops():
        if isinstance(loop, ast.While):
            yield from _while_scan(function, loop)
            continue
        match loop:
            case ast.For(body=[ast.If(test=test, body=[*body, last], orelse=[])]):
                pass
            case _:
                continue
        walked = _walked(loop)
        if walked is None or not isinstance(last, ast.Return | ast.Break):
            continue
        name, counter, item = walked
        found = side(function, _with_item(test, name, counter, item), item)
        if found is None or found[0] not in (ast.Gt, ast.GtE):
            continue
        bound = found[1]
        kept = [*body, last] if isinstance(last, ast.Return) else body
        own = {n for n in (counter, item) if n and n.isidentifier()}
        if any(_leaks(function, loop, n) for n in own) or own & function.names_in(bound):
            continue
        if _jumps([*body, *loop.orelse]) or not is_sorted_at(function, name, loop):
            continue
        if not kept and not loop.orelse:
            continue
        bisect = "bisect_left" if found[0] is ast.GtE else "bisect_right"
        written, imports = function.imported("bisect", bisect)
        at = counter or function.local("at", "scan")
        step = function.indent(loop.body[0])[len(function.indent(loop)) :]
        inner = _block(function, kept, loop) if kept else ["pass"]
        outer = _block(function, loop.orelse, loop)
        if inner is None or outer is None:
            continue
        if any(use.id == item for n in kept for use in ast.walk(n) if isinstance(use, ast.Name)):
            inner = [f"{item} = {name}[{at}]", *inner]
        lines = [f"{at} = {written}({name}, {function.text(bound)})", f"if {at} < len({name}):"]
        lines += [step + line if line else line for line in inner]
        if outer:
            lines += ["else:", *(step + line if line else line for line in outer)]
        yield Rewrite((function.replace(loop, "\n".join(lines)),), REASON, imports)


def _while_scan(function: Function, loop: ast.While) -> Iterator[Rewrite]:
    """`i = 0` and `while i < len(xs) and xs[i] < t: i += 1`."""
    start = function.previous(loop)
    match start, loop:
        case (
            ast.Assign(targets=[ast.Name(id=counter)], value=ast.Constant(value=0)),
            ast.While(
                test=ast.BoolOp(op=ast.And(), values=[inside, ast.Compare() as test]),
                body=[ast.AugAssign() as update],
                orelse=[],
            ),
        ) if ast.unparse(update) == f"{counter} += 1":
            pass
        case _:
            return
    names = [n.id for n in ast.walk(test) if isinstance(n, ast.Name)]
    for name in dict.fromkeys(names):
        item = f"{name}[{counter}]"
        if ast.unparse(inside) not in (f"{counter} < len({name})", f"len({name}) > {counter}"):
            continue
        found = side(function, _with_item(test, name, counter, item), item)
        if found is None or found[0] not in (ast.Lt, ast.LtE):
            continue
        bound = found[1]
        if counter in function.names_in(bound) or not is_sorted_at(function, name, loop):
            continue
        bisect = "bisect_left" if found[0] is ast.Lt else "bisect_right"
        written, imports = function.imported("bisect", bisect)
        text = f"{counter} = {written}({name}, {function.text(bound)})"
        yield Rewrite((function.delete(start), function.replace(loop, text)), REASON, imports)


def _next_scan(function: Function, call: ast.Call) -> Iterator[Rewrite]:
    """`next((v for v in xs if v >= t), default)`."""
    match call.args[0]:
        case ast.GeneratorExp(
            elt=ast.Name(id=wanted), generators=[ast.comprehension(ifs=[test]) as part]
        ):
            walked = _walked(part)
        case _:
            return
    if walked is None:
        return
    name, counter, item = walked
    found = side(function, _with_item(test, name, counter, item), item)
    if found is None or found[0] not in (ast.Gt, ast.GtE) or wanted not in (counter, item):
        return
    bound, default = found[1], call.args[1]
    if counter in function.names_in(bound) or not is_pure(function, default):
        return
    if not is_sorted_at(function, name, call):
        return
    bisect = "bisect_left" if found[0] is ast.GtE else "bisect_right"
    written, imports = function.imported("bisect", bisect)
    at = function.local("at", "scan")
    value = at if wanted == counter else f"{name}[{at}]"
    test_text = f"({at} := {written}({name}, {function.text(bound)})) < len({name})"
    text = f"{value} if {test_text} else {function.text(default)}"
    loose = ast.Assign | ast.Return | ast.Call
    if not isinstance(function.file.parent[call], loose):
        text = f"({text})"
    yield Rewrite((function.replace(call, text),), REASON, imports)


def _walked(loop: ast.For | ast.comprehension) -> tuple[str, str, str] | None:
    """The list, the counter ("" if none) and the element of a loop over a list."""
    match loop.target, loop.iter:
        case (
            ast.Tuple(elts=[ast.Name(id=counter), ast.Name(id=item)]),
            ast.Call(func=ast.Name(id="enumerate"), args=[ast.Name(id=name)], keywords=[]),
        ):
            return name, counter, item
        case ast.Name(id=item), ast.Name(id=name):
            return name, "", item
        case (
            ast.Name(id=counter),
            ast.Call(
                func=ast.Name(id="range"),
                args=[ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)])],
            ),
        ):
            return name, counter, f"{name}[{counter}]"
    return None


def _with_item(test: ast.expr, name: str, counter: str, item: str) -> ast.expr:
    """A comparison with `xs[i]` on one side taken as a name."""
    if isinstance(test, ast.Compare) and item == f"{name}[{counter}]":
        sides = [
            ast.Name(item, ast.Load()) if ast.unparse(part) == item else part
            for part in (test.left, *test.comparators)
        ]
        return ast.Compare(sides[0], test.ops, sides[1:])
    return test


def _leaks(function: Function, loop: ast.For, name: str) -> bool:
    """Whether a mention outside a loop may see the value that the loop leaves in its target."""
    if name in function.captured or name in function.outer:
        return True
    for use in function.uses(name):
        if function.within(use, loop) or not isinstance(use.ctx, ast.Load):
            continue
        binders = [
            above
            for above in function.file.ancestors(use)
            if isinstance(above, ast.For | ast.ListComp | ast.SetComp | ast.GeneratorExp)
            and not function.within(loop, above)
        ]
        if not any(_binds(binder, name) for binder in binders):
            return True
    return False


def _binds(binder: ast.AST, name: str) -> bool:
    """Whether a loop or comprehension has a name as its target."""
    targets = [binder.target] if isinstance(binder, ast.For) else []
    targets += [part.target for part in getattr(binder, "generators", [])]
    return any(
        isinstance(n, ast.Name) and n.id == name for target in targets for n in ast.walk(target)
    )


def _jumps(statements: Sequence[ast.stmt]) -> bool:
    """Whether statements hold a jump that may mean the loop they stand in."""
    return any(
        isinstance(n, ast.Break | ast.Continue)
        for statement in statements
        for n in ast.walk(statement)
    )


def _block(function: Function, block: Sequence[ast.stmt], loop: ast.stmt) -> list[str] | None:
    """The lines of a block with the comments above it, free of its own indentation."""
    if not block:
        return []
    if any(spans_lines(n) for statement in block for n in ast.walk(statement)):
        return None
    if any(function.delete(statement) is None for statement in block):
        return None
    first, last = block[0], block[-1]
    start = function.file.line_start(function.file.span(first)[0])
    above = function.file.data[: function.file.span(loop)[1]]
    while True:
        line = function.file.line_start(start - 1)
        if not above[line:start].lstrip().startswith(b"#"):
            break
        start = line
    end = function.file.line_end(function.file.span(last)[1])
    pad = function.indent(first)
    return [line.removeprefix(pad) for line in function.file.data[start:end].decode().splitlines()]
