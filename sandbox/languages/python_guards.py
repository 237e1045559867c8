"""Conditions that cannot go the other way: what a Python source says of its own values.

An edit often guards against arguments that the function is documented never to get
(`if n <= 0: raise ...` where the docstring says "positive integer"), or a helper against values
that its only caller never passes. No input can run such a branch, so none should be waited for.
Only what follows from the text by these rules counts; whatever is unclear stays undecided:

- a parameter of the target is as its annotation says, and its ints are at least `least_int`;
- a loop's name over `range` is an int, at least where the range starts;
- a parameter of a helper that is only ever called has the least of what its calls pass;
- sums, products and floor divisions of these; `len` is at least 0.

A parameter counts up to the first statement that binds it anew, a loop's name only if no other
statement than such loops binds it, and a builtin only if the file binds no such name.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from perfbot.sandbox.inputs.signature import KEYWORDS, VARIADIC, Parameter

Function = ast.FunctionDef | ast.AsyncFunctionDef

TYPES = frozenset(("int", "str", "bytes", "bytearray", "bool", "list", "dict", "set", "frozenset"))
"""Annotations whose every value is an instance of the type that they name."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What is known of a parameter: its type's name, and its least value if it is an int."""

    type: str | None = None
    least: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """Conditions (how many on each line) with one way to go, and lines that cannot run."""

    conditions: Counter[int] = field(default_factory=Counter)
    dead: frozenset[int] = frozenset()


def decided(
    source: str,
    qualname: str,
    target: Mapping[str, Declared],
    usual: Mapping[tuple[int, int], bool],
) -> Decided:
    """What in the function `qualname` of `source`, and in its helpers, has one way to go.

    `target` tells of its parameters by name; helpers are the module's other plain functions.
    `usual` are conditions, by line and column, that are known to go one way.
    """
    tree = ast.parse(source)
    shadowed = frozenset(bound_in(tree))
    found = dict(functions_in(tree))
    if qualname not in found or "*" in shadowed:
        return Decided()
    views = {qualname: _View(found[qualname], dict(target), shadowed, usual)}
    for name, function in found.items():
        if name != qualname and "." not in name:
            calls = _calls(tree, name)
            views[name] = _View(function, _passed(function, calls, views, tree), shadowed, {})
    conditions: Counter[int] = Counter()
    dead: set[int] = set()
    for view in views.values():
        for test, body, orelse in _branches(view.function):
            truth = view.truth(test)
            conditions.update(view.reached(test)[0])
            for statement in body if truth is False else orelse if truth is True else ():
                dead.update(range(statement.lineno, (statement.end_lineno or 0) + 1))
    return Decided(conditions, frozenset(dead))


def declared(
    parameters: Iterable[Parameter], least: Mapping[str, int], only_ints: Iterable[str]
) -> dict[str, Declared]:
    """What annotations and the docstring's numbers (`least`) say of the target's parameters.

    `only_ints` names the parameters without an annotation that were only ever seen to be ints.
    """
    found: dict[str, Declared] = {}
    for item in parameters:
        kind = item.annotation
        if kind is None and item.name in least and item.name in set(only_ints):
            kind = "int"
        if item.kind in (VARIADIC, KEYWORDS) or item.default is not None or kind is None:
            continue
        kind = kind.strip("'\"").partition("[")[0]
        if kind in TYPES:
            found[item.name] = Declared(kind, least.get(item.name) if kind == "int" else None)
    return found


class _View:
    """A function, and what is known of its names."""

    def __init__(
        self,
        function: Function,
        parameters: Mapping[str, Declared],
        shadowed: frozenset[str],
        usual: Mapping[tuple[int, int], bool],
    ) -> None:
        self.function = function
        self.usual = usual
        self.shadowed = shadowed
        self.known = dict(parameters)
        self.until = _first_bindings(function)
        bindings = Counter(bound_in(function))
        starts: dict[str, list[ast.expr]] = {}
        for name, start in _ranges(function):
            starts.setdefault(name, []).append(start)
        for name, found in starts.items():  # outer loops first
            least = [low for start in found if (low := self.least(start)) is not None]
            if bindings[name] == len(least) and "range" not in shadowed:
                self.known[name] = Declared("int", min(least))
                del self.until[name]

    def declared(self, name: ast.Name) -> Declared:
        """What is known of a name where it is read."""
        bound_at = self.until.get(name.id, name.lineno + 1)
        return self.known.get(name.id, Declared()) if name.lineno < bound_at else Declared()

    def least(self, node: ast.expr) -> int | None:
        """The least int that `node` can be, if it is surely an int and that is known."""
        match node:
            case ast.Constant() | ast.UnaryOp():
                return _constant(node)
            case ast.Name():
                return self.declared(node).least
            case ast.Call(func=ast.Name(id="len"), args=[_], keywords=[]):
                return 0 if "len" not in self.shadowed else None
            case ast.BinOp(left=left, op=ast.Sub(), right=ast.Constant(value=value)):
                low = self.least(left)
                return low - value if low is not None and type(value) is int else None
            case ast.BinOp(left=left, op=ast.FloorDiv(), right=ast.Constant(value=value)):
                low = self.least(left)
                if low is None or type(value) is not int or value <= 0:
                    return None
                return low // value
            case ast.BinOp(left=left, op=(ast.Add() | ast.Mult()) as op, right=right):
                low, other = self.least(left), self.least(right)
                if low is None or other is None:
                    return None
                if isinstance(op, ast.Add):
                    return low + other
                return low * other if min(low, other) >= 0 else None
        return None

    def truth(self, test: ast.expr) -> bool | None:
        """Which way the condition always goes, or None."""
        if (test.lineno, test.col_offset) in self.usual and not isinstance(test, ast.BoolOp):
            return self.usual[test.lineno, test.col_offset]
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                known = self.truth(inner)
                return None if known is None else not known
            case ast.BoolOp(op=op, values=values):
                deciding = isinstance(op, ast.Or)
                truths = [self.truth(value) for value in values]
                if deciding in truths:
                    return deciding
                return None if None in truths else not deciding
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _above(self.least(left), op, _constant(right))
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name() as name, kind]):
                types = kind.elts if isinstance(kind, ast.Tuple) else [kind]
                named = {item.id for item in types if isinstance(item, ast.Name)}
                own = self.declared(name).type
                sure = own in named and not {"isinstance", own} & self.shadowed
                return True if sure else None
        return None

    def reached(self, test: ast.expr) -> tuple[list[int], bool]:
        """The lines of the conditions in `test` that go one way and are always reached, in order;
        and whether all of `test` is decided.

        One that stands behind an undecided condition may never be reached, and then says nothing.
        """
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self.reached(test.operand)
        if not isinstance(test, ast.BoolOp):
            known = self.truth(test) is not None
            return ([test.lineno] if known else []), known
        lines: list[int] = []
        for value in test.values:
            found, known = self.reached(value)
            lines += found
            if not known or self.truth(value) is isinstance(test.op, ast.Or):
                return lines, known
        return lines, True


