"""Integer arithmetic that needs fewer steps."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule


@rule(
    "trial-division-to-root",
    "trial division up to n -> up to its square root",
    before="""
        def f(number: int):
            if number < 2:
                return False
            for divisor in range(2, number):
                if number % divisor == 0:
                    return False
            return True
        """,
    after="""
        from math import isqrt


        def f(number: int):
            if number < 2:
                return False
            for divisor in range(2, isqrt(max(number, 0)) + 1):
                if number % divisor == 0:
                    return False
            return True
        """,
    leaves="""
        def f(number: int):
            for divisor in range(2, number):
                if number % divisor == 0:
                    return divisor
            return True
        """,
    calls=("1", "2", "4", "9", "97", "-3", "'a'"),
)
def trial_division_to_root(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.For(target=ast.Name(id=divisor), iter=source, body=[ast.If() as check]):
                if not _only_decides(check, divisor):
                    continue
                test: ast.expr = check.test
                outside = [u for u in function.uses(divisor) if not function.within(u, node)]
                if outside:
                    continue
            case ast.Call(
                func=ast.Name(id="all" | "any" as name),
                args=[ast.GeneratorExp(elt=test, generators=[generator])],
            ) if function.is_builtin(name) and not generator.ifs:
                if not isinstance(generator.target, ast.Name):
                    continue
                divisor, source = generator.target.id, generator.iter
            case _:
                continue
        number = _divided(test, divisor)
        if number is None or not function.is_call(source, "range", args=2):
            continue
        assert isinstance(source, ast.Call)
        low, high = source.args
        bounds = (number, f"{number} // 2 + 1", f"int({number} / 2) + 1")
        if ast.unparse(low) != "2" or ast.unparse(high) not in bounds:
            continue
        isqrt, imports = function.imported("math", "isqrt")
        text = f"{isqrt}(max({number}, 0)) + 1"
        reason = "A number with a divisor has one that is at most its square root."
        yield Rewrite((function.replace(high, text),), reason, imports)


def _divided(test: ast.expr, divisor: str) -> str | None:
    """The name `n` of `n % divisor == 0`, also negated."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _divided(inner, divisor)
        case ast.Compare(
            left=ast.BinOp(left=ast.Name(id=number), op=ast.Mod(), right=ast.Name(id=right)),
            ops=[ast.Eq() | ast.NotEq()],
            comparators=[ast.Constant(value=0)],
        ) if right == divisor and number != divisor:
            return number
    return None


def _only_decides(check: ast.If, divisor: str) -> bool:
    """Whether the first divisor found ends the loop, whichever divisor it is."""
    if check.orelse:
        return False
    mentioned = [n.id for s in check.body for n in ast.walk(s) if isinstance(n, ast.Name)]
    ends = isinstance(check.body[-1], ast.Return | ast.Break)
    constant = all(
        isinstance(s, ast.Return | ast.Break)
        or (isinstance(s, ast.Assign) and isinstance(s.value, ast.Constant))
        for s in check.body
    )
    return ends and constant and divisor not in mentioned


