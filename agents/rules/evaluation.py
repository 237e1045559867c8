"""The value of a small expression of one name, worked out from its text."""

import ast
import operator

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
