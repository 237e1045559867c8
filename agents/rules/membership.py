"""Membership tests that need not walk a list."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule

NOT_WALKED = ("str", "bytes", "dict", "set", "frozenset", "range")


@rule(
    "membership-set",
    "list membership in a loop -> set",
    before="""
        def f(words, known):
            found = []
            for word in words:
                if word not in known:
                    found.append(word)
            return found
        """,
    after="""
        def f(words, known):
            found = []
            known_set = set(known)
            for word in words:
                if word not in known_set:
                    found.append(word)
            return found
        """,
    leaves="""
        def f(words, known):
            for word in words:
                if word not in known:
                    known.append(word)
            return known
        """,
    calls=("[1, 2, 3], [2]", "[], []", "'abca', ['a']"),
)
def membership_set(function: Function) -> Iterator[Rewrite]:
    for test in function.own:
        match test:
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Name() as container]):
                name = container.id
                at = function.outermost_free(test, [name])
                if at is None or function.kind(container) in NOT_WALKED:
                    continue
                new = function.fresh(f"{name}_set", str(at.lineno))
                made = f"{name} and set({name})" if _may_be_none(function, name) else f"set({name})"
                yield Rewrite(
                    (
                        function.insert_before(at, f"{new} = {made}"),
                        function.replace(container, new),
                    ),
                    f"`in {name}` walks the list on every iteration; a set answers in one step.",
                )


def _may_be_none(function: Function, name: str) -> bool:
    """Whether None stands for "no container": a default, or a test for it."""
    arguments = function.node.args
    named = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(zip(reversed(named), reversed(arguments.defaults), strict=False))
    defaults |= {
        arg: value
        for arg, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if value is not None
    }
    if any(arg.arg == name and ast.unparse(value) == "None" for arg, value in defaults.items()):
        return True
    tests = (f"{name} is None", f"{name} is not None", f"{name} == None")
    compared = any(isinstance(n, ast.Compare) and ast.unparse(n) in tests for n in function.own)
    truths = [function.file.parent[use] for use in function.uses(name)]
    return compared or any(
        isinstance(n, ast.BoolOp | ast.If | ast.While | ast.IfExp)
        or (isinstance(n, ast.UnaryOp) and isinstance(n.op, ast.Not))
        for n in truths
    )


@rule(
    "membership-companion",
    "membership in a growing list -> a set kept beside it",
    before="""
        def f(items):
            unique = []
            for item in items:
                if item not in unique:
                    unique.append(item)
            return unique
        """,
    after="""
        def f(items):
            unique = []
            unique_seen = set()
            for item in items:
                if item not in unique_seen:
                    unique.append(item)
                    unique_seen.add(item)
            return unique
        """,
    leaves="""
        def f(items):
            unique = []
            for item in items:
                if item not in unique:
                    unique.append(item)
                else:
                    unique.remove(item)
            return unique
        """,
    calls=("[3, 1, 3, 2, 1]", "[]", "'hello'"),
)
def membership_companion(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=elts)):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.List(elts=elts)):
                pass
            case _:
                continue
        if name in function.captured or len(function.stores(name)) != 1:
            continue
        tests: list[ast.Name] = []
        appends: list[ast.Call] = []
        for use in function.uses(name):
            above = function.file.parent[use]
            call = function.file.parent[above]
            match above:
                case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[right]) if right is use:
                    tests.append(use)
                case ast.Attribute(attr="append") if isinstance(call, ast.Call):
                    appends.append(call)
        repeated = any(function.repeats(test) for test in tests)
        grows = any(function.repeats(call) for call in appends)
        if not (repeated and grows and _only_appended(function, name, appends, node)):
            continue
        new = function.fresh(f"{name}_seen")
        start = f"set({name})" if elts else "set()"
        pieces = [function.insert_after(node, f"{new} = {start}")]
        pieces += [function.replace(test, new) for test in tests]
        for call in appends:
            added = function.text(call.args[0])
            pieces.append(function.insert_after(function.statement_of(call), f"{new}.add({added})"))
        reason = f"`in {name}` walks a list that grows; a set beside it answers in one step."
        yield Rewrite(tuple(pieces), reason)


def _only_appended(
    function: Function, name: str, appends: list[ast.Call], creation: ast.stmt
) -> bool:
    """Whether simple `append` statements are all that changes the list after its creation."""
    for call in appends:
        statement = function.file.parent[call]
        if not isinstance(statement, ast.Expr) or len(call.args) != 1:
            return False
        if not isinstance(call.args[0], ast.Name | ast.Constant | ast.Subscript | ast.Tuple):
            return False
    receivers = [call.func.value for call in appends if isinstance(call.func, ast.Attribute)]
    for use in function.uses(name):
        if use in receivers or function.statement_of(use) is creation or function.is_read(use):
            continue
        if not isinstance(function.statement_of(use), ast.Return):
            return False
    return True


@rule(
    "unique-to-fromkeys",
    "loop that keeps first occurrences -> dict.fromkeys",
    before="""
        def f(items):
            unique = []
            for item in items:
                if item not in unique:
                    unique.append(item)
            return unique
        """,
    after="""
        def f(items):
            unique = list(dict.fromkeys(items))
            return unique
        """,
    leaves="""
        def f(items, unique):
            for item in items:
                if item not in unique:
                    unique.append(item)
            return unique
        """,
    calls=("[3, 1, 3, 2, 1]", "[]", "'hello'", "[1, True, 1.0]"),
)
def unique_to_fromkeys(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        creation = function.previous(loop)
        match creation, loop:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=[])),
                ast.For(
                    target=ast.Name(id=item),
                    iter=source,
                    body=[ast.If(test=test, body=[ast.Expr() as added], orelse=[])],
                    orelse=[],
                ),
            ):
                pass
            case _:
                continue
        texts = (ast.unparse(test), ast.unparse(added))
        leaked = any(not function.within(use, loop) for use in function.uses(item))
        if texts != (f"{item} not in {name}", f"{name}.append({item})") or leaked:
            continue
        if name in function.names_in(source) or {name, item} & function.captured:
            continue
        text = f"{name} = list(dict.fromkeys({function.text(source)}))"
        yield Rewrite(
            (function.delete(creation), function.replace(loop, text)),
            "A dictionary keeps the first of equal keys, in order, without walking a list.",
        )
