"""Lists used as queues, built from the front, or copied to grow by one."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import Function
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.source import Replacement

SHARED_METHODS = frozenset({"append", "extend", "clear", "count", "remove", "reverse"})


def list_creations(function: Function, name: str) -> list[ast.Assign | ast.AnnAssign] | None:
    """The statements that bind a local to a new list, or None if anything else binds it."""
    if name in function.parameters or not function.is_plain_local(name):
        return None
    found: list[ast.Assign | ast.AnnAssign] = []
    for store in function.stores(name):
        above = function.file.parent[store]
        match above:
            case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name(), simple=1):
                value = above.value
                fresh = isinstance(value, ast.List | ast.ListComp | ast.BinOp) or function.is_call(
                    value, "list", "sorted", args=None
                )
                if value is None or not fresh or function.kind(value) != "list":
                    return None
                found.append(above)
            case _:
                return None
    return found or None


@rule(
    "queue-to-deque",
    "list.pop(0) -> deque.popleft",
    before="""
        def f(graph, start):
            order = []
            queue = [start]
            while queue:
                node = queue.pop(0)
                order.append(node)
                for other in graph.get(node, ()):
                    queue.append(other)
            return order
        """,
    after="""
        from collections import deque


        def f(graph, start):
            order = []
            queue = deque([start])
            while queue:
                node = queue.popleft()
                order.append(node)
                for other in graph.get(node, ()):
                    queue.append(other)
            return order
        """,
    leaves="""
        def f(graph, start, visit):
            queue = [start]
            while queue:
                node = queue.pop(0)
                visit(queue, node)
        """,
    calls=("{1: [2, 3], 2: [4]}, 1", "{}, 0"),
)
def queue_to_deque(function: Function) -> Iterator[Rewrite]:
    for name in sorted(function.locals):
        creations = list_creations(function, name)
        if creations is None:
            continue
        deque, imports = function.imported("collections", "deque")
        pieces: list[Replacement | None] = []
        for creation in creations:
            if isinstance(creation, ast.AnnAssign):
                pieces.append(function.replace(creation.annotation, deque))
            value = creation.value
            assert value is not None
            empty = isinstance(value, ast.List) and not value.elts
            inner = "" if empty else function.text(value)
            pieces.append(function.replace(value, f"{deque}({inner})"))
        popped = False
        for use in function.uses(name):
            if isinstance(use.ctx, ast.Store):
                continue
            change = _as_deque(function, use)
            if change is None:
                break
            pieces += change
            call = function.file.parent[function.file.parent[use]]
            popped |= bool(change) and bool(function.repeats(call))
        else:
            if popped:
                reason = f"`{name}.pop(0)` moves every element; a deque pops from the left at once."
                yield Rewrite(tuple(pieces), reason, imports)


def _as_deque(function: Function, use: ast.Name) -> list[Replacement | None] | None:
    """What must change at one use of a list that becomes a deque; None if it cannot be one."""
    above = function.file.parent[use]
    call = function.file.parent[above]
    match above, call:
        case ast.Attribute(attr="pop"), ast.Call(args=[ast.Constant(value=0)]):
            return [function.replace(call, f"{use.id}.popleft()")]
        case ast.Attribute(attr="pop"), ast.Call(args=[]):
            return []
        case ast.Attribute(attr="insert"), ast.Call(args=[ast.Constant(value=0), item]):
            return [function.replace(call, f"{use.id}.appendleft({function.text(item)})")]
        case ast.Attribute(attr=attr), ast.Call() if attr in SHARED_METHODS:
            return []
        case ast.Subscript(slice=ast.Constant() | ast.UnaryOp() | ast.Name()), _:
            return [] if above.value is use else None
        case ast.Call(func=ast.Name(id=called)), _:
            return [] if called in ("len", "list", "set", "sorted", "tuple", "bool") else None
        case ast.While() | ast.If() | ast.BoolOp() | ast.UnaryOp() | ast.For(), _:
            return []
        case ast.comprehension(), _:
            return []
        case ast.Compare(ops=[ast.In() | ast.NotIn()]), _:
            return []
        case ast.Return(), _:
            return [function.replace(use, f"list({use.id})")]
    return None


@rule(
    "insert-front-to-reverse",
    "insert(0, x) in a loop -> append, then reverse",
    before="""
        def f(number):
            digits = []
            while number:
                digits.insert(0, number % 10)
                number //= 10
            return digits
        """,
    after="""
        def f(number):
            digits = []
            while number:
                digits.append(number % 10)
                number //= 10
            digits.reverse()
            return digits
        """,
    leaves="""
        def f(number):
            digits = []
            while number:
                digits.insert(0, number % 10)
                number = number // 10 - digits[0]
            return digits
        """,
    calls=("1230", "0"),
)
def insert_front_to_reverse(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        if function.repeats(loop) or function.file.parent[loop] is not function.node:
            continue
        for name in sorted(function.locals):
            creations = list_creations(function, name)
            inside = [use for use in function.uses(name) if function.within(use, loop)]
            if creations is None or len(creations) != 1 or not inside:
                continue
            creation = creations[0]
            before = [u for u in function.uses(name) if u.lineno < loop.lineno]
            if not isinstance(creation.value, ast.List) or creation.value.elts or len(before) != 1:
                continue
            pieces: list[Replacement | None] = []
            for use in inside:
                call = function.file.parent[function.file.parent[use]]
                match call:
                    case ast.Call(
                        func=ast.Attribute(attr="insert"), args=[ast.Constant(value=0), item]
                    ):
                        pieces.append(
                            function.replace(call, f"{name}.append({function.text(item)})")
                        )
                    case _:
                        break
            else:
                pieces.append(function.insert_after(loop, f"{name}.reverse()"))
                reason = "Inserting at the front moves every element, each time."
                yield Rewrite(tuple(pieces), reason)


@rule(
    "concatenate-to-append",
    "list grown by concatenation -> append",
    before="""
        def f(items):
            found = []
            for item in items:
                if item:
                    found = found + [item]
            return found
        """,
    after="""
        def f(items):
            found = []
            for item in items:
                if item:
                    found.append(item)
            return found
        """,
    leaves="""
        def f(items, found):
            for item in items:
                found = found + [item]
            return found
        """,
    calls=("[1, 0, 2]", "[]"),
)
def concatenate_to_append(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.BinOp(left=ast.Name(id=left), op=ast.Add(), right=ast.List(elts=[item])),
            ) if left == name:
                pass
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=ast.List(elts=[item])):
                pass
            case _:
                continue
        if not function.repeats(node) or isinstance(item, ast.Starred):
            continue
        if name in function.names_in(item) or not _private_list(function, name):
            continue
        yield Rewrite(
            (function.replace(node, f"{name}.append({function.text(item)})"),),
            "Concatenation copies the whole list for each new element.",
        )


def _private_list(function: Function, name: str) -> bool:
    """Whether a name only ever holds a list that this call made and keeps to itself."""
    if name in function.parameters or function.kind(ast.Name(name, ast.Load())) != "list":
        return False
    if not function.is_plain_local(name):
        return False
    for use in function.uses(name):
        above = function.file.parent[use]
        match above:
            case ast.Assign(value=ast.List() | ast.ListComp() | ast.BinOp()) | ast.AugAssign():
                continue
            case ast.BinOp() | ast.Return() | ast.Attribute():
                continue
        if not function.is_read(use):
            return False
    return True
