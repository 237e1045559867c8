"""Recursion that calls itself once on the way down, as a loop."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.descent import (
    Lines,
    assignment,
    calls_in,
    changed,
    is_quiet,
    leaves,
    looped,
    replaced_returns,
    said,
    self_calls,
    text_with,
    unit,
)
from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule


@rule(
    "tail-recursion-to-while",
    "tail recursion -> while loop",
    before="""
        def f(a, b):
            # Euclid's algorithm.
            if b == 0:
                return a
            return f(b, a % b)
        """,
    after="""
        def f(a, b):
            while True:
                # Euclid's algorithm.
                if b == 0:
                    return a
                a, b = b, a % b
        """,
    leaves="""
        def f(a, b):
            if b == 0:
                return a
            return abs(f(b, a % b))
        """,
    calls=("12, 18", "0, 0", "7.5, 2", "-4, 6", "'a', 1"),
)
def tail_recursion_to_while(function: Function) -> Iterator[Rewrite]:
    calls = self_calls(function)
    if not calls:
        return

    def answer(value: ast.expr) -> Lines:
        return [f"return {said(function, value)}"]

    def descend(value: ast.expr) -> Lines:
        text = assignment(function, value) if isinstance(value, ast.Call) else None
        return [text] if text is not None and value in calls else None

    pieces = replaced_returns(function, calls, answer, descend, keeps_returns=True)
    if pieces is None or any(calls_in(call, calls) != [call] for call in calls):
        return
    inside = [] if leaves(function.node.body) else ["return None"]
    reason = "Nothing is left to do after the call: new arguments and a jump do the same."
    yield Rewrite((looped(function, pieces, inside=inside),), reason)


@rule(
    "recursion-to-accumulator",
    "recursion that adds up -> loop with an accumulator",
    before="""
        def f(n):
            if n == 0:
                return 0
            return n % 10 + f(n // 10)
        """,
    after="""
        def f(n):
            total = 0
            while True:
                if n == 0:
                    return total
                total = total + n % 10
                n = n // 10
        """,
    leaves="""
        def f(n):
            if n == 0:
                return 0
            return n % 10 - f(n // 10)
        """,
    calls=("12345", "0", "9", "True", "'a'"),
)
def recursion_to_accumulator(function: Function) -> Iterator[Rewrite]:
    calls = self_calls(function)
    ops = {
        type(function.file.parent[call].op)  # type: ignore[attr-defined]
        for call in calls
        if isinstance(function.file.parent[call], ast.BinOp)
    }
    if ops not in ({ast.Add}, {ast.Mult}) or not is_quiet(function, calls):
        return
    sign, start = ("+", 0) if ops == {ast.Add} else ("*", 1)
    total = function.local("total" if start == 0 else "product", "accumulator")

    def answer(value: ast.expr) -> Lines:
        if isinstance(value, ast.Constant) and value.value == start and type(value.value) is int:
            return [f"return {total}"]
        if function.kind(value) != "int":
            return None  # a float, text or list would be built up in another order
        return [f"return {total} {sign} {_term(function, value, sign)}"]

    def descend(value: ast.expr) -> Lines:
        match value:
            case ast.BinOp(left=part, right=ast.Call() as call) if call in calls:
                pass
            case ast.BinOp(left=ast.Call() as call, right=part) if call in calls:
                pass
            case ast.Call() as call if call in calls:
                text = assignment(function, call)
                return [text] if text else None
            case _:
                return None
        text = assignment(function, call)
        if text is None or calls_in(part, calls) or not _is_whole(function, part):
            return None  # sums and products of floats depend on their order
        return [f"{total} = {total} {sign} {_term(function, part, sign)}", text]

    pieces = replaced_returns(function, calls, answer, descend, keeps_returns=False)
    if pieces is not None and leaves(function.node.body):
        reason = "What is added on the way back can be added on the way down."
        yield Rewrite((looped(function, pieces, [f"{total} = {start}"]),), reason)


def _is_whole(function: Function, part: ast.expr) -> bool:
    """Whether a value is an int, as far as one sees: known as one, or made of digits."""
    match part:
        case ast.BinOp(op=ast.Mod() | ast.FloorDiv(), left=ast.Name() as left):
            return function.kind(left) in ("int", None)
    return function.kind(part) == "int"


def _term(function: Function, value: ast.expr, sign: str) -> str:
    """A summand's or factor's text."""
    product = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult | ast.Mod | ast.Pow)
    return function.text(value) if sign == "+" and product else function.operand(value)


@rule(
    "recursion-to-stack",
    "recursion -> loop down and loop back",
    before="""
        def f(n):
            if n <= 1:
                return 1
            return n * f(n - 1)
        """,
    after="""
        def f(n):
            pending = []
            while True:
                if n <= 1:
                    result = 1
                    break
                pending.append(n)
                n = n - 1
            for n in reversed(pending):
                result = n * result
            return result
        """,
    leaves="""
        def f(n):
            if n <= 1:
                return 1
            print(n)
            return n * f(n - 1)
        """,
    calls=("5", "1", "-3", "4.5", "'a'"),
)
def recursion_to_stack(function: Function) -> Iterator[Rewrite]:
    calls = self_calls(function)
    if not calls or not is_quiet(function, calls) or not leaves(function.node.body):
        return
    pending, result = function.local("pending", "stack"), function.local("result", "stack")
    moving = {name for call in calls for name in changed(function, call)}
    moving |= {name for name in function.locals if function.stores(name)}
    folds: set[tuple[str, tuple[str, ...]]] = set()

    def answer(value: ast.expr) -> Lines:
        return [f"{result} = {said(function, value)}", "break"]

    def descend(value: ast.expr) -> Lines:
        inside = calls_in(value, calls)
        text = assignment(function, inside[0])
        if len(inside) != 1 or text is None or not _always_runs(function, inside[0], value):
            return None
        if value is inside[0]:
            return [text]
        parts = list(_parts(value, inside[0], moving))
        if any(isinstance(part, ast.Slice | ast.Starred) for part in parts):
            return None
        places = [
            part.id if isinstance(part, ast.Name) else function.local("part", f"stack{index}")
            for index, part in enumerate(parts)
        ]
        new = dict(zip(parts, places, strict=True)) | {inside[0]: result}
        folds.add((text_with(function, value, new), tuple(places)))
        key = ", ".join(function.text(part) for part in parts)
        if len(parts) > 1:
            key = f"({key})"
        return [f"{pending}.append({key})" if parts else f"{pending} += 1", text]

    pieces = replaced_returns(function, calls, answer, descend, keeps_returns=False)
    if pieces is None or len(folds) != 1:
        return
    ((fold, keys),) = folds
    back = f"for {', '.join(keys)} in reversed({pending}):"
    if not keys:
        back = f"for {function.local('_', 'stack')} in range({pending}):"
    below = [back, f"{unit(function)}{result} = {fold}", f"return {result}"]
    above = [f"{pending} = []" if keys else f"{pending} = 0"]
    reason = "A loop needs no frame for each step; the order of operations stays as it was."
    yield Rewrite((looped(function, pieces, above, below=below),), reason)


def _always_runs(function: Function, call: ast.Call, value: ast.expr) -> bool:
    """Whether an expression always evaluates a call in it, once."""
    for above in function.file.ancestors(call):
        if isinstance(above, ast.IfExp | ast.BoolOp | ast.comprehension):
            return False
        if above is value:
            break
    return True


def _parts(value: ast.expr, call: ast.Call, moving: set[str]) -> Iterator[ast.expr]:
    """The largest pieces of an expression beside a call that differ from step to step."""
    for child in ast.iter_child_nodes(value):
        if not isinstance(child, ast.expr) or child is call:
            continue
        inside = set(ast.walk(child))
        if call in inside:
            yield from _parts(child, call, moving)
        elif any(isinstance(n, ast.Name) and n.id in moving for n in inside):
            yield child
