"""What a nest of loops computes of an element again and again, computed once for each element."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function, Loop
from perfbot.agents.rules.hoisting import is_only_read
from perfbot.agents.rules.rule import Rewrite, rule

# Pure, and dear on a long element.
OF_ELEMENT = ("sorted", "set", "frozenset", "sum", "min", "max", "tuple", "str", "int", "float")


@rule(
    "element-table",
    "value of an element computed in inner loops -> table made once",
    before="""
        def f(words):
            found = []
            for i in range(len(words)):
                for j in range(i + 1, len(words)):
                    if sorted(words[i]) == sorted(words[j]):
                        found.append((words[i], words[j]))
            return found
        """,
    after="""
        def f(words):
            found = []
            sorted_words = [sorted(item) for item in words]
            for i in range(len(words)):
                for j in range(i + 1, len(words)):
                    if sorted_words[i] == sorted_words[j]:
                        found.append((words[i], words[j]))
            return found
        """,
    leaves="""
        def f(words):
            for i in range(len(words)):
                for j in range(i + 1, len(words)):
                    if sorted(words[i]) == sorted(words[j]):
                        words[j] = words[i]
            return words
        """,
    calls=("['ab', 'ba', 'c']", "[]", "[(1, 2), (2, 1)]"),
)
def element_table(function: Function) -> Iterator[Rewrite]:
    found: dict[tuple[str, str, ast.stmt], list[ast.Call]] = {}
    for call in function.own:
        if not isinstance(call, ast.Call) or not function.is_call(call, *OF_ELEMENT):
            continue
        match call:
            case ast.Call(
                func=ast.Name(id=builtin),
                args=[ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=index))],
            ) if _in_inner_loop(function, call, index) and is_only_read(function, call, builtin):
                loop = function.outermost_free(call, [name])
                if loop is not None:
                    found.setdefault((builtin, name, loop), []).append(call)
    for (builtin, name, loop), calls in found.items():
        table = function.fresh(f"{builtin}_{name}", str(loop.lineno))
        item = function.local("item", str(loop.lineno))
        yield Rewrite(
            (
                function.insert_before(loop, f"{table} = [{builtin}({item}) for {item} in {name}]"),
                *(
                    function.replace(call, f"{table}[{function.text(call.args[0].slice)}]")  # type: ignore[attr-defined]
                    for call in calls
                ),
            ),
            f"`{builtin}` of an element is the same each time the loops come to it.",
        )


def _in_inner_loop(function: Function, call: ast.Call, index: str) -> bool:
    """Whether an index comes from a loop over numbers, and another loop goes around that one."""
    loops = [loop for loop in function.repeats(call) if isinstance(loop, Loop)]
    ranges = [
        at
        for at, loop in enumerate(loops)
        if isinstance(loop, ast.For)
        and isinstance(loop.target, ast.Name)
        and loop.target.id == index
        and function.is_call(loop.iter, "range", args=None)
    ]
    return bool(ranges) and len(loops) > 1
