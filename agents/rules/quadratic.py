"""Quadratic searches and sorts that a hash table or the built-in sort replaces."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.pairs import pairs
from perfbot.agents.rules.rule import Rewrite, rule


@rule(
    "pair-sum-to-set",
    "search for a pair with a given sum -> set of what was seen",
    before="""
        def f(values, total):
            for i in range(len(values)):
                for j in range(i + 1, len(values)):
                    if values[i] + values[j] == total:
                        return True
            return False
        """,
    after="""
        def f(values, total):
            seen = set()
            for value in values:
                if total - value in seen:
                    return True
                seen.add(value)
            return False
        """,
    leaves="""
        def f(values, total):
            for i in range(len(values)):
                for j in range(i + 1, len(values)):
                    if values[i] + values[j] > total:
                        return True
            return False
        """,
    calls=("[1, 5, 3], 8", "[4], 8", "[4, 4], 8", "[], 0"),
)
def pair_sum_to_set(function: Function) -> Iterator[Rewrite]:
    for found in pairs(function):
        match found.body:
            case [
                ast.If(
                    test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[total]),
                    body=[ast.Return(value=ast.Constant(value=result))],
                    orelse=[],
                )
            ]:
                pass
            case _:
                continue
        first, second = found.sides
        if ast.unparse(left) not in (f"{first} + {second}", f"{second} + {first}"):
            continue
        outer, name = found.outer, found.name
        if isinstance(total, ast.Constant) and total.value == 0:
            target = "-{}"
        elif isinstance(total, ast.Name | ast.Constant):
            target = f"{function.text(total)} - {{}}"
        else:
            continue
        if function.names_in(total) & {*found.indices, name}:
            continue
        seen = function.local("seen", str(outer.lineno))
        value = function.local("value", str(outer.lineno))
        lines = (
            f"{seen} = set()",
            f"for {value} in {name}:",
            f"    if {target.format(value)} in {seen}:",
            f"        return {result!r}",
            f"    {seen}.add({value})",
        )
        reason = "A set knows whether the other half of a pair was seen, in one step."
        yield Rewrite((function.replace(outer, "\n".join(lines)),), reason)


@rule(
    "bubble-sort-to-sort",
    "hand-written exchange sort -> list.sort",
    before="""
        def f(values: list):
            n = len(values)
            for i in range(n):
                for j in range(0, n - i - 1):
                    if values[j] > values[j + 1]:
                        values[j], values[j + 1] = values[j + 1], values[j]
            return values
        """,
    after="""
        def f(values: list):
            n = len(values)
            values.sort()
            return values
        """,
    leaves="""
        def f(values: list):
            n = len(values)
            for i in range(n):
                for j in range(0, n - i - 1):
                    if values[j] >= values[j + 1]:
                        values[j], values[j + 1] = values[j + 1], values[j]
            return values
        """,
    calls=("[3, 1, 2]", "[]", "[1, True, 1.0, 0]"),
)
def bubble_sort_to_sort(function: Function) -> Iterator[Rewrite]:
    for outer in function.loops():
        match outer:
            case ast.For(
                target=ast.Name(id=i),
                iter=rows,
                body=[ast.For(target=ast.Name(id=j), iter=columns, body=[ast.If() as check])],
                orelse=[],
            ):
                pass
            case _:
                continue
        match check:
            case ast.If(
                test=ast.Compare(left=ast.Subscript(value=ast.Name(id=a)), ops=[ast.Gt()]),
                body=[swap],
                orelse=[],
            ):
                pass
            case _:
                continue
        low, high = f"{a}[{j}]", f"{a}[{j} + 1]"
        swaps = {f"{low}, {high} = ({high}, {low})", f"{high}, {low} = ({low}, {high})"}
        lengths = [f"len({a})"] + [
            name for name in sorted(function.locals) if _holds_length(function, name, a)
        ]
        ranges = {
            text
            for n in lengths
            for text in (
                f"range(0, {n} - {i} - 1)",
                f"range({n} - {i} - 1)",
                f"range({n} - 1 - {i})",
                f"range(0, {n} - 1 - {i})",
                f"range({n} - 1)",
                f"range(0, {n} - 1)",
            )
        }
        passes = {f"range({n})" for n in lengths} | {f"range({n} - 1)" for n in lengths}
        if ast.unparse(check.test) != f"{low} > {high}" or ast.unparse(swap) not in swaps:
            continue
        if ast.unparse(columns) not in ranges or ast.unparse(rows) not in passes:
            continue
        used_after = any(
            not function.within(use, outer) for name in (i, j) for use in function.uses(name)
        )
        if not used_after:
            reason = "The built-in sort is stable too, and n log n."
            yield Rewrite((function.replace(outer, f"{a}.sort()"),), reason)


def _holds_length(function: Function, name: str, sequence: str) -> bool:
    """Whether a local only ever holds `len(sequence)`."""
    values = [function.file.parent[store] for store in function.stores(name)]
    return bool(values) and all(
        isinstance(v, ast.Assign) and ast.unparse(v.value) == f"len({sequence})" for v in values
    )


@rule(
    "divisors-to-root",
    "all divisors by trial up to n -> pairs up to the square root",
    before="""
        def f(number: int):
            return [d for d in range(1, number + 1) if number % d == 0]
        """,
    after="""
        from math import isqrt


        def _divisors(number):
            low = [d for d in range(1, isqrt(max(number, 0)) + 1) if number % d == 0]
            return low + [number // d for d in reversed(low) if d * d != number]


        def f(number: int):
            return _divisors(number)
        """,
    leaves="""
        def f(number: int):
            return [d for d in range(1, number + 1) if number % d == 1]
        """,
    calls=("12", "16", "1", "0", "-6", "97"),
)
def divisors_to_root(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.ListComp(
                elt=ast.Name(id=d),
                generators=[ast.comprehension(target=ast.Name(id=target), iter=source, ifs=[test])],
            ) if d == target:
                pass
            case _:
                continue
        low, _, high = ast.unparse(source).removeprefix("range(").removesuffix(")").partition(", ")
        number = high.removesuffix(" + 1")
        if low != "1" or not number.isidentifier() or ast.unparse(test) != f"{number} % {d} == 0":
            continue
        isqrt, imports = function.imported("math", "isqrt")
        name = function.fresh("_divisors")
        helper = (
            f"\ndef {name}(number):\n"
            f"    low = [d for d in range(1, {isqrt}(max(number, 0)) + 1) if number % d == 0]\n"
            f"    return low + [number // d for d in reversed(low) if d * d != number]"
        )
        text = f"{name}({number})" if high.endswith(" + 1") else f"{name}({number})[:-1]"
        reason = "Divisors come in pairs, one of each at most the square root."
        yield Rewrite((function.replace(node, text),), reason, imports, (helper,))
