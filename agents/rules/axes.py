"""The loops over an array's elements, and what part of an array they go through."""

import ast
from dataclasses import dataclass

from perfbot.agents.rules.arrays import is_array, lengths
from perfbot.agents.rules.function import Function


@dataclass(frozen=True, slots=True)
class Axis:
    """`for index in range(low, base + shift)`, or a loop over the elements of an array."""

    index: str | None
    low: int
    base: str
    """The end's text without a number that is added to it; empty where the end is a number."""
    shift: int
    element: str | None = None
    array: str | None = None
    """`element` is the loop's name for the elements of `array`."""

    def end(self, offset: int = 0) -> str:
        """The text of where the loop ends, `offset` further on."""
        shift = self.shift + offset
        if not self.base:
            return str(shift)
        return f"{self.base} {'+' if shift > 0 else '-'} {abs(shift)}" if shift else self.base

    def part(self, function: Function, array: str, dimension: int, offset: int) -> str | None:
        """The slice of an array's dimension that `array[index + offset]` goes through.

        None where it would begin before the array does, which means its end to Python.
        """
        low, shift = self.low + offset, self.shift + offset
        if low < 0 or (not self.base and shift < 0):
            return None
        start = str(low) if low else ""
        if self.base and self.base in lengths(function, array, dimension):
            return f"{start}:{shift or ''}" if shift <= 0 else None
        return f"{start}:{self.end(offset)}"


def axis_of(function: Function, loop: ast.For) -> Axis | None:
    """What a loop goes through, None where it is neither a range from a number nor an array."""
    match loop:
        case ast.For(target=ast.Name(id=index), iter=ast.Call(args=[*arguments]) as source) if (
            function.is_call(source, "range", args=len(arguments))
        ):
            return _of_range(index, arguments)
        case ast.For(target=ast.Name(id=element), iter=ast.Name(id=array)):
            index_name = None
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=index), ast.Name(id=element)]),
            iter=ast.Call(args=[ast.Name(id=array)]) as source,
        ) if function.is_call(source, "enumerate"):
            index_name = index
        case _:
            return None
    if not is_array(function, array):
        return None
    return Axis(index_name, 0, f"len({array})", 0, element, array)


def _of_range(index: str, arguments: list[ast.expr]) -> Axis | None:
    match arguments:
        case [end]:
            low = 0
        case [ast.Constant(value=int(low)), end] if low >= 0:
            pass
        case _:
            return None
    match end:
        case ast.Constant(value=int(number)):
            return Axis(index, low, "", number)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=ast.Constant(value=int(n))):
            return Axis(index, low, ast.unparse(left), n if isinstance(op, ast.Add) else -n)
    return Axis(index, low, ast.unparse(end), 0)


def offset_of(axes: list[Axis], node: ast.expr) -> tuple[int, int] | None:
    """(axis, offset) of an index that is a loop's variable, or a number added to it."""
    match node:
        case ast.Name(id=name):
            number = 0
        case ast.BinOp(
            left=ast.Name(id=name), op=ast.Add() | ast.Sub() as op, right=ast.Constant(value=int(n))
        ):
            number = n if isinstance(op, ast.Add) else -n
        case _:
            return None
    names = [axis.index for axis in axes]
    return (names.index(name), number) if name in names else None
