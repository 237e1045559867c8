"""Searches of a list that the function has just put in order."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.descent import is_pure
from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule

MIRRORED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.Eq}
REASON = "The list is in order: a binary search need not walk it."


def is_sorted_at(function: Function, name: str, node: ast.AST) -> bool:
    """Whether a list is put in order above a repeated node, and only read from then on."""
    for order in function.own:
        match order:
            case ast.Assign(
                targets=[ast.Name(id=found)],
                value=ast.Call(func=ast.Name(id="sorted"), args=[_], keywords=[]),
            ) if found == name and function.is_builtin("sorted"):
                own_store = 1
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=found), attr="sort"), args=[], keywords=[]
                )
            ) if found == name:
                own_store = 0
            case _:
                continue
        block = function.block_of(order)
        after = block[block.index(order) + 1 :]
        below = any(function.within(node, statement) for statement in after)
        again = any(not function.within(order, loop) for loop in function.repeats(node))
        later = [use for use in function.uses(name) if _follows(use, order)]
        stores = [use for use in function.stores(name) if _follows(use, order)]
        plain = name in function.locals and name not in function.captured | function.outer
        if not (below and again and plain) or stores:
            continue
        if own_store == 0 and function.kind(ast.Name(name, ast.Load())) not in ("list", None):
            continue
        if all(_only_reads(function, use) for use in later):
            return True
    return False


def _follows(use: ast.Name, statement: ast.stmt) -> bool:
    """Whether a mention stands below a statement in the text."""
    return use.lineno > (statement.end_lineno or statement.lineno)


def _only_reads(function: Function, use: ast.Name) -> bool:
    """Whether a mention leaves the list as it is; one that ends the function may hand it out."""
    return function.is_read(use) or isinstance(function.statement_of(use), ast.Return)


def side(function: Function, test: ast.expr, item: str) -> tuple[type[ast.cmpop], ast.expr] | None:
    """The operator and bound of `item < bound`, also where it is written `bound > item`."""
    match test:
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[bound]) if name == item:
            kind = type(op)
        case ast.Compare(left=bound, ops=[op], comparators=[ast.Name(id=name)]) if name == item:
            if type(op) not in MIRRORED:
                return None
            kind = MIRRORED[type(op)]
        case _:
            return None
    if kind not in MIRRORED or item in function.names_in(bound) or not is_pure(function, bound):
        return None
    return kind, bound


@rule(
    "sorted-membership-to-bisect",
    "membership in a sorted list -> bisect",
    before="""
        def f(values, wanted):
            ordered = sorted(values)
            return [x for x in wanted if x in ordered], ordered[:1]
        """,
    after="""
        from bisect import bisect_left


        def f(values, wanted):
            ordered = sorted(values)
            return [x for x in wanted if (at := bisect_left(ordered, x)) < len(ordered) and ordered[at] == x], ordered[:1]
        """,  # noqa: E501
    leaves="""
        def f(values, wanted):
            ordered = sorted(values, reverse=True)
            return [x for x in wanted if x in ordered], ordered[:1]
        """,
    calls=("[3, 1, 2, 1], [1, 4, 0, 3, 2.0]", "[], [1]", "'cab', 'abd'"),
)
def sorted_membership_to_bisect(function: Function) -> Iterator[Rewrite]:
    for test in function.own:
        match test:
            case ast.Compare(
                left=wanted, ops=[ast.In() | ast.NotIn() as op], comparators=[ast.Name(id=name)]
            ):
                pass
            case _:
                continue
        if not is_pure(function, wanted) or not is_sorted_at(function, name, test):
            continue
        bisect, imports = function.imported("bisect", "bisect_left")
        at = function.local("at", "bisection")
        sum_or_so = isinstance(wanted, ast.BinOp)
        found = function.text(wanted) if sum_or_so else function.operand(wanted)
        text = f"({at} := {bisect}({name}, {function.text(wanted)})) < len({name})"
        text = f"{text} and {name}[{at}] == {found}"
        if isinstance(op, ast.NotIn):
            text = f"not ({text})"
        loose = ast.If | ast.While | ast.comprehension | ast.Return | ast.Assign | ast.Call
        if not isinstance(function.file.parent[test], loose):
            text = f"({text})"
        yield Rewrite((function.replace(test, text),), REASON, imports)


@rule(
    "sorted-count-to-bisect",
    "counting in a sorted list -> bisect",
    before="""
        def f(values, limits):
            values.sort()
            found = []
            for limit in limits:
                found.append(sum(1 for v in values if v < limit))
            return found
        """,
    after="""
        from bisect import bisect_left


        def f(values, limits):
            values.sort()
            found = []
            for limit in limits:
                found.append(bisect_left(values, limit))
            return found
        """,
    leaves="""
        def f(values, limits):
            values.sort()
            found = []
            for limit in limits:
                found.append(sum(1 for v in values if v < limit))
                values[0] += 1
            return found
        """,
    calls=("[3, 1, 2, 1], [0, 1, 2.5, 9]", "[], [1]", "['b', 'a'], ['b']"),
)
def sorted_count_to_bisect(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        found = _counted(function, node)
        if found is None:
            continue
        name, item, test = found
        if not is_sorted_at(function, name, node):
            continue
        text_and_imports = _count_text(function, name, item, test)
        if text_and_imports is None:
            continue
        text, imports = text_and_imports
        if isinstance(node, ast.AugAssign):
            loop = function.file.parent[function.file.parent[node]]
            text = f"{function.text(node.target)} += {text}"
            yield Rewrite((function.replace(loop, text),), REASON, imports)
            continue
        above = function.file.parent[node]
        if " - " in text and isinstance(above, ast.BinOp | ast.UnaryOp | ast.Compare):
            text = f"({text})"
        yield Rewrite((function.replace(node, text),), REASON, imports)


def _counted(function: Function, node: ast.AST) -> tuple[str, str, ast.expr] | None:
    """The list, the item's name and the condition of a count."""
    match node:
        case ast.Call(
            args=[
                ast.GeneratorExp(elt=elt, generators=[part])
                | ast.ListComp(elt=elt, generators=[part]) as walked
            ]
        ) if function.is_call(node, "sum", "len"):
            name, item, tests = ast.unparse(part.iter), ast.unparse(part.target), part.ifs
            if function.is_call(node, "len"):
                one = isinstance(walked, ast.ListComp)
            else:
                one = isinstance(elt, ast.Constant) and elt.value == 1
                if not tests and isinstance(elt, ast.Compare):
                    return name, item, elt
            return (name, item, tests[0]) if one and len(tests) == 1 else None
        case ast.AugAssign(
            target=ast.Name(id=count), op=ast.Add(), value=ast.Constant(value=1)
        ) if function.kind(ast.Name(count, ast.Load())) == "int":
            return _counting_loop(function, node)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="count"), args=[value]):
            item = function.fresh("item", "count")
            return name, item, ast.Compare(ast.Name(item, ast.Load()), [ast.Eq()], [value])
    return None


