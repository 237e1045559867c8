"""Sorting less, or not at all."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.queues import list_creations
from perfbot.agents.rules.rule import Rewrite, rule


@rule(
    "sorted-end-to-min",
    "sorted(x)[0] -> min(x)",
    before="""
        def f(scores):
            return sorted(scores)[0]
        """,
    after="""
        def f(scores):
            return min(scores)
        """,
    leaves="""
        def f(scores):
            return sorted(scores)[1]
        """,
    calls=("[3, 1, 2]", "'ba'", "[1, 'a']"),
)
def sorted_end_to_min(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.Subscript(value=ast.Call(args=[source]) as call, slice=index):
                end = ast.unparse(index)
            case _:
                continue
        if (
            not isinstance(call.func, ast.Name)
            or call.func.id != "sorted"
            or end not in ("0", "-1")
        ):
            continue
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        reverse = keywords.pop("reverse", None)
        backwards = isinstance(reverse, ast.Constant) and reverse.value is True
        if not function.is_builtin("sorted") or (reverse is not None and not backwards):
            continue
        if not set(keywords) <= {"key"}:
            continue
        name = "min" if (end == "0") != backwards else "max"
        rest = "".join(f", key={function.text(value)}" for value in keywords.values())
        text = f"{name}({function.text(source)}{rest})"
        if function.is_builtin(name):
            yield Rewrite((function.replace(node, text),), "One pass instead of a sort.")


@rule(
    "sorted-head-to-heapq",
    "sorted(x)[:k] -> heapq.nsmallest",
    before="""
        def f(scores, k):
            return sorted(scores, reverse=True)[:k]
        """,
    after="""
        from heapq import nlargest


        def f(scores, k):
            return nlargest(k, scores)
        """,
    leaves="""
        def f(scores, k):
            return sorted(scores, reverse=True)[k:]
        """,
    calls=("[3, 1, 2], 2", "[], 3", "[1, True, 1.0, 0], 2"),
)
def sorted_head_to_heapq(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.Subscript(
                value=ast.Call(func=ast.Name(id="sorted"), args=[source]) as call,
                slice=ast.Slice(lower=None, upper=ast.Name() | ast.Constant() as count, step=None),
            ):
                keywords = {keyword.arg: keyword.value for keyword in call.keywords}
            case _:
                continue
        reverse = keywords.pop("reverse", None)
        backwards = isinstance(reverse, ast.Constant) and reverse.value is True
        if (reverse is not None and not backwards) or not set(keywords) <= {"key"}:
            continue
        if not function.is_builtin("sorted"):
            continue
        name, imports = function.imported("heapq", "nlargest" if backwards else "nsmallest")
        rest = "".join(f", key={function.text(value)}" for value in keywords.values())
        text = f"{name}({function.text(count)}, {function.text(source)}{rest})"
        reason = "A heap of k elements does not order the ones that are cut off."
        yield Rewrite((function.replace(node, text),), reason, imports)


@rule(
    "append-sort-to-insort",
    "append and sort in a loop -> bisect.insort",
    before="""
        def f(numbers):
            ordered = []
            medians = []
            for number in numbers:
                ordered.append(number)
                ordered.sort()
                medians.append(ordered[len(ordered) // 2])
            return medians
        """,
    after="""
        from bisect import insort


        def f(numbers):
            ordered = []
            medians = []
            for number in numbers:
                insort(ordered, number)
                medians.append(ordered[len(ordered) // 2])
            return medians
        """,
    leaves="""
        def f(numbers, ordered):
            for number in numbers:
                ordered.append(number)
                ordered.sort()
            return ordered
        """,
    calls=("[3, 1, 2, 2.0]", "[]", "[1, 'a']"),
)
def append_sort_to_insort(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        if not isinstance(node, ast.Expr):
            continue
        after = function.following(node)
        match node.value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[item]):
                pass
            case _:
                continue
        if after is None or ast.unparse(after) != f"{name}.sort()" or not function.repeats(node):
            continue
        creations = list_creations(function, name)
        if creations is None or not all(_starts_sorted(function, c.value) for c in creations):
            continue
        insort, imports = function.imported("bisect", "insort")
        text = f"{insort}({name}, {function.text(item)})"
        pieces = (function.replace_run(node, after, text),)
        yield Rewrite(
            pieces, "The list is already in order; one binary search finds the place.", imports
        )


def _starts_sorted(function: Function, value: ast.expr | None) -> bool:
    """Whether a list is created in order."""
    if isinstance(value, ast.List):
        return len(value.elts) < 2
    return value is not None and function.is_call(value, "sorted")


@rule(
    "drop-inner-copy",
    "sorted(list(x)) -> sorted(x)",
    before="""
        def f(items):
            return sorted(list(set(items)))
        """,
    after="""
        def f(items):
            return sorted(set(items))
        """,
    leaves="""
        def f(items):
            return reversed(list(set(items)))
        """,
    calls=("[3, 1, 3]", "[]", "[[]]"),
)
def sort_without_copy(function: Function) -> Iterator[Rewrite]:
    consumers = ("sorted", "sum", "set", "list", "tuple", "max", "min", "frozenset")
    for call in function.own:
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        if call.func.id not in consumers or len(call.args) != 1:
            continue
        inner = call.args[0]
        if function.is_builtin(call.func.id) and function.is_call(inner, "list", "tuple"):
            assert isinstance(inner, ast.Call)
            piece = function.replace(inner, function.text(inner.args[0]))
            yield Rewrite((piece,), "The consumer walks any iterable; the copy is not needed.")
