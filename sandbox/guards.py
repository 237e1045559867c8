"""Guards of an edit, and the inputs that meet them.

An edit's `if not xs: return []` or `if n < 0: raise ...` seldom fires on inputs drawn at random. So
observed inputs are changed until each plain condition on one argument goes the other way. Where the
original answers such an input, it is one more input to compare. Where it answers none of them (it
crashes by accident, or recurses without end), the guard stands outside the domain.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.signature import Signature
from perfbot.sandbox.languages.python_guards import bound_in, functions_in

LIKE = 3
"""Observed inputs, smallest first, that are changed for each guard."""
MOST_LENGTH = 8
NEAR = (-11, -2, -1, 0, 1, 2, 11)
SMALL = 11
"""An original that takes too long on an int this small does so whatever the size."""
OTHERS: tuple[object, ...] = (None, 0, 7, 1.5, True, "text", b"text", [], [1], (), (1,), {}, set())
"""Values of other types, for `isinstance`."""
TYPES: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (
        int,
        float,
        complex,
        bool,
        str,
        bytes,
        bytearray,
        list,
        tuple,
        dict,
        set,
        frozenset,
    )
}


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on one parameter of the target. `place` is its line and column."""

    place: tuple[int, int]
    parameter: str
    test: ast.expr

    @property
    def of_type(self) -> bool:
        """Whether it asks for the argument's type: other types were never seen, nor meant."""
        return isinstance(self.test, ast.Call)


@dataclass(frozen=True, slots=True)
class Met:
    """An input on which a guard goes the other way. `small`: too long is then too long always."""

    arguments: Arguments
    small: bool


def guards_in(source: str, qualname: str, parameters: Iterable[str]) -> list[Guard]:
    """The plain conditions on parameters with which the function begins, before any other work.

    Further down a list may have been emptied, so that the condition says nothing of the argument.
    """
    tree = ast.parse(source)
    shadowed = frozenset(bound_in(tree))
    function = dict(functions_in(tree)).get(qualname)
    if function is None or "*" in shadowed:
        return []
    known = set(parameters)
    found: list[Guard] = []
    for test in leading_tests(function.body):
        leaves = list(leaves_of(test))
        names = [parameter_of(leaf, shadowed) for leaf in leaves]
        for leaf, name in zip(leaves, names, strict=True):
            if name is None or name.id not in known:
                return found  # it may change an argument
            found.append(Guard((leaf.lineno, leaf.col_offset), name.id, leaf))
    return found


def leading_tests(body: Sequence[ast.stmt]) -> Iterator[ast.expr]:
    """The tests of the `assert`s and `if`s at the start of a body, as long as all others leave."""
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if isinstance(statement, ast.Assert):
            yield statement.test
            continue
        branch: ast.stmt | None = statement
        while isinstance(branch, ast.If):
            yield branch.test
            if not isinstance(branch.body[-1], (ast.Return, ast.Raise)):
                return
            rest = branch.orelse
            branch = rest[0] if len(rest) == 1 else None
            if rest and not isinstance(branch, ast.If):
                return
        if branch is not None:
            return


def leaves_of(test: ast.expr) -> Iterator[ast.expr]:
    """The single conditions of a test."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from leaves_of(test.operand)
    elif isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from leaves_of(value)
    else:
        yield test


def usual_way(guard: Guard, bound: Sequence[Mapping[str, Any]]) -> bool | None:
    """Which way the guard goes on every observed input, or None where it goes both or unknown."""
    ways = {
        truth(guard.test, values[guard.parameter]) for values in bound if guard.parameter in values
    }
    return ways.pop() if len(ways) == 1 else None


def never_met(guard: Guard, usual: bool, bound: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the guard goes its usual way on all these inputs."""
    name = guard.parameter
    return all(truth(guard.test, values[name]) is usual for values in bound if name in values)


def inputs_that_meet(
    guard: Guard, usual: bool, signature: Signature, bound: Sequence[Mapping[str, Any]]
) -> Iterator[Met]:
    """Observed inputs with the guarded argument replaced by values that turn the guard."""
    seen = set()
    for values in bound[:LIKE]:
        if guard.parameter not in values:
            continue
        for value in replacements(guard, values[guard.parameter]):
            if truth(guard.test, value) is (not usual):
                made = {name: fresh(item) for name, item in values.items()}
                arguments = signature.call(made | {guard.parameter: fresh(value)})
                if repr(arguments) not in seen:
                    seen.add(repr(arguments))
                    yield Met(arguments, not isinstance(value, int) or abs(value) <= SMALL)


def replacements(guard: Guard, value: Any) -> Iterator[object]:
    """Values like `value` on either side of the guard."""
    if guard.of_type:
        yield from OTHERS
        return
    yield None
    numbers = [item.value for item in ast.walk(guard.test) if isinstance(item, ast.Constant)]
    steps = [number + step for number in numbers if type(number) is int for step in NEAR]
    if type(value) in (int, float):
        yield from (type(value)(number) for number in [*steps, 0])
    elif isinstance(value, (str, bytes, list, tuple)):
        yield from (value[:length] for length in range(MOST_LENGTH))
    elif isinstance(value, (dict, set, frozenset)):
        yield type(value)()


def truth(test: ast.expr, value: Any) -> bool | None:
    """What the condition is for one value of its parameter; None where it cannot be said."""
    match test:
        case ast.Name():
            plain = (type(None), int, float, str, bytes, list, tuple, dict, set, frozenset)
            return bool(value) if type(value) in (bool, *plain) else None
        case ast.Compare(left=ast.Name(), ops=[op], comparators=[ast.Constant(value=constant)]):
            return _compared(op, value, constant)
        case ast.Compare(left=ast.Call(), ops=[op], comparators=[ast.Constant(value=constant)]):
            sized = isinstance(value, (str, bytes, list, tuple, dict, set, frozenset))
            return _compared(op, len(value), constant) if sized else None
        case ast.Call(args=[_, kind]):
            names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
            types = tuple(TYPES[name.id] for name in names if isinstance(name, ast.Name))
            return isinstance(value, types)
    return None


def _compared(op: ast.cmpop, value: object, constant: object) -> bool | None:
    if isinstance(op, (ast.Is, ast.IsNot)):
        return (value is constant) is isinstance(op, ast.Is)
    if isinstance(op, (ast.Eq, ast.NotEq)):
        return (value == constant) is isinstance(op, ast.Eq)
    if type(constant) is not int or type(value) not in (int, float):
        return None
    number: Any = value
    ordered = {
        ast.Lt: number < constant,
        ast.LtE: number <= constant,
        ast.Gt: number > constant,
        ast.GtE: number >= constant,
    }
    return ordered.get(type(op))


def parameter_of(test: ast.expr, shadowed: frozenset[str]) -> ast.Name | None:
    """The name that a condition is about, if it is one of the plain forms that `truth` knows."""
    match test:
        case ast.Name():
            return test
        case ast.Compare(
            left=ast.Name() as name, ops=[_], comparators=[ast.Constant(value=None | int() | str())]
        ):
            return name
        case ast.Compare(
            left=ast.Call(func=ast.Name(id="len"), args=[ast.Name() as name], keywords=[]),
            ops=[_],
            comparators=[ast.Constant(value=int())],
        ) if "len" not in shadowed:
            return name
        case ast.Call(
            func=ast.Name(id="isinstance"), args=[ast.Name() as name, kind], keywords=[]
        ) if "isinstance" not in shadowed:
            names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
            known = all(
                isinstance(item, ast.Name) and item.id in TYPES and item.id not in shadowed
                for item in names
            )
            return name if known else None
    return None