def _counting_loop(function: Function, update: ast.AugAssign) -> tuple[str, str, ast.expr] | None:
    """The same for `for v in xs: if v < t: n += 1`, with or without `else: break`."""
    branch = function.file.parent[update]
    loop = function.file.parent[branch]
    match branch, loop:
        case (
            ast.If(test=test, body=[_], orelse=[] | [ast.Break()]),
            ast.For(target=ast.Name(id=item), iter=ast.Name(id=name), body=[_], orelse=[]),
        ):
            found = side(function, test, item)
            stops = bool(branch.orelse)
            if found is None or (stops and found[0] not in (ast.Lt, ast.LtE)):
                return None
            if function.names_in(update.target) & function.names_in(test):
                return None
            outside = any(not function.within(use, loop) for use in function.uses(item))
            return None if outside else (name, item, test)
    return None


def _count_text(
    function: Function, name: str, item: str, test: ast.expr
) -> tuple[str, tuple[str, ...]] | None:
    """How many elements pass a test, by binary search."""
    left, left_import = function.imported("bisect", "bisect_left")
    right, right_import = function.imported("bisect", "bisect_right")
    match test:
        case ast.Compare(left=low, ops=[first, second], comparators=[ast.Name(id=middle), high]):
            below = side(function, ast.Compare(ast.Name(item), [second], [high]), item)
            above = side(function, ast.Compare(low, [first], [ast.Name(item)]), item)
            if middle != item or below is None or above is None:
                return None
            if below[0] not in (ast.Lt, ast.LtE) or above[0] not in (ast.Gt, ast.GtE):
                return None
            upper = right if below[0] is ast.LtE else left
            lower = right if above[0] is ast.Gt else left
            text = (
                f"max(0, {upper}({name}, {function.text(high)})"
                f" - {lower}({name}, {function.text(low)}))"
            )
            return text, tuple(sorted({*left_import, *right_import})) if upper != lower else (
                left_import if upper == left else right_import
            )
    found = side(function, test, item)
    if found is None:
        return None
    op, bound = found
    at_left, at_right = (f"{name_}({name}, {function.text(bound)})" for name_ in (left, right))
    if op is ast.Eq:
        return f"{at_right} - {at_left}", (*left_import, *right_import)
    before = {ast.Lt: at_left, ast.LtE: at_right}
    if op in before:
        return before[op], left_import if op is ast.Lt else right_import
    at = at_right if op is ast.Gt else at_left
    return f"len({name}) - {at}", right_import if op is ast.Gt else left_import