def _constant(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=value) if type(value) is int:
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)) if type(value) is int:
            return -value
    return None


def _above(least: int | None, op: ast.cmpop, value: int | None) -> bool | None:
    """What `x op value` is for every int x that is `least` or more, if it is always the same."""
    if least is None or value is None:
        return None
    match op:
        case ast.Lt():
            return False if least >= value else None
        case ast.LtE() | ast.Eq():
            return False if least > value else None
        case ast.GtE():
            return True if least >= value else None
        case ast.Gt() | ast.NotEq():
            return True if least > value else None
    return None


def _passed(
    function: Function, calls: list[ast.Call] | None, views: Mapping[str, _View], tree: ast.Module
) -> dict[str, Declared]:
    """What is known of a helper's parameters, from the calls that views (so far) hold."""
    header = function.args
    names = [item.arg for item in (*header.posonlyargs, *header.args)]
    if not calls or function.decorator_list or header.vararg or header.kwarg or header.kwonlyargs:
        return {}
    holders = {id(node): view for view in views.values() for node in ast.walk(view.function)}
    least: dict[str, int | None] = {}
    for call in calls:
        view = holders.get(id(call))
        starred = any(isinstance(item, ast.Starred) for item in call.args)
        if view is None or call.keywords or starred or len(call.args) != len(names):
            return {}
        for name, value in zip(names, call.args, strict=True):
            low, before = view.least(value), least.get(name)
            if name in least and low is not None:
                low = None if before is None else min(low, before)
            least[name] = low
    return {name: Declared("int", low) for name, low in least.items() if low is not None}


def _calls(tree: ast.Module, name: str) -> list[ast.Call] | None:
    """Every call of the function `name`, or None if it is mentioned in another way as well."""
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]
    mentions = sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
    texts = any(isinstance(node, ast.Constant) and node.value == name for node in ast.walk(tree))
    once = Counter(bound_in(tree))[name] == 1
    return calls if once and not texts and mentions == len(calls) else None


def _ranges(function: Function) -> Iterator[tuple[str, ast.expr]]:
    """Each name that a loop binds to a `range` counting up, and where that starts."""
    for node in ast.walk(function):
        if not isinstance(node, (ast.For, ast.comprehension)):
            continue
        match node.target, node.iter:
            case ast.Name(id=name), ast.Call(func=ast.Name(id="range"), args=args, keywords=[]):
                step = args[2] if len(args) == 3 else ast.Constant(1)
                if isinstance(step, ast.Constant) and type(step.value) is int and step.value > 0:
                    start = args[0] if len(args) > 1 else ast.Constant(0)
                    if not any(isinstance(item, ast.Starred) for item in args):
                        yield name, start


def _first_bindings(function: Function) -> dict[str, int]:
    """The line of the first statement of the body that binds a name: before it, it is as passed."""
    found: dict[str, int] = {}
    for statement in function.body:
        for name in bound_in(statement):
            found.setdefault(name, statement.lineno)
    return found


def _branches(
    function: Function,
) -> Iterator[tuple[ast.expr, list[ast.stmt], list[ast.stmt]]]:
    """Each `if` and `assert` with its statements; `while` has the loop's own exits."""
    for node in ast.walk(function):
        if isinstance(node, ast.If):
            yield node.test, node.body, node.orelse
        elif isinstance(node, (ast.IfExp, ast.Assert)):
            yield node.test, [], []


def functions_in(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from functions_in(child, f"{prefix}{child.name}.")


def bound_in(node: ast.AST) -> Iterator[str]:
    """Each binding of a name anywhere in `node`, in nested scopes too."""
    for item in ast.walk(node):
        match item:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names
            case ast.alias(name=name, asname=asname):
                yield asname or name.partition(".")[0]
