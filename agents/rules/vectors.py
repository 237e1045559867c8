"""Expressions on the elements of arrays, written as expressions on whole arrays."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfbot.agents.rules.arrays import is_array, maker
from perfbot.agents.rules.axes import Axis, offset_of
from perfbot.agents.rules.function import Function

# Functions of numpy that work element by element.
# fmt: off
UFUNCS = frozenset({
    "abs", "absolute", "arctan2", "ceil", "cos", "cosh", "exp", "fabs", "floor", "fmax", "fmin",
    "fmod", "hypot", "log", "log10", "log1p", "log2", "logical_and", "logical_not", "logical_or",
    "maximum", "minimum", "mod", "power", "sign", "sin", "sinh", "sqrt", "square", "tan", "tanh",
})
# fmt: on
# Functions of `math` that numpy has under the same name.
OF_MATH = frozenset({"sqrt", "fabs", "exp", "log", "sin", "cos", "tan", "hypot", "floor", "ceil"})
OPERATORS = ast.Add | ast.Sub | ast.Mult | ast.Div | ast.FloorDiv | ast.Mod | ast.Pow
COMPARISONS = ast.Lt | ast.LtE | ast.Gt | ast.GtE | ast.Eq | ast.NotEq
MOST_AXES = 2


class NotVectorisedError(Exception):
    """An expression or statement has no counterpart on whole arrays that is known here."""


@dataclass(slots=True)
class Vectors:
    """Says expressions of a nest of loops on all their elements at once, row after row."""

    function: Function
    numpy: str
    axes: list[Axis]
    local: set[str]
    """Names that the nest binds."""
    written: Mapping[str, str]
    """Array that the nest writes -> the one index at which it does."""
    defined: set[str] = field(default_factory=set)
    """Of `local` those that are bound by now."""
    arrays_read: int = 0
    used: set[int] = field(default_factory=set)
    """Axes that what was said so far depends on."""
    mask: str | None = None
    """Where it is given, only the elements at which it is true are meant; of one axis."""

    def text(self, node: ast.expr) -> str:
        """An expression on whole arrays. Raises: NotVectorisedError."""
        return ast.unparse(self.value(node))

    def value(self, node: ast.expr) -> ast.expr:
        """The same as a tree."""
        if self.is_fixed(node):
            return node
        match node:
            case ast.Name(id=name):
                return self._name(name)
            case ast.Subscript():
                return self._element(node)
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, OPERATORS):
                return ast.BinOp(self.value(left), op, self.value(right))
            case ast.UnaryOp(op=ast.USub() as op, operand=operand):
                return ast.UnaryOp(op, self.value(operand))
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                return self.condition(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.choice(test, self.value(body), self.value(orelse))
            case ast.Call(args=args, keywords=[]):
                name = self._ufunc(node)
                return _parsed(f"{name}({', '.join(self.text(item) for item in args)})")
        raise NotVectorisedError

    def condition(self, node: ast.expr) -> ast.expr:
        """A test of each element, as an array of truth values."""
        match node:
            case ast.Compare(left=left, ops=ops, comparators=rest) if all(
                isinstance(op, COMPARISONS) for op in ops
            ):
                sides = [self.value(side) for side in (left, *rest)]
                tests: list[ast.expr] = [
                    ast.Compare(sides[at], [op], [sides[at + 1]]) for at, op in enumerate(ops)
                ]
                return _joined(ast.BitAnd(), tests)
            case ast.BoolOp(op=op, values=values):
                bit = ast.BitAnd() if isinstance(op, ast.And) else ast.BitOr()
                return _joined(bit, [self.condition(item) for item in values])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return ast.UnaryOp(ast.Invert(), self.condition(operand))
        raise NotVectorisedError

    def choice(self, test: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
        """`np.where`; `yes` and `no` are on whole arrays already."""
        parts = [ast.unparse(item) for item in (self.condition(test), yes, no)]
        return _parsed(f"{self.numpy}.where({', '.join(parts)})")

    def place(self, array: str, indices: Sequence[ast.expr]) -> str:
        """The part of an array that the nest writes. Raises: NotVectorisedError."""
        parts, order = self._parts(array, indices)
        if order != list(range(len(self.axes))):
            raise NotVectorisedError
        return f"{array}[{':' if set(parts) == {':'} else ', '.join(parts)}]"

    def _name(self, name: str) -> ast.expr:
        for at, axis in enumerate(self.axes):
            if name == axis.index:
                self.used.add(at)
                start = f"{axis.low}, " if axis.low else ""
                rows = "[:, None]" if at < len(self.axes) - 1 else ""
                return self._picked(f"{self.numpy}.arange({start}{axis.end()}){rows}")
            if name == axis.element:
                return self._row(at, [])
        if name not in self.defined or self.mask is not None:
            raise NotVectorisedError
        return ast.Name(name, ast.Load())

    def _element(self, node: ast.Subscript) -> ast.expr:
        array, indices = flattened(node)
        for at, axis in enumerate(self.axes):
            if array is not None and array == axis.element:
                return self._row(at, indices)
        if array is None:
            raise NotVectorisedError
        return self._access(array, indices)

    def _row(self, at: int, indices: Sequence[ast.expr]) -> ast.expr:
        """What a loop over an array's elements calls one, or a part of it."""
        array = self.axes[at].array
        if array is None or array in self.written:
            raise NotVectorisedError
        return self._access(array, [ast.Name("", ast.Load()), *indices], at)

    def _access(
        self, array: str, indices: Sequence[ast.expr], element_of: int | None = None
    ) -> ast.expr:
        """Elements of an array; the first index is the axis `element_of` where that is given."""
        read_at = ", ".join(ast.unparse(index) for index in indices)
        if array in self.local or (array in self.written and self.written[array] != read_at):
            raise NotVectorisedError
        self.arrays_read += 1
        name = array
        if not is_array(self.function, array):
            name = f"{self.numpy}.asarray({array})"
        parts, order = self._parts(array, indices, element_of)
        turned = ".T" if order == [1, 0] else ""
        if order == [0] and len(self.axes) == MOST_AXES:
            parts.append("None")
        chosen = "" if set(parts) == {":"} else f"[{', '.join(parts)}]"
        return self._picked(f"{name}{chosen}{turned}")

    def _parts(
        self, array: str, indices: Sequence[ast.expr], element_of: int | None = None
    ) -> tuple[list[str], list[int]]:
        """Each dimension's slice or fixed index, and which axes they go through."""
        parts, order = [], []
        for dimension, index in enumerate(indices):
            found = offset_of(self.axes, index)
            if dimension == 0 and element_of is not None:
                found = element_of, 0
            if found is not None:
                at, offset = found
                part = self.axes[at].part(self.function, array, dimension, offset)
                if part is None or at in order:
                    raise NotVectorisedError
                parts.append(part)
                order.append(at)
                self.used.add(at)
            elif self.is_fixed(index):
                parts.append(ast.unparse(index))
            else:
                raise NotVectorisedError
        if not order:
            raise NotVectorisedError
        return parts, order

    def _picked(self, text: str) -> ast.expr:
        return _parsed(text if self.mask is None else f"{text}[{self.mask}]")

    def is_fixed(self, node: ast.expr) -> bool:
        """Whether an expression is the same for all elements, and no array of its own."""
        moving = {axis.index for axis in self.axes} | {axis.element for axis in self.axes}
        names = self.function.names_in(node)
        if names & (moving | self.local | set(self.written)):
            return False
        calls = [item for item in ast.walk(node) if isinstance(item, ast.Call)]
        known = all(self.function.is_call(call, "len", "abs", "float", "int") for call in calls)
        is_row = isinstance(node, ast.Name) and is_array(self.function, node.id)
        slices = any(isinstance(item, ast.Slice) for item in ast.walk(node))
        return known and not is_row and not slices

    def _ufunc(self, call: ast.Call) -> str:
        """How numpy says on arrays what a call does to numbers."""
        name = maker(self.function, call)
        if name in UFUNCS:
            return ast.unparse(call.func)
        module, _, attribute = (self.function.module_of(call.func) or "").partition(":")
        if module == "math" and attribute in OF_MATH:
            return f"{self.numpy}.{attribute}"
        if self.function.is_call(call, "abs"):
            return f"{self.numpy}.abs"
        for builtin, ufunc in (("max", "maximum"), ("min", "minimum")):
            if self.function.is_call(call, builtin, args=2):
                return f"{self.numpy}.{ufunc}"
        raise NotVectorisedError


def flattened(node: ast.expr) -> tuple[str | None, list[ast.expr]]:
    """The name and all indices of `a[i]`, `a[i, j]` and `a[i][j]`; no name of anything else."""
    match node:
        case ast.Name(id=name):
            return name, []
        case ast.Subscript(value=value, slice=index):
            name_of, before = flattened(value)
            return name_of, [*before, *(index.elts if isinstance(index, ast.Tuple) else [index])]
    return None, []


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _joined(op: ast.operator, tests: list[ast.expr]) -> ast.expr:
    found = tests[0]
    for test in tests[1:]:
        found = ast.BinOp(found, op, test)
    return found
