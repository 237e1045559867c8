"""The value of a small expression of one name, or a small function, worked out from its text."""

import ast
import operator
from collections.abc import Sequence

OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


class Unknown(Exception):
    """The text does not tell the value."""


def value_of(node: ast.expr, name: str, value: object) -> object:
    """The value of an expression where `name` has a value: an int, a text or a list.

    Raises: Unknown for any other name, for calls other than `len(name)`, and for what raises.
    """
    try:
        return _value(node, name, value)
    except (TypeError, IndexError) as error:
        raise Unknown from error


def _value(node: ast.expr, name: str, value: object) -> object:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name() if node.id == name:
            return value
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, name, value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return -number
        case ast.Tuple(elts=elts) | ast.Set(elts=elts):
            return tuple(_value(item, name, value) for item in elts)
        case ast.List(elts=elts):
            return [_value(item, name, value) for item in elts]
        case ast.BoolOp(op=op, values=values):
            found = _value(values[0], name, value)
            for item in values[1:]:
                if bool(found) == isinstance(op, ast.Or):
                    return found
                found = _value(item, name, value)
            return found
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            return OPERATIONS[type(op)](_value(left, name, value), _value(right, name, value))
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return _compared(left, ops, comparators, name, value)
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=given)]) if given == name:
            return len(value)  # type: ignore[arg-type]
    raise Unknown


def _compared(
    left: ast.expr, ops: list[ast.cmpop], comparators: list[ast.expr], name: str, value: object
) -> bool:
    """The truth of a chain of comparisons."""
    first = _value(left, name, value)
    for op, comparator in zip(ops, comparators, strict=True):
        second = _value(comparator, name, value)
        if isinstance(op, ast.In | ast.NotIn):
            held = (first in second) == isinstance(op, ast.In)  # type: ignore[operator]
        else:
            held = bool(OPERATIONS[type(op)](first, second))
        if not held:
            return False
        first = second
    return True


def answer_of(
    block: Sequence[ast.stmt], name: str, value: object
) -> tuple[ast.expr | None, ast.Return | None] | None:
    """What a block returns where `name` has a value, and where; (None, None) if it raises.

    None where the text does not tell. A test of something else is taken to be false: it
    answers at once or never, since only `name` changes.
    """
    for node in block:
        match node:
            case ast.Return(value=ast.IfExp(test=test, body=body, orelse=orelse) as choice):
                try:
                    return (body if value_of(test, name, value) else orelse), node
                except Unknown:
                    return choice, node
            case ast.Return(value=ast.expr() as answer):
                return answer, node
            case ast.Raise():
                return None, None
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.If(test=test, body=body, orelse=orelse):
                mentioned = any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(test))
                try:
                    taken = body if value_of(test, name, value) else orelse
                except Unknown:
                    if mentioned and not isinstance(body[-1], ast.Raise):
                        return None
                    taken = orelse
                found = answer_of(taken, name, value) if taken else None
                if found is not None:
                    return found
                if taken:
                    return None
            case _:
                return None
    return None
