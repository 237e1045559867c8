"""What the rules that turn recursion into loops share: a function's calls of itself."""

import ast
from collections.abc import Callable, Sequence

from perfbot.agents.rules.function import READING_BUILTINS, READING_METHODS, Function
from perfbot.agents.rules.recursion import comments_above, spans_lines
from perfbot.agents.rules.source import FunctionNode, Replacement

Lines = list[str] | None
Step = Callable[[ast.expr], Lines]
LAZY = (ast.Yield, ast.YieldFrom, ast.Await)
PURE_NODES = (
    *(ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp),
    *(ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Call, ast.Attribute),
    *(ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context),
    *(ast.JoinedStr, ast.FormattedValue),
)


def self_calls(function: Function) -> list[ast.Call]:
    """The calls of a plain function to itself; none at all where a loop could not replace them."""
    node = function.node
    given = node.args
    if given.vararg or given.kwarg or given.kwonlyargs or node.decorator_list or function.outer:
        return []
    nested = (*LAZY, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    if isinstance(node, ast.AsyncFunctionDef) or any(isinstance(n, nested) for n in function.own):
        return []
    if node.name in function.locals or any(function.stores(name) for name in _owner(function)):
        return []
    if isinstance(function.file.parent[node], ast.ClassDef) and not _owner(function):
        return []
    calls = [n for n in function.own if isinstance(n, ast.Call) and _is_itself(function, n.func)]
    if len(calls) != sum(_is_itself(function, n) for n in function.own):
        return []
    if any(isinstance(n, ast.GeneratorExp) and not _is_consumed(function, n) for n in function.own):
        return []  # a generator would see the parameters as the loop leaves them
    return calls if all(passed(function, call) is not None for call in calls) else []


def _owner(function: Function) -> list[str]:
    """`self` in a method; nothing in a function."""
    is_method = isinstance(function.file.parent[function.node], ast.ClassDef)
    return list(function.parameters)[:1] if is_method else []


def _is_itself(function: Function, node: ast.AST) -> bool:
    """Whether an expression means the function: its name, or `self.name` in a method."""
    match node:
        case ast.Name(id=name):
            return name == function.node.name and not _owner(function)
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return name == function.node.name and [owner] == _owner(function)
    return False


def _is_consumed(function: Function, generator: ast.GeneratorExp) -> bool:
    """Whether a generator is used up where it stands."""
    above = function.file.parent[generator]
    eager = ("all", "any", "dict", "frozenset", "list", "max", "min", "set", "sorted", "sum")
    joined = isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute)
    return function.is_call(above, *eager, "tuple", args=None) or (
        joined and ast.unparse(above).split("(")[0].endswith(".join")
    )


