"""Sums and extremes of growing slices, computed once for all of them."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Comprehension, Function
from perfbot.agents.rules.rule import Rewrite, rule


@rule(
    "prefix-sums",
    "sum of a growing slice -> prefix sums",
    before="""
        def f(values):
            for i in range(len(values)):
                if sum(values[:i]) == sum(values[i + 1 :]):
                    return i
            return -1
        """,
    after="""
        from itertools import accumulate


        def f(values):
            values_sums = [0, *accumulate(values)]
            for i in range(len(values)):
                if values_sums[i] == values_sums[-1] - values_sums[i + 1]:
                    return i
            return -1
        """,
    leaves="""
        def f(values):
            for i in range(len(values)):
                values[i] = sum(values[:i])
            return values
        """,
    calls=("[1, 7, 3, 6, 5, 6]", "[]", "[0]", "[1, -1, 5]"),
)
def prefix_sums(function: Function) -> Iterator[Rewrite]:
    for call in function.own:
        if not function.is_call(call, "sum"):
            continue
        assert isinstance(call, ast.Call)
        match call.args[0]:
            case ast.Subscript(
                value=ast.Name(id=name), slice=ast.Slice(lower=lower, upper=upper, step=None)
            ):
                ends = [end for end in (lower, upper) if end is not None]
            case _:
                continue
        at = function.outermost_free(call, [name])
        if at is None or not ends or not all(_counts(function, call, end, name) for end in ends):
            continue
        if function.element_kind(ast.Name(name, ast.Load())) == "float":
            continue
        accumulate, imports = function.imported("itertools", "accumulate")
        sums = function.fresh(f"{name}_sums", str(at.lineno))
        high = f"{sums}[{function.text(upper)}]" if upper else f"{sums}[-1]"
        text = f"{high} - {sums}[{function.text(lower)}]" if lower else high
        above = function.file.parent[call]
        if lower and isinstance(above, ast.BinOp | ast.UnaryOp):
            text = f"({text})"
        yield Rewrite(
            (
                function.insert_before(at, f"{sums} = [0, *{accumulate}({name})]"),
                function.replace(call, text),
            ),
            "Each slice is summed from its start again; running sums answer in one step.",
            imports,
        )


def _counts(function: Function, call: ast.Call, end: ast.expr, name: str) -> bool:
    """Whether a slice's end is a loop's counter over `range(... len(name) ...)`, or one more."""
    match end:
        case ast.Name(id=counter):
            pass
        case ast.BinOp(left=ast.Name(id=counter), op=ast.Add(), right=ast.Constant(value=1)):
            pass
        case _:
            return False
    for loop in function.repeats(call):
        pairs = (
            [(g.target, g.iter) for g in loop.generators]
            if isinstance(loop, Comprehension)
            else [(loop.target, loop.iter)]
            if isinstance(loop, ast.For)
            else []
        )
        for target, source in pairs:
            if ast.unparse(target) == counter:
                lengths = {f"len({name})", *_names_of_length(function, name)}
                limit = ast.unparse(source)
                bounded = any(
                    limit.endswith((f"{length})", f"{length} + 1)", f"{length} - 1)"))
                    for length in lengths
                )
                plus_one = limit.endswith("+ 1)")
                once = sum(use.id == counter for use in function.stores(counter)) == 1
                return (
                    function.is_call(source, "range", args=None)
                    and bounded
                    and once
                    and not (plus_one and isinstance(end, ast.BinOp))
                )
    return False


def _names_of_length(function: Function, name: str) -> set[str]:
    """The locals that only ever hold `len(name)`."""
    found = set()
    for local in function.locals:
        values = [function.file.parent[store] for store in function.stores(local)]
        if values and all(
            isinstance(v, ast.Assign) and ast.unparse(v.value) == f"len({name})" for v in values
        ):
            found.add(local)
    return found


@rule(
    "prefix-extremes",
    "max of a growing slice -> running maxima",
    before="""
        def f(values):
            return [max(values[: i + 1]) for i in range(len(values))]
        """,
    after="""
        from itertools import accumulate


        def f(values):
            values_max = list(accumulate(values, max))
            return [values_max[i] for i in range(len(values))]
        """,
    leaves="""
        def f(values):
            return [max(values[i:]) for i in range(len(values))]
        """,
    calls=("[3, 1, 4, 1, 5]", "[]", "[1, 'a']"),
)
def prefix_extremes(function: Function) -> Iterator[Rewrite]:
    for call in function.own:
        if not function.is_call(call, "max", "min"):
            continue
        assert isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        match call.args[0]:
            case ast.Subscript(
                value=ast.Name(id=name),
                slice=ast.Slice(
                    lower=None | ast.Constant(value=0), upper=ast.BinOp() as upper, step=None
                ),
            ):
                pass
            case _:
                continue
        at = function.outermost_free(call, [name])
        if at is None or not _counts(function, call, upper, name):
            continue
        accumulate, imports = function.imported("itertools", "accumulate")
        best = function.fresh(f"{name}_{call.func.id}", str(at.lineno))
        yield Rewrite(
            (
                function.insert_before(at, f"{best} = list({accumulate}({name}, {call.func.id}))"),
                function.replace(call, f"{best}[{function.text(upper.left)}]"),
            ),
            "Each slice is searched from its start again; running extremes answer in one step.",
            imports,
        )
