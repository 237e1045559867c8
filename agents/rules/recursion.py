"""Recursion that solves each subproblem once."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.source import FunctionNode, Replacement

PURE = ("len", "min", "max", "abs", "sum", "range", "int", "str", "round", "divmod", "all", "any")
ARITHMETIC = (ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)


@rule(
    "recursion-memo",
    "naive recursion -> each subproblem solved once per call",
    before="""
        def f(n):
            # The n-th Fibonacci number.
            if n < 2:
                return n
            return f(n - 1) + f(n - 2)
        """,
    after="""
        def f(n):
            known = {}

            def solve(n):
                if n in known:
                    return known[n]
                # The n-th Fibonacci number.
                if n < 2:
                    return n
                known[n] = solve(n - 1) + solve(n - 2)
                return known[n]

            return solve(n)
        """,
    leaves="""
        def f(n):
            if n < 2:
                return n
            return n * f(n - 1)
        """,
    calls=("0", "1", "15", "-3", "'a'", "2.5"),
)
def recursion_memo(function: Function) -> Iterator[Rewrite]:
    node = function.node
    arguments = node.args
    plain = not (arguments.vararg or arguments.kwarg or arguments.kwonlyargs or node.decorator_list)
    nested = any(isinstance(n, FunctionNode | ast.ClassDef | ast.Lambda) for n in function.own)
    lazy = any(isinstance(n, ast.Yield | ast.YieldFrom | ast.Await) for n in function.own)
    if not plain or nested or lazy or isinstance(node, ast.AsyncFunctionDef) or function.outer:
        return
    if not _is_recursive_twice(function) or any(function.stores(p) for p in function.parameters):
        return
    names = list(function.parameters)
    start = 1 if ast.get_docstring(node, clean=False) is not None and len(node.body) > 1 else 0
    first, last = node.body[start], node.body[-1]
    if any(spans_lines(n) for statement in node.body[start:] for n in ast.walk(statement)):
        return
    known, solve = function.fresh("known"), function.fresh("solve")
    key = names[0] if len(names) == 1 else f"({', '.join(names)})"
    begin = function.file.line_start(function.file.span(node.body[start])[0])
    comments = comments_above(function, begin, node)
    finish = function.file.span(last)[1]
    if function.insert_before(first, "") is None or function.insert_before(last, "") is None:
        return
    pieces: list[Replacement] = []
    for inner in function.own:
        pieces += _inside(function, inner, solve, known, key)
    body = function.file.data[comments:finish].decode()
    shifted = sorted(pieces, key=lambda piece: piece.start, reverse=True)
    data = body.encode()
    for piece in shifted:
        low, high = piece.start - comments, piece.end - comments
        data = data[:low] + piece.text.encode() + data[high:]
    pad = function.indent(first)
    unit = pad[len(function.indent(node)) :] or "    "
    lines = [unit + line if line.strip() else line for line in data.decode().splitlines()]
    header = [
        f"{pad}{known} = {{}}",
        "",
        f"{pad}def {solve}({', '.join(names)}):",
        f"{pad}{unit}if {key} in {known}:",
        f"{pad}{unit}{unit}return {known}[{key}]",
    ]
    footer = ["", f"{pad}return {solve}({', '.join(names)})"]
    text = "\n".join(header + lines + footer)
    reason = "The recursion meets the same arguments again and again."
    yield Rewrite((Replacement(comments, finish, text),), reason)


def _is_recursive_twice(function: Function) -> bool:
    """Whether a plain function calls itself more than once, on arguments made by arithmetic."""
    name = function.node.name
    above = function.file.parent[function.node]
    if isinstance(above, ast.ClassDef) or name in function.locals:
        return False
    calls = [
        n
        for n in function.own
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name
    ]
    if len(calls) != len(function.uses(name)):
        return False
    others = [n for n in function.own if isinstance(n, ast.Call) and n not in calls]
    if not all(function.is_call(n, *PURE, args=None) for n in others):
        return False  # what else it calls may have an effect each time
    if len(calls) < 2 and not any(function.repeats(call) for call in calls):
        return False
    for call in calls:
        if call.keywords or len(call.args) != len(function.parameters):
            return False
        for argument in call.args:
            inner = argument.value if isinstance(argument, ast.Subscript) else argument
            sliced = isinstance(argument, ast.Subscript) and function.kind(inner) == "str"
            if not sliced and not all(
                isinstance(n, (*ARITHMETIC, ast.expr_context)) or n in calls
                for n in ast.walk(argument)
            ):
                return False
    changed = (ast.Attribute, ast.Delete)
    kinds = {function.kind(ast.Name(p, ast.Load())) for p in function.parameters}
    if kinds & {"list", "dict", "set"}:
        return False
    return not any(
        isinstance(n, changed) and isinstance(getattr(n, "ctx", None), ast.Store)
        for n in function.own
    )


def _inside(
    function: Function, node: ast.AST, solve: str, known: str, key: str
) -> list[Replacement]:
    """The changes inside the body: the recursive name, and the results that are worth keeping."""
    found: list[Replacement] = []
    if isinstance(node, ast.Name) and node.id == function.node.name:
        start, end = function.file.span(node)
        found.append(Replacement(start, end, solve))
    if isinstance(node, ast.Return) and node.value is not None:
        recursive = function.node.name in function.names_in(node.value)
        kept = isinstance(node.value, ast.Name) and node.value.id not in function.parameters
        replaced = function.replace(node, "")
        if (recursive or kept) and replaced is not None:
            start, end = function.file.span(node)
            value = function.file.span(node.value)[0]
            pad = function.indent(node)
            found.append(Replacement(start, value, f"{known}[{key}] = "))
            found.append(Replacement(end, end, f"\n{pad}return {known}[{key}]"))
    return found


def spans_lines(node: ast.AST) -> bool:
    """Whether a string runs over several lines, so that indenting would change it."""
    text = isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )
    return text and node.lineno != node.end_lineno  # type: ignore[attr-defined]


def comments_above(function: Function, begin: int, node: FunctionNode) -> int:
    """The start of the comment lines just above the body's first statement."""
    floor = function.file.span(node)[0]
    at = begin
    while at > floor:
        line = function.file.line_start(at - 1)
        if not function.file.data[line:at].lstrip().startswith(b"#"):
            break
        at = line
    return at