def passed(function: Function, call: ast.Call) -> dict[str, ast.expr] | None:
    """Parameter -> its new value in a call, in the order of evaluation; None if hard to tell."""
    names = list(function.parameters)[len(_owner(function)) :]
    if len(call.args) > len(names) or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    found = dict(zip(names, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg is None:
            return None
        found[keyword.arg] = keyword.value
    defaults = function.node.args.defaults
    for name, value in zip(reversed(names), reversed(defaults), strict=False):
        if name not in found:
            if not isinstance(value, ast.Constant):
                return None  # made once, when the function was defined
            found[name] = value
    return found if set(found) == set(names) else None


def changed(function: Function, call: ast.Call) -> dict[str, ast.expr]:
    """The parameters that a call gives another value."""
    return {
        name: value
        for name, value in (passed(function, call) or {}).items()
        if not (isinstance(value, ast.Name) and value.id == name)
    }


def is_pure(function: Function, node: ast.AST, calls: Sequence[ast.Call] = ()) -> bool:
    """Whether evaluating a node, but for `calls`, can have no effect but an exception."""
    for inner in ast.walk(node):
        if not isinstance(inner, PURE_NODES):
            return False
        if isinstance(inner, ast.Call) and inner not in calls:
            reads = function.is_call(inner, *READING_BUILTINS - {"print"}, args=None)
            method = inner.func.attr if isinstance(inner.func, ast.Attribute) else ""
            if not reads and (method not in READING_METHODS or inner.keywords):
                return False
    return True


def calls_in(node: ast.AST | None, calls: Sequence[ast.Call]) -> list[ast.Call]:
    """Those of `calls` that lie in a node."""
    inside = set(ast.walk(node)) if node is not None else set()
    return [call for call in calls if call in inside]


def assignment(function: Function, call: ast.Call) -> str | None:
    """`a, b = b, a % b` for the call `f(b, a % b)`; None where it would change nothing."""
    new = changed(function, call)
    if not new:
        return None
    texts = [
        f"({function.text(value)})"
        if isinstance(value, ast.Tuple | ast.NamedExpr)
        else function.text(value)
        for value in new.values()
    ]
    return f"{', '.join(new)} = {', '.join(texts)}"


def text_with(function: Function, node: ast.expr, new: dict[ast.expr, str]) -> str:
    """An expression's text with other texts in place of some nodes in it, on one line."""
    start, end = function.file.span(node)
    data = function.file.data[start:end]
    for inner in sorted(new, key=lambda n: function.file.span(n)[0], reverse=True):
        low, high = function.file.span(inner)
        data = data[: low - start] + new[inner].encode() + data[high - start :]
    text = data.decode()
    return ast.unparse(ast.parse(f"({text})", mode="eval")) if "\n" in text else text


def unit(function: Function) -> str:
    """The white space by which the function's body is indented."""
    first = function.node.body[0]
    return function.indent(first)[len(function.indent(function.node)) :] or "    "


def is_last(function: Function, statement: ast.stmt) -> bool:
    """Whether nothing of the function's body runs after a statement outside any loop."""
    above: ast.AST = statement
    while isinstance(above, ast.stmt) and not isinstance(above, FunctionNode):
        if function.following(above) is not None:
            return False
        above = function.file.parent[above]
    return True


def in_branches_only(function: Function, statement: ast.stmt) -> bool:
    """Whether only `if` statements stand around a statement."""
    for above in function.file.ancestors(statement):
        if above is function.node:
            return True
        if not isinstance(above, ast.If):
            return False
    return False


def leaves(block: Sequence[ast.stmt]) -> bool:
    """Whether a block always ends in `return` or `raise`."""
    match block[-1] if block else None:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(body=body, orelse=orelse):
            return leaves(body) and leaves(orelse)
    return False


def body_start(function: Function) -> int:
    """The index of the first statement after the docstring."""
    node = function.node
    return 1 if ast.get_docstring(node, clean=False) is not None and len(node.body) > 1 else 0


def looped(
    function: Function,
    pieces: Sequence[Replacement | None],
    above: Sequence[str] = (),
    inside: Sequence[str] = (),
    below: Sequence[str] = (),
) -> Replacement | None:
    """The whole body, with `pieces` changed, in `while True:`; other lines around it.

    `inside` are lines at the end of the loop. None where the text cannot be moved.
    """
    body = function.node.body[body_start(function) :]
    first, last = body[0], body[-1]
    placed = [piece for piece in pieces if piece is not None]
    if len(placed) < len(pieces) or function.delete(first) is None or function.delete(last) is None:
        return None
    if any(spans_lines(n) for statement in body for n in ast.walk(statement)):
        return None
    begin = comments_above(
        function, function.file.line_start(function.file.span(first)[0]), function.node
    )
    finish = function.file.span(last)[1]
    data = function.file.data[begin:finish]
    for piece in sorted(placed, key=lambda piece: piece.start, reverse=True):
        data = data[: piece.start - begin] + piece.text.encode() + data[piece.end - begin :]
    pad, step = function.indent(first), unit(function)
    lines = [step + line if line.strip() else line for line in data.decode().splitlines()]
    header = [*(pad + line for line in above), f"{pad}while True:"]
    footer = [*(pad + step + line for line in inside), *(pad + line for line in below)]
    return Replacement(begin, finish, "\n".join(header + lines + footer))


def return_lines(
    function: Function, value: ast.expr, calls: Sequence[ast.Call], answer: Step, descend: Step
) -> Lines:
    """What `return value` becomes; `answer` and `descend` write a value without and with calls."""
    step = unit(function)
    if not calls_in(value, calls):
        return answer(value)
    match value:
        case ast.IfExp(test=test, body=body, orelse=orelse) if not calls_in(test, calls):
            condition = function.text(test)
            if calls_in(body, calls) and not calls_in(orelse, calls):
                body, orelse = orelse, body
                condition = f"not {function.operand(test)}"
            first = return_lines(function, body, calls, answer, descend)
            rest = return_lines(function, orelse, calls, answer, descend)
            if first is None or rest is None:
                return None
            leaves_loop = ["continue"] if calls_in(body, calls) else []
            branch = [step + line for line in first + leaves_loop]
            return [f"if {condition}:", *branch, *rest]
        case ast.BoolOp(op=op, values=[*firsts, last]) if not any(
            calls_in(first, calls) for first in firsts
        ):
            kept = function.local("answer", "kept")
            early = answer(ast.Name(kept, ast.Load()))
            rest = return_lines(function, last, calls, answer, descend)
            if early is None or rest is None or len(calls_in(last, calls)) > 1:
                return None
            word = " and " if isinstance(op, ast.And) else " or "
            texts = word.join(function.operand(first) for first in firsts)
            if len(firsts) == 1:
                texts = function.text(firsts[0])
            negation = "not " if isinstance(op, ast.And) else ""
            tested = f"if {negation}{kept}:"
            return [f"{kept} = {texts}", tested, *(step + line for line in early), *rest]
    return descend(value)


def said(function: Function, value: ast.expr) -> str:
    """An expression's text; a new name's has no place in the file."""
    return function.text(value) if value in function.file.parent else ast.unparse(value)


def replaced_returns(
    function: Function, calls: Sequence[ast.Call], answer: Step, descend: Step, keeps_returns: bool
) -> list[Replacement | None] | None:
    """The new texts of all `return` statements; None if a call is not in one."""
    found: list[Replacement | None] = []
    covered = 0
    falls_off = not leaves(function.node.body)
    for node in function.own:
        if not isinstance(node, ast.Return):
            continue
        inside = calls_in(node, calls)
        covered += len(inside)
        if not inside and keeps_returns:
            continue
        if not in_branches_only(function, node):
            return None
        value = node.value or ast.Constant(None)
        lines = return_lines(function, value, calls, answer, descend)
        if lines is None:
            return None
        if inside and (falls_off or not is_last(function, node)):
            lines = [*lines, "continue"]
        found.append(function.replace(node, "\n".join(lines)))
    return found if covered == len(calls) else None


def is_quiet(function: Function, calls: Sequence[ast.Call]) -> bool:
    """Whether a body only computes: pure expressions, plain assignments, branches."""
    for node in function.own:
        match node:
            case ast.Assign(targets=[ast.Name()]) | ast.If() | ast.Return() | ast.Raise():
                pass
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.stmt():
                return False
            case ast.Call() if isinstance(function.statement_of(node), ast.Raise):
                pass
            case ast.expr():
                if not is_pure(function, node, calls):
                    return False
    return not any(calls_in(call, calls) != [call] for call in calls)
