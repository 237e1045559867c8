"""Recursion over the rest of a sequence, as a loop over its elements."""

import ast
from collections.abc import Iterator, Sequence

from perfbot.agents.rules.descent import calls_in, changed, is_pure, self_calls, text_with
from perfbot.agents.rules.evaluation import answer_of
from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule

# Stand-ins for a sequence of a few elements, as a test like `xs == []` or `xs == ""` sees it.
PROBES = ([[None] * length for length in range(5)], ["?" * length for length in range(5)])


@rule(
    "slice-recursion-to-loop",
    "recursion on the rest of a sequence -> loop over its elements",
    before="""
        def f(values):
            if not values:
                return 0
            return values[0] + f(values[1:])
        """,
    after="""
        def f(values):
            if not values:
                return 0
            result = 0
            for item in reversed(values):
                result = item + result
            return result
        """,
    leaves="""
        def f(values):
            if not values:
                return 0
            return values[0] + len(values) + f(values[1:])
        """,
    calls=("[0.1, 0.2, 0.3]", "[]", "[1]", "(True,)", "['a']"),
)
def slice_recursion_to_loop(function: Function) -> Iterator[Rewrite]:
    calls = self_calls(function)
    moved = [changed(function, call) for call in calls]
    names = {name for change in moved for name in change}
    if len(names) != 1 or not all(moved) or any(function.stores(p) for p in function.parameters):
        return
    (name,) = names
    slices = {ast.unparse(change[name]) for change in moved}
    if slices not in ({f"{name}[1:]"}, {f"{name}[:-1]"}):
        return
    from_end = slices == {f"{name}[:-1]"}
    for probe in PROBES:
        found = _ends(function, calls, name, probe)
        if found is not None:
            break
    else:
        return
    statement, again, base, length = found
    result, item = function.local("result", "slices"), function.local("item", "slices")
    new: dict[ast.expr, str] = dict.fromkeys(calls, result)
    element = f"{name}[-1]" if from_end else f"{name}[0]"
    for node in ast.walk(again):
        if isinstance(node, ast.expr) and ast.unparse(node) == element:
            new[node] = item
    if _is_left(function, again, name, new) or not is_pure(function, again, calls):
        return
    start = _start(function, base, name, length, from_end)
    if start is None:
        return
    source = name if from_end else f"reversed({name})"
    if length == 1:
        source = f"{name}[1:]" if from_end else f"reversed({name}[:-1])"
    target = item if item in new.values() else function.local("_", "slices")
    lines = [
        f"{result} = {start}",
        f"for {target} in {source}:",
        f"    {result} = {text_with(function, again, new)}",
        f"return {result}",
    ]
    match statement.value:
        case ast.IfExp(test=test, body=body, orelse=orelse) if orelse is again:
            head = [f"if {function.text(test)}:", f"    return {function.text(body)}"]
            lines = [*head, *lines]
        case ast.IfExp(test=test, body=body, orelse=orelse) if body is again:
            head = [f"if not {function.operand(test)}:", f"    return {function.text(orelse)}"]
            lines = [*head, *lines]
    reason = "A loop neither copies the rest of the sequence for each element nor needs a frame."
    yield Rewrite((function.replace(statement, "\n".join(lines)),), reason)


def _ends(
    function: Function, calls: Sequence[ast.Call], name: str, probe: Sequence[object]
) -> tuple[ast.Return, ast.expr, ast.expr, int] | None:
    """The recursive statement and its value, the base case's value and length (0 or 1)."""
    answers = [answer_of(function.node.body, name, value) for value in probe]
    again, statement = answers[-1] or (None, None)
    if again is None or statement is None or len(calls_in(again, calls)) != len(calls):
        return None
    for length in (0, 1):
        longer = [answer[0] if answer else None for answer in answers[length + 1 :]]
        answer = answers[length]
        if all(value is again for value in longer) and answer is not None:
            base = answer[0]
            shorter = answers[:length]
            endless = any(short is None or short[0] is again for short in shorter)
            indexed = base is not None and f"{name}[" in ast.unparse(base)
            if base is None or base is again or (endless and not indexed):
                return None
            return statement, again, base, length
    return None


def _is_left(function: Function, node: ast.expr, name: str, new: dict[ast.expr, str]) -> bool:
    """Whether an expression mentions a name outside the parts that get another text."""
    return any(
        use.id == name and not any(function.within(use, part) for part in new)
        for use in ast.walk(node)
        if isinstance(use, ast.Name)
    )


def _start(
    function: Function, base: ast.expr, name: str, length: int, from_end: bool
) -> str | None:
    """The text of the base case's value where the whole sequence is at hand."""
    new: dict[ast.expr, str] = {}
    for node in ast.walk(base):
        above = function.file.parent[node]
        if (
            length == 1
            and isinstance(node, ast.Subscript)
            and ast.unparse(node)
            in (
                f"{name}[0]",
                f"{name}[-1]",
            )
        ):
            new[node] = f"{name}[0]" if from_end else f"{name}[-1]"
        elif (
            isinstance(node, ast.Name) and node.id == name and not isinstance(above, ast.Subscript)
        ):
            whole = f"{name}[:1]" if from_end else f"{name}[-1:]"
            new[node] = whole if length == 1 else f"{name}[:0]"
    if _is_left(function, base, name, new) or not is_pure(function, base):
        return None
    return text_with(function, base, new)
