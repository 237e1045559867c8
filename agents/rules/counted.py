"""Recursion on n - 1, n - 2, ... as a loop that counts up from the base cases."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfbot.agents.rules.descent import calls_in, changed, is_pure, self_calls, text_with
from perfbot.agents.rules.evaluation import Unknown, answer_of, value_of
from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule

WINDOWS = (("result",), ("previous", "current"), ("oldest", "previous", "current"))
# How far around the constants of the base cases they are tried out.
MARGIN = 4


@rule(
    "recursion-bottom-up",
    "recursion on n - 1 -> loop from the base case up",
    before="""
        def f(n):
            # The n-th Fibonacci number.
            if n < 2:
                return n
            return f(n - 1) + f(n - 2)
        """,
    after="""
        def f(n):
            # The n-th Fibonacci number.
            if n < 2:
                return n
            previous, current = 0, 1
            for _ in range(2, n + 1):
                previous, current = current, current + previous
            return current
        """,
    leaves="""
        def f(n):
            if n < 2:
                return n
            return f(n - 1) + f(n // 2)
        """,
    calls=("0", "1", "2", "15", "-3", "True", "'a'"),
)
def recursion_bottom_up(function: Function) -> Iterator[Rewrite]:
    calls = self_calls(function)
    name = _counted(function, calls)
    if name is None or any(function.stores(p) for p in function.parameters):
        return
    steps = [_step(changed(function, call)[name], name) for call in calls]
    found = _base_cases(function, name, calls)
    if found is None or any(step is None for step in steps):
        return
    window = max(step for step in steps if step is not None)
    pure = is_pure(function, found.again, calls)
    if not 1 <= window <= len(WINDOWS) or len(found.bases) < window or not pure:
        return
    places = [function.local(place, "counted") for place in WINDOWS[window - 1]]
    new: dict[ast.expr, str] = {
        call: places[-step] for call, step in zip(calls, steps, strict=True) if step is not None
    }
    outside = [
        use
        for use in function.uses(name)
        if function.within(use, found.again) and not any(function.within(use, c) for c in calls)
    ]
    counter = function.local("i" if outside else "_", "counted")
    new |= dict.fromkeys(outside, counter)
    following = text_with(function, found.again, new)
    starts = [_start(function, base, name, at) for at, base in found.bases[-window:]]
    if None in starts:
        return
    top = found.bases[-1][0]
    lines = [
        f"{', '.join(places)} = {', '.join(start for start in starts if start)}",
        f"for {counter} in range({top + 1}, {name} + 1):",
        f"    {', '.join(places)} = {', '.join([*places[1:], following])}",
        f"return {places[-1]}",
    ]
    if found.endless_below is not None:
        if any(isinstance(n, ast.Subscript) for n in ast.walk(found.again)):
            return  # there, the recursion ends with an IndexError
        text = '    raise RecursionError("maximum recursion depth exceeded")'
        lines = [f"if {name} < {found.endless_below}:", text, *lines]
    if found.condition:
        lines = [f"if {found.condition[0]}:", f"    return {found.condition[1]}", *lines]
    reason = "A loop from the base cases up computes each value once, without a frame for it."
    yield Rewrite((function.replace(found.statement, "\n".join(lines)),), reason)


def _counted(function: Function, calls: Sequence[ast.Call]) -> str | None:
    """The only parameter that the calls change."""
    moving = {name for call in calls for name in changed(function, call)}
    unmoved = any(not changed(function, call) for call in calls)
    (name,) = moving if len(moving) == 1 else (None,)
    kind = function.kind(ast.Name(name, ast.Load())) if name else None
    return name if not unmoved and kind in ("int", None) else None


def _step(value: ast.expr, name: str) -> int | None:
    """The 2 of `n - 2`."""
    match value:
        case ast.BinOp(left=ast.Name(id=left), op=ast.Sub(), right=ast.Constant(value=int(step))):
            return step if left == name else None
    return None


@dataclass(frozen=True, slots=True)
class BaseCases:
    """Where a recursion on n ends, by trying it out."""

    bases: list[tuple[int, ast.expr]]
    """The successive n that are answered at once, with the answers, up to the highest."""
    again: ast.expr
    """What is returned for every higher n."""
    statement: ast.Return
    """The statement that returns it."""
    condition: tuple[str, str] | None
    """Test and value of `return value if test else again`."""
    endless_below: int | None
    """Below this n, the recursion has no end; None if it has one everywhere."""


def _base_cases(function: Function, name: str, calls: Sequence[ast.Call]) -> BaseCases | None:
    """Which numbers a body answers without calling itself."""
    constants = [
        n.value for n in function.own if isinstance(n, ast.Constant) and isinstance(n.value, int)
    ]
    if not constants or max(constants) - min(constants) > 100:
        return None
    numbers = range(min(*constants, 0) - MARGIN, max(constants) + MARGIN)
    answers = [answer_of(function.node.body, name, number) for number in numbers]
    again, statement = answers[-1] or (None, None)
    if again is None or statement is None or len(calls_in(again, calls)) != len(calls):
        return None
    bases: list[tuple[int, ast.expr]] = []
    endless_below = None
    for number, answer in zip(numbers, answers, strict=True):
        if answer is None:
            return None
        value, _ = answer
        if value is not again:
            if bases and bases[-1][0] != number - 1:
                return None
            if value is not None:
                bases.append((number, value))
        elif not bases:
            endless_below = number + 1
    condition = None
    match statement.value:
        case ast.IfExp(test=test, body=body, orelse=orelse) if orelse is again:
            condition = function.text(test), function.text(body)
        case value if value is not again:
            return None
    return BaseCases(bases, again, statement, condition, endless_below)


def _start(function: Function, base: ast.expr, name: str, number: int) -> str | None:
    """The text of a base case's value."""
    if any(isinstance(n, ast.Set) for n in ast.walk(base)):
        return None
    try:
        return repr(value_of(base, name, number))
    except Unknown:
        if not is_pure(function, base) or isinstance(base, ast.Tuple):
            return None
        return text_with(
            function,
            base,
            {
                n: str(number) if number >= 0 else f"({number})"
                for n in ast.walk(base)
                if isinstance(n, ast.Name) and n.id == name
            },
        )