@rule(
    "factor-jump",
    "factor loop -> jump to the last prime factor",
    before="""
        def f(n):
            factors = []
            d = 2
            while n > 1:
                if n % d == 0:
                    factors.append(d)
                    n //= d
                else:
                    d += 1
            return factors
        """,
    after="""
        def f(n):
            factors = []
            d = 2
            while n > 1:
                if n % d == 0:
                    factors.append(d)
                    n //= d
                else:
                    d = d + 1 if d * d < n else max(n, d + 1)
            return factors
        """,
    leaves="""
        def f(n):
            d = 3
            while n > 1:
                if n % d == 0:
                    n //= d
                else:
                    d += 1
            return d
        """,
    calls=("1", "2", "12", "97", "360", "49", "1021 * 1021", "0"),
)
def factor_jump(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        match loop:
            case ast.While(body=[ast.If(test=test, body=divide, orelse=[ast.AugAssign() as step])]):
                pass
            case _:
                continue
        match step:
            case ast.AugAssign(
                target=ast.Name(id=divisor), op=ast.Add(), value=ast.Constant(value=1)
            ):
                pass
            case _:
                continue
        number = _divided(test, divisor)
        texts = [ast.unparse(statement) for statement in divide]
        divided = (f"{number} //= {divisor}", f"{number} = {number} // {divisor}")
        starts = [
            ast.unparse(function.file.parent[store])
            for store in function.stores(divisor)
            if not function.within(store, loop)
        ]
        inside = [s for s in function.stores(divisor) if function.within(s, loop)]
        if not any(text in divided for text in texts) or starts != [f"{divisor} = 2"]:
            continue
        if len(inside) != 1 or isinstance(test, ast.UnaryOp) or "!=" in ast.unparse(test):
            continue
        if ast.unparse(loop.test) not in (f"{number} > 1", f"{divisor} <= {number}"):
            continue
        new = (
            f"{divisor} = {divisor} + 1 if {divisor} * {divisor} < {number} "
            f"else max({number}, {divisor} + 1)"
        )
        reason = "Past the square root of what is left, only what is left itself divides it."
        yield Rewrite((function.replace(step, new),), reason)


@rule(
    "power-modulo",
    "a ** b % m -> pow(a, b, m)",
    before="""
        def f(base, exponent, modulus):
            return base**exponent % modulus
        """,
    after="""
        def f(base, exponent, modulus):
            return pow(base, exponent, modulus)
        """,
    leaves="""
        def f(base, modulus):
            return base**0.5 % modulus
        """,
    calls=("3, 200, 7", "2, 10, -3", "5, 0, 3"),
)
def power_modulo(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.BinOp(
                left=ast.BinOp(left=base, op=ast.Pow(), right=exponent), op=ast.Mod(), right=modulus
            ):
                pass
            case ast.BinOp(
                left=ast.Call(func=ast.Name(id="pow"), args=[base, exponent]),
                op=ast.Mod(),
                right=modulus,
            ):
                pass
            case _:
                continue
        parts = (base, exponent, modulus)
        small = isinstance(exponent, ast.Constant) and exponent.value in (0, 1, 2, 3)
        if small or any(function.kind(part) in ("float", "str") for part in parts):
            continue
        if function.is_builtin("pow"):
            text = f"pow({', '.join(function.text(part) for part in parts)})"
            reason = "Modular exponentiation never builds the huge power."
            yield Rewrite((function.replace(node, text),), reason)


@rule(
    "square-to-product",
    "x ** 2 -> x * x",
    before="""
        def f(values: list[int]):
            return sum([value**2 for value in values])
        """,
    after="""
        def f(values: list[int]):
            return sum([value * value for value in values])
        """,
    leaves="""
        def f(values: list[float]):
            return sum([value**2 for value in values])
        """,
    calls=("[1, -2, 10**20]", "[]"),
)
def square_to_product(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.BinOp(
                left=ast.Name(id=name) as base, op=ast.Pow(), right=ast.Constant(value=2)
            ) if function.kind(base) == "int" and function.repeats(node):
                above = function.file.parent[node]
                loose = isinstance(above, ast.BinOp) and not isinstance(above.op, ast.Add | ast.Sub)
                text = (
                    f"({name} * {name})"
                    if loose or isinstance(above, ast.UnaryOp)
                    else (f"{name} * {name}")
                )
                yield Rewrite((function.replace(node, text),), "A product needs no power loop.")


@rule(
    "range-sum-closed",
    "sum(range(n)) -> closed form",
    before="""
        def f(number):
            return sum(range(1, number + 1))
        """,
    after="""
        def f(number):
            return number * (number + 1) // 2 if number > 0 else 0
        """,
    leaves="""
        def f(number):
            return sum(range(1, number + 1, 2))
        """,
    calls=("0", "1", "10", "-4", "True"),
)
def range_sum_closed(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        if not function.is_call(node, "sum"):
            continue
        assert isinstance(node, ast.Call)
        match node.args[0]:
            case ast.Call(
                func=ast.Name(id="range"),
                args=[
                    ast.Constant(value=0 | 1),
                    ast.BinOp(left=ast.Name(id=name), op=ast.Add(), right=ast.Constant(value=1)),
                ],
            ):
                text = f"{name} * ({name} + 1) // 2 if {name} > 0 else 0"
            case _:
                continue
        above = function.file.parent[node]
        alone = isinstance(above, ast.Return | ast.Assign)
        yield Rewrite(
            (function.replace(node, text if alone else f"({text})"),), "No loop is needed at all."
        )
