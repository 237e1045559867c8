"""Work that every iteration repeats, done once before the loop."""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.function import (
    READING_BUILTINS,
    READING_METHODS,
    Comprehension,
    Function,
    Loop,
)
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.source import Replacement

# Their results can be changed or used up, so they are hoisted only where they are just read.
MAKES_MUTABLE = frozenset({"list", "set", "dict", "sorted"})
# They fail on some values; a loop that never gets there must not start to fail.
MAY_RAISE = frozenset({"max", "min", "int", "float", "index"})
NOT_HOISTED = frozenset({"print", "enumerate", "zip", "reversed", "range", "isinstance", "repr"})
SLOW_BUILTINS = READING_BUILTINS - NOT_HOISTED - {"len", "abs", "chr", "ord", "round", "divmod"}


@rule(
    "hoist-invariant",
    "loop-invariant expression computed once",
    before="""
        def f(rows, weights):
            scaled = []
            for row in rows:
                if row < max(weights):
                    scaled.append(row / sum(weights))
            return scaled
        """,
    after="""
        def f(rows, weights):
            scaled = []
            max_weights = max(weights) if rows else None
            sum_weights = sum(weights)
            for row in rows:
                if row < max_weights:
                    scaled.append(row / sum_weights)
            return scaled
        """,
    leaves="""
        def f(rows, weights):
            for row in rows:
                weights.append(row / sum(weights))
            return weights
        """,
    calls=("[1, 2, 3], [4, 5]", "[1], [2]", "[], []", "[1], []"),
)
def hoist_invariant(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        name = _costly(function, node)
        if name is None or not isinstance(node, ast.expr) or not function.names_in(node):
            continue
        at = function.outermost_free(node, _values_in(node))
        if at is None or not is_only_read(function, node, name):
            continue
        guard = ""
        if name in MAY_RAISE:
            if is_conditional(function, node, at):
                continue
            guard = _runs_at_all(function, node, at)
        text = function.text(node)
        read = sorted(_values_in(node))
        stem = "_".join([name, *read[:1]])
        new = function.fresh(stem, f"{text}@{at.lineno}")
        yield Rewrite(
            (function.insert_before(at, f"{new} = {text}{guard}"), function.replace(node, new)),
            f"`{text}` is the same in every iteration.",
        )


def _values_in(node: ast.expr) -> set[str]:
    """The names an expression reads, less those it calls."""
    called = {
        n.func.id
        for n in ast.walk(node)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - called


def _costly(function: Function, node: ast.AST) -> str | None:
    """A stem for the name of an expression that is pure and not cheap, else None."""
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in SLOW_BUILTINS:
            if function.is_call(node, name, args=None) and all(
                _is_simple(function, argument) for argument in node.args
            ):
                return name
        case ast.Call(func=ast.Attribute(value=ast.Name() as value, attr=attr), keywords=[]):
            if (
                attr in READING_METHODS
                and function.kind(value) == "str"
                and all(_is_simple(function, argument) for argument in node.args)
            ):
                return attr
        case ast.Subscript(value=ast.Name(), slice=ast.Slice()) if isinstance(node.ctx, ast.Load):
            return "part" if _is_simple(function, node) else None
    return None


def is_conditional(function: Function, node: ast.expr, loop: ast.stmt) -> bool:
    """Whether an iteration may pass by an expression."""
    below: ast.AST = node
    for above in function.file.ancestors(node):
        if above is loop:
            return False
        if isinstance(above, ast.If | ast.IfExp | ast.While) and below is not above.test:
            return True
        if isinstance(above, ast.For) and below is not above.iter:
            return True
        if isinstance(above, ast.BoolOp) and below is not above.values[0]:
            return True
        if isinstance(above, ast.Try):
            return True
        below = above
    return False


def _runs_at_all(function: Function, node: ast.expr, loop: ast.stmt) -> str:
    """` if rows else None` for a loop over `rows`, so that an empty one evaluates nothing."""
    outermost = function.repeats(node)[-1]
    source: ast.expr | None = None
    if isinstance(loop, ast.For):
        source = loop.iter
    elif isinstance(outermost, Comprehension):
        source = outermost.generators[0].iter
    match source:
        case ast.Name(id=name):
            return f" if {name} else None"
        case ast.Call(args=[ast.Call(args=[ast.Name(id=name)]) as length]):
            return f" if {name} else None" if function.is_call(length, "len") else ""
    return ""


def _is_simple(function: Function, node: ast.expr) -> bool:
    """Whether an expression has no effect and depends on nothing but its names' values."""
    allowed = (
        ast.Name,
        ast.Constant,
        ast.BinOp,
        ast.UnaryOp,
        ast.Subscript,
        ast.Slice,
        ast.operator,
        ast.unaryop,
        ast.expr_context,
        ast.Compare,
        ast.cmpop,
        ast.Tuple,
        ast.Call,
    )
    for inner in ast.walk(node):
        if not isinstance(inner, allowed):
            return False
        if isinstance(inner, ast.Call) and not function.is_call(
            inner, *SLOW_BUILTINS, "len", "range", args=None
        ):
            return False
    return True


def is_only_read(function: Function, node: ast.expr, name: str) -> bool:
    """Whether a hoisted value cannot be changed by the place it is used in."""
    if name not in MAKES_MUTABLE and name != "part":
        return True
    above = function.file.parent[node]
    match above:
        case ast.Compare() | ast.For() | ast.comprehension() | ast.BinOp():
            return True
        case ast.Subscript(value=value, ctx=ast.Load()):
            return value is node
        case ast.Call(func=ast.Name(id=called)):
            return called in READING_BUILTINS and function.is_builtin(called)
    return False


@rule(
    "hoist-len",
    "len in a loop's test -> computed once",
    before="""
        def f(text: str):
            at = 0
            while at < len(text) and text[at] == " ":
                at += 1
            return at
        """,
    after="""
        def f(text: str):
            at = 0
            len_text = len(text)
            while at < len_text and text[at] == " ":
                at += 1
            return at
        """,
    leaves="""
        def f(items: list):
            at = 0
            while at < len(items):
                items.pop()
                at += 1
            return at
        """,
    calls=("'  a'", "''", "'   '"),
)
def hoist_len(function: Function) -> Iterator[Rewrite]:
    for node in function.own:
        if not function.is_call(node, "len"):
            continue
        assert isinstance(node, ast.Call)
        argument = node.args[0]
        if not isinstance(argument, ast.Name):
            continue
        at = function.outermost_free(node, [argument.id])
        if at is None:
            continue
        new = function.fresh(f"len_{argument.id}", str(at.lineno))
        line = f"{new} = len({argument.id})"
        yield Rewrite(
            (function.insert_before(at, line), function.replace(node, new)),
            "The length does not change in the loop.",
        )


@rule(
    "module-function-to-local",
    "module attribute looked up once per call",
    before="""
        import math


        def f(values):
            total = 0
            for value in values:
                total += math.floor(value) + math.floor(value / 2)
            return total
        """,
    after="""
        import math


        def f(values):
            floor = math.floor
            total = 0
            for value in values:
                total += floor(value) + floor(value / 2)
            return total
        """,
    leaves="""
        import math


        def f(value):
            return math.floor(value)
        """,
    calls=("[1.5, -2.5]", "[]", "['a']"),
)
def module_function_to_local(function: Function) -> Iterator[Rewrite]:
    found: dict[str, list[ast.Attribute]] = {}
    for node in function.own:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            meaning = function.module_of(node)
            above = function.file.parent[node]
            called = isinstance(above, ast.Call) and above.func is node
            if meaning and isinstance(node.value, ast.Name) and called and function.repeats(node):
                found.setdefault(function.text(node), []).append(node)
    for text, nodes in found.items():
        new = function.local(nodes[0].attr, text)
        first = _first_statement(function)
        pieces: list[Replacement | None] = [function.insert_before(first, f"{new} = {text}")]
        pieces += [function.replace(node, new) for node in nodes]
        yield Rewrite(tuple(pieces), f"`{text}` needs two dictionary look-ups each time.")


def _first_statement(function: Function) -> ast.stmt:
    """The first statement of the body after the docstring and declarations."""
    body = function.node.body
    at = 0
    while at < len(body) - 1 and (
        isinstance(body[at], ast.Global | ast.Nonlocal) or _is_docstring(body[at])
    ):
        at += 1
    return body[at]


def _is_docstring(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False


@rule(
    "self-attribute-to-local",
    "attribute of self read once per call",
    before="""
        def f(self, keys):
            found = []
            for key in keys:
                if key in self.rows:
                    found.append(self.rows[key])
            return found
        """,
    after="""
        def f(self, keys):
            found = []
            rows = self.rows
            for key in keys:
                if key in rows:
                    found.append(rows[key])
            return found
        """,
    leaves="""
        def f(self, keys):
            for key in keys:
                if key in self.rows:
                    self.reload(key)
        """,
    calls=("type('T', (), {'rows': {1: 2}}), [1, 2]", "type('T', (), {}), [1]"),
)
def self_attribute_to_local(function: Function) -> Iterator[Rewrite]:
    for loop in function.loops():
        if function.repeats(loop):
            continue
        inside = [n for n in ast.walk(loop) if isinstance(n, ast.Attribute)]
        owners = {n.value.id for n in inside if isinstance(n.value, ast.Name)}
        for owner in sorted(owners & {"self", "cls"} & set(function.parameters)):
            mine = [n for n in inside if isinstance(n.value, ast.Name) and n.value.id == owner]
            calls = [n for n in mine if getattr(function.file.parent[n], "func", None) is n]
            whole = [
                u
                for u in function.uses(owner)
                if function.within(u, loop) and function.file.parent[u] not in inside
            ]
            if calls or whole or owner in function.captured:
                continue
            pieces: list[Replacement | None] = []
            for attr in sorted({n.attr for n in mine}):
                reads = [n for n in mine if n.attr == attr]
                stored = any(not isinstance(n.ctx, ast.Load) for n in reads)
                if stored or not all(_runs_in_loop(function, n, loop) for n in reads):
                    continue
                if all(is_conditional(function, n, loop) for n in reads):
                    continue  # the attribute may not be there when it is not needed
                new = function.local(attr, f"{owner}.{attr}@{loop.lineno}")
                pieces.append(function.insert_before(loop, f"{new} = {owner}.{attr}"))
                pieces += [function.replace(n, new) for n in reads]
            if pieces:
                yield Rewrite(tuple(pieces), "A local is read without a dictionary look-up.")


def _runs_in_loop(function: Function, node: ast.expr, loop: Loop) -> bool:
    """Whether a node runs once per iteration, in this scope."""
    return node in function.own and loop in function.repeats(node)
