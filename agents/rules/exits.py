"""Loops that can stop sooner."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.source import Replacement

EFFECTS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


@rule(
    "flag-to-break",
    "flag set in a loop -> break",
    before="""
        def f(values):
            found = False
            for value in values:
                if value < 0:
                    found = True
            return found
        """,
    after="""
        def f(values):
            found = False
            for value in values:
                if value < 0:
                    found = True
                    break
            return found
        """,
    leaves="""
        def f(values):
            found = False
            for value in values:
                if value < 0:
                    found = True
                else:
                    found = False
            return found
        """,
    calls=("[1, -1, 2]", "[]", "[-1]"),
)
def flag_to_break(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        match loop:
            case ast.For(
                body=[
                    ast.If(
                        test=test,
                        body=[
                            ast.Assign(targets=[ast.Name(id=flag)], value=ast.Constant()) as setting
                        ],
                        orelse=[],
                    )
                ],
                orelse=[],
            ):
                pass
            case _:
                continue
        pure = not any(
            isinstance(n, EFFECTS)
            and not function.is_call(n, "len", "isinstance", "ord", args=None)
            for n in ast.walk(test)
        )
        targets = function.names_in(loop.target)
        leaked = any(
            not function.within(use, loop) and isinstance(use.ctx, ast.Load)
            for target in targets
            for use in function.uses(target)
        )
        if pure and not leaked and flag not in function.names_in(test):
            piece = function.insert_after(setting, "break")
            yield Rewrite((piece,), "Once the flag is set, no later element changes it.")


@rule(
    "any-of-list",
    "any([...]) -> any of a generator",
    before="""
        def f(values):
            return any([value < 0 for value in values])
        """,
    after="""
        def f(values):
            return any(value < 0 for value in values)
        """,
    leaves="""
        def f(values):
            return sum([value < 0 for value in values])
        """,
    calls=("[1, -1]", "[]", "['a']"),
)
def any_of_list(function: Function) -> Iterator[Rewrite]:
    for call in function.own:
        if function.is_call(call, "any", "all"):
            assert isinstance(call, ast.Call)
            inner = call.args[0]
            if isinstance(inner, ast.ListComp):
                text = f"{function.text(call.func)}({function.text(inner)[1:-1].strip()})"
                yield Rewrite((function.replace(call, text),), "The first hit ends the search.")


@rule(
    "search-to-membership",
    "search loop -> in",
    before="""
        def f(values, wanted):
            for value in values:
                if value == wanted:
                    return True
            return False
        """,
    after="""
        def f(values, wanted):
            return wanted in values
        """,
    leaves="""
        def f(values, wanted):
            for value in values:
                if value == value + wanted:
                    return True
            return False
        """,
    calls=("[1, 2], 2.0", "[], 1", "[[]], []"),
)
def search_to_membership(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        after = function.following(loop)
        match loop, after:
            case (
                ast.For(
                    target=ast.Name(id=target),
                    iter=source,
                    body=[
                        ast.If(
                            test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]),
                            body=[ast.Return(value=ast.Constant(value=bool(hit)))],
                            orelse=[],
                        )
                    ],
                    orelse=[],
                ),
                ast.Return(value=ast.Constant(value=bool(miss))),
            ) if hit != miss:
                pass
            case _:
                continue
        sides = [ast.unparse(left), ast.unparse(right)]
        if target not in sides or sides[0] == sides[1] or after is None:
            continue
        wanted = right if sides[0] == target else left
        if not isinstance(wanted, ast.Name | ast.Constant):
            continue
        word = "in" if hit else "not in"
        text = f"return {function.operand(wanted)} {word} {function.operand(source)}"
        pieces: tuple[Replacement | None, ...] = (function.replace_run(loop, after, text),)
        yield Rewrite(pieces, "`in` walks the sequence without bytecode.")
