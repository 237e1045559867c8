"""Strings built in one step instead of piece by piece."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.source import Replacement


@rule(
    "concatenate-to-join",
    "string built by += -> join",
    before="""
        def f(names):
            text = ""
            for name in names:
                text += name + ";"
            return text
        """,
    after="""
        def f(names):
            text_parts = []
            for name in names:
                text_parts.append(name + ";")
            text = "".join(text_parts)
            return text
        """,
    leaves="""
        def f(names):
            text = ""
            for name in names:
                text += name + str(len(text))
            return text
        """,
    calls=("['a', 'b']", "[]", "[1]"),
)
def concatenate_to_join(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        if function.repeats(loop) and not _starts_empty_above(function, loop):
            continue
        creation = _empty_string_above(function, loop)
        if creation is None:
            continue
        name = creation.targets[0].id  # type: ignore[attr-defined]
        parts = function.fresh(f"{name}_parts", str(loop.lineno))
        pieces: list[Replacement | None] = [function.replace(creation, f"{parts} = []")]
        front: set[bool] = set()
        for use in function.uses(name):
            if not function.within(use, loop):
                continue
            statement = function.statement_of(use)
            added = _appended(statement, name)
            if added is None or name in function.names_in(added[0]):
                break
            if isinstance(use.ctx, ast.Store):
                front.add(added[1])
                text = f"{parts}.append({function.text(added[0])})"
                pieces.append(function.replace(statement, text))
        else:
            if len(front) == 1 and name not in function.captured:
                source = f"reversed({parts})" if front.pop() else parts
                pieces.append(function.insert_after(loop, f'{name} = "".join({source})'))
                reason = "Each += may copy the whole string; join copies each piece once."
                yield Rewrite(tuple(pieces), reason)


def _starts_empty_above(function: Function, loop: ast.stmt) -> bool:
    """Whether an inner loop has the string's start next to it."""
    return _empty_string_above(function, loop) is not None


def _empty_string_above(function: Function, loop: ast.stmt) -> ast.Assign | None:
    """The `s = ""` above a loop in its block, of a string that the loop changes."""
    between: set[str] = set()
    statement = function.previous(loop)
    while statement is not None:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value="")):
                stored = any(function.within(use, loop) for use in function.stores(name))
                if name not in between and stored:
                    return statement
        if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr):
            return None
        between |= function.names_in(statement)
        statement = function.previous(statement)
    return None


def _appended(statement: ast.stmt, name: str) -> tuple[ast.expr, bool] | None:
    """What a statement adds to a string, and whether at the front."""
    match statement:
        case ast.AugAssign(target=ast.Name(), op=ast.Add(), value=value):
            return value, False
        case ast.Assign(
            targets=[ast.Name()], value=ast.BinOp(left=left, op=ast.Add(), right=right)
        ):
            if isinstance(left, ast.Name) and left.id == name:
                return right, False
            if isinstance(right, ast.Name) and right.id == name:
                return left, True
    return None


@rule(
    "join-reversed-to-slice",
    "join(reversed(s)) -> s[::-1]",
    before="""
        def f(text: str):
            return "".join(reversed(text))
        """,
    after="""
        def f(text: str):
            return text[::-1]
        """,
    leaves="""
        def f(words: list):
            return "".join(reversed(words))
        """,
    calls=("'abc'", "''"),
)
def join_reversed_to_slice(function: Function) -> Iterator[Rewrite]:
    for call in function.own:
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Constant(value=""), attr="join"),
                args=[ast.Call(args=[text]) as inner],
            ) if function.is_call(inner, "reversed") and function.kind(text) == "str":
                new = f"{function.operand(text)}[::-1]"
                yield Rewrite((function.replace(call, new),), "A slice reverses in one copy.")


@rule(
    "generator-to-list",
    "generator handed to join, sum, sorted -> list",
    before="""
        def f(words):
            return ", ".join(word.strip() for word in words)
        """,
    after="""
        def f(words):
            return ", ".join([word.strip() for word in words])
        """,
    leaves="""
        def f(words):
            return any(word.strip() for word in words)
        """,
    calls=("['a ', 'b']", "[]", "[1]"),
)
def generator_to_list(function: Function) -> Iterator[Rewrite]:
    for call in function.own:
        match call:
            case ast.Call(args=[ast.GeneratorExp() as generator, *rest]):
                pass
            case _:
                continue
        match call.func:
            case ast.Attribute(attr="join", value=separator):
                if not rest and function.kind(separator) == "str":
                    pass
                else:
                    continue
            case ast.Name(id="sum" | "sorted" | "max" | "min" | "tuple" as name):
                if not function.is_builtin(name):
                    continue
            case _:
                continue
        inner = function.text(generator)
        lone = not rest and not call.keywords
        bare = inner[1:-1].strip() if inner.startswith("(") and _wraps(inner) else inner
        if lone:
            pieces = (function.replace(call, f"{function.text(call.func)}([{bare}])"),)
        else:
            pieces = (function.replace(generator, f"[{bare}]"),)
        reason = "A list comprehension runs without switching to and fro between two frames."
        yield Rewrite(pieces, reason)


def _wraps(text: str) -> bool:
    """Whether the first parenthesis of a text closes at its very end."""
    try:
        ast.parse(text[1:-1].strip().join(("[", "]")), mode="eval")
    except SyntaxError:
        return False
    return text.endswith(")")


@rule(
    "comprehension-to-map",
    "comprehension that only calls a builtin -> map",
    before="""
        def f(number):
            return sum(int(digit) for digit in str(number))
        """,
    after="""
        def f(number):
            return sum(map(int, str(number)))
        """,
    leaves="""
        def f(number):
            return sum(int(digit, 16) for digit in str(number))
        """,
    calls=("1203", "-1"),
)
def comprehension_to_map(function: Function) -> Iterator[Rewrite]:
    builtins = ("int", "str", "float", "len", "ord", "chr", "abs", "tuple", "sum", "max", "min")
    for node in function.own:
        match node:
            case (
                ast.ListComp(elt=elt, generators=[generator])
                | ast.GeneratorExp(elt=elt, generators=[generator])
                | ast.SetComp(elt=elt, generators=[generator])
            ):
                pass
            case _:
                continue
        if generator.ifs or generator.is_async or not function.is_call(elt, *builtins):
            continue
        if not (
            isinstance(elt, ast.Call)
            and isinstance(elt.func, ast.Name)
            and isinstance(elt.args[0], ast.Name)
            and isinstance(generator.target, ast.Name)
            and elt.args[0].id == generator.target.id
        ):
            continue
        above = function.file.parent[node]
        made = f"map({elt.func.id}, {function.text(generator.iter)})"
        reason = "`map` calls the builtin without bytecode per element."
        if isinstance(node, ast.GeneratorExp):
            if not isinstance(above, ast.Call) or len(above.args) != 1 or above.keywords:
                continue
            text = f"{function.text(above.func)}({made})"
            yield Rewrite((function.replace(above, text),), reason)
        else:
            outer = "list" if isinstance(node, ast.ListComp) else "set"
            yield Rewrite((function.replace(node, f"{outer}({made})"),), reason)
