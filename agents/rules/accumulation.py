"""Finds the loops that only build one value: `acc = START`, then nothing but an update of it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.source import Replacement

# None of these may move into a comprehension.
UNMOVABLE = (
    ast.Yield,
    ast.YieldFrom,
    ast.Await,
    ast.NamedExpr,
    ast.Break,
    ast.Continue,
    ast.Return,
    ast.Raise,
    ast.Try,
)


@dataclass(frozen=True, slots=True)
class Accumulation:
    """A loop nest around one update of `name`, and the assignment that starts it."""

    name: str
    start: ast.expr
    creation: ast.Assign
    loop: ast.For
    clauses: str
    """The nest as a comprehension has it: `for x in xs if x`."""
    is_bare: bool
    """One `for` over a plain name, with no condition."""
    target: ast.expr
    """The innermost loop's target."""
    source: ast.expr
    """What the innermost loop goes over."""
    update: ast.stmt

    def become(self, function: Function, text: str) -> tuple[Replacement | None, ...]:
        """`name = text` in place of the loop, the start left out."""
        new = f"{self.name} = {text}"
        return function.delete(self.creation), function.replace(self.loop, new)


def accumulations(function: Function) -> Iterator[Accumulation]:
    """The loops of a function that do nothing but update one local name."""
    for loop in function.loops():
        if not isinstance(loop, ast.For):
            continue
        nest = _nest(function, loop)
        if nest is None:
            continue
        clauses, innermost, update = nest
        name = _updated(update)
        if name is None or not function.is_plain_local(name):
            continue
        creation = _creation(function, loop, name)
        if creation is None or not _movable(function, loop, name, update):
            continue
        is_bare = len(clauses) == 1 and isinstance(loop.target, ast.Name)
        yield Accumulation(
            name,
            creation.value,
            creation,
            loop,
            " ".join(clauses),
            is_bare,
            innermost.target,
            innermost.iter,
            update,
        )


def _nest(function: Function, loop: ast.For) -> tuple[list[str], ast.For, ast.stmt] | None:
    """A loop nest's comprehension clauses, its innermost loop and the one statement inside."""
    clauses: list[str] = []
    innermost = loop
    node: ast.stmt = loop
    while True:
        match node:
            case ast.For(body=[body], orelse=[]):
                innermost = node
                wrapped = isinstance(node.iter, ast.IfExp | ast.Lambda)
                source = f"({ast.unparse(node.iter)})" if wrapped else function.text(node.iter)
                if isinstance(node.iter, ast.Tuple):
                    source = ast.unparse(node.iter)
                clauses.append(f"for {function.text(node.target)} in {source}")
                node = body
            case ast.If(body=[body], orelse=[]) if isinstance(body, ast.For | ast.If):
                clauses.append(f"if {_condition(function, node.test)}")
                node = body
            case ast.If(body=[body], orelse=[]) if not _conditional_best(node):
                clauses.append(f"if {_condition(function, node.test)}")
                return clauses, innermost, body
            case _:
                return clauses, innermost, node


def _condition(function: Function, test: ast.expr) -> str:
    """A condition's text as a comprehension takes it."""
    text = function.text(test)
    return f"({text})" if isinstance(test, ast.IfExp | ast.Lambda) else text


def _conditional_best(node: ast.If) -> bool:
    """Whether an `if` is the `if x > best: best = x` of a maximum."""
    return isinstance(node.test, ast.Compare) and isinstance(node.body[0], ast.Assign)


def _updated(update: ast.stmt) -> str | None:
    """The name that a statement updates."""
    match update:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name
        case ast.AugAssign(target=ast.Name(id=name)):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            return name
        case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name))):
            return name
        case ast.If(body=[inner]):
            return _updated(inner)
    return None


def _creation(function: Function, loop: ast.For, name: str) -> ast.Assign | None:
    """The `name = START` above a loop in its block, with no mention of the name between."""
    statement = function.previous(loop)
    while statement is not None:
        match statement:
            case ast.Assign(targets=[ast.Name(id=found)]) if found == name:
                return statement
        if name in function.names_in(statement):
            return None
        if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr):
            return None
        statement = function.previous(statement)
    return None


def _movable(function: Function, loop: ast.For, name: str, update: ast.stmt) -> bool:
    """Whether a loop can become a comprehension without anybody noticing."""
    inside = list(ast.walk(loop))
    if any(isinstance(node, UNMOVABLE) for node in inside):
        return False
    mentions = [n for n in inside if isinstance(n, ast.Name) and n.id == name]
    if any(not function.within(mention, update) for mention in mentions):
        return False
    targets = {
        n.id
        for nest in inside
        if isinstance(nest, ast.For)
        for n in ast.walk(nest.target)
        if isinstance(n, ast.Name)
    }
    stored = {n.id for n in inside if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    if not stored <= targets | {name} or name in targets or targets & function.captured:
        return False
    if any(
        not isinstance(n, ast.Name | ast.Tuple | ast.Starred | ast.expr_context)
        for nest in inside
        if isinstance(nest, ast.For)
        for n in ast.walk(nest.target)
    ):
        return False
    return all(_own_target(function, use, loop) for t in targets for use in function.uses(t))


def _own_target(function: Function, use: ast.Name, loop: ast.For) -> bool:
    """Whether a mention of a loop's target never sees the value that this loop leaves behind."""
    if function.within(use, loop) or not isinstance(use.ctx, ast.Load):
        return True
    binders = [n for n in function.file.ancestors(use) if n is not loop]
    for binder in binders:
        targets: list[ast.expr] = []
        if isinstance(binder, ast.For) and not function.within(use, binder.iter):
            targets = [binder.target]
        elif isinstance(binder, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            targets = [generator.target for generator in binder.generators]
        if any(use.id in function.names_in(target) for target in targets):
            # An enclosing loop's target that this loop rebinds would be seen afterwards.
            return not function.within(loop, binder)
    return False
