"""Loops over indices that can be loops over elements."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.source import Replacement


@rule(
    "index-to-element",
    "range(len(x)) -> direct iteration or enumerate",
    before="""
        def f(values):
            total = 0
            for i in range(len(values)):
                if values[i] > 0:
                    total += values[i] * i
            return total
        """,
    after="""
        def f(values):
            total = 0
            for i, item in enumerate(values):
                if item > 0:
                    total += item * i
            return total
        """,
    leaves="""
        def f(values):
            for i in range(len(values)):
                values[i] = values[i] + 1
            return values
        """,
    calls=("[1, -2, 3]", "[]", "'ab'"),
)
def index_to_element(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.For(target=ast.Name() as target, iter=source):
                region: ast.AST = node
            case ast.comprehension(target=ast.Name() as target, iter=source, is_async=0):
                region = function.file.parent[node]
                if len(region.generators) > 1:  # type: ignore[attr-defined]
                    continue
            case _:
                continue
        index = target.id
        if not function.is_call(source, "range"):
            continue
        assert isinstance(source, ast.Call)
        length = source.args[0]
        if not function.is_call(length, "len"):
            continue
        assert isinstance(length, ast.Call)
        if not isinstance(length.args[0], ast.Name):
            continue
        name = length.args[0].id
        inside = [use for use in function.uses(index) if function.within(use, region)]
        reads = [
            above
            for use in inside
            if isinstance(above := function.file.parent[use], ast.Subscript)
            and above.slice is use
            and isinstance(above.ctx, ast.Load)
            and ast.unparse(above.value) == name
        ]
        stored = [use for use in inside if isinstance(use.ctx, ast.Store)]
        if not reads or len(stored) != 1 or not function.untouched(name, region):
            continue
        if index in function.captured or function.kind(ast.Name(name, ast.Load())) == "dict":
            continue
        after = any(
            not function.within(use, region) and isinstance(region, ast.For)
            for use in function.uses(index)
            if isinstance(use.ctx, ast.Load)
        )
        item = function.fresh("item", str(target.lineno))
        pieces: list[Replacement | None] = [function.replace(read, item) for read in reads]
        if len(inside) == len(reads) + 1 and not after:
            pieces += [function.replace(target, item), function.replace(source, name)]
        else:
            pieces.append(function.replace(target, f"{index}, {item}"))
            pieces.append(function.replace(source, f"enumerate({name})"))
        reason = "The iterator hands over each element without a bounds check or an index object."
        yield Rewrite(tuple(pieces), reason)


@rule(
    "copy-to-iterate",
    "loop over a copy -> loop over the list itself",
    before="""
        def f(values):
            total = 0
            for value in list(values):
                total += value
            return total
        """,
    after="""
        def f(values):
            total = 0
            for value in values:
                total += value
            return total
        """,
    leaves="""
        def f(values):
            for value in list(values):
                values.remove(value)
            return values
        """,
    calls=("[1, 2]", "()", "{1: 2}"),
)
def copy_to_iterate(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        if not isinstance(node, ast.For | ast.comprehension):
            continue
        region = node if isinstance(node, ast.For) else function.file.parent[node]
        match node.iter:
            case ast.Call(args=[ast.Name(id=name)]) if function.is_call(node.iter, "list", "tuple"):
                pass
            case ast.Subscript(
                value=ast.Name(id=name), slice=ast.Slice(lower=None, upper=None, step=None)
            ):
                pass
            case _:
                continue
        if function.untouched(name, region):
            piece = function.replace(node.iter, name)
            yield Rewrite((piece,), "Nothing changes the list, so no copy is needed.")
