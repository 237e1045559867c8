"""A nest of loops that writes elements of numpy arrays, said on whole arrays."""

import ast

from perfbot.agents.rules.arrays import is_array
from perfbot.agents.rules.axes import Axis, axis_of
from perfbot.agents.rules.function import Function
from perfbot.agents.rules.vectors import NotVectorisedError, Vectors, flattened

# Computed where a test says no, these warn or fail, as the loop would not.
RISKY = ast.Div | ast.FloorDiv | ast.Mod | ast.Pow | ast.Call


class Nest:
    """A loop nest that writes elements of arrays, and what it says on whole arrays.

    `most` is how many of its loops become axes; those within them stay loops.
    """

    def __init__(self, function: Function, numpy: str, loop: ast.For, most: int) -> None:
        self.function = function
        self.outermost = loop
        written = _written(function, loop)
        self._indices = {name for text in written.values() for name in _names(text)}
        loops = [node for node in ast.walk(loop) if isinstance(node, ast.For)]
        found = [(inner, axis) for inner in loops if (axis := self._axis(inner)) is not None]
        chain = all(function.within(found[at + 1][0], found[at][0]) for at in range(len(found) - 1))
        if not found or found[0][0] is not loop or not chain:
            raise NotVectorisedError
        self._loops = {inner for inner, _ in found[:most]}
        axes = [axis for _, axis in found[:most]]
        self.vectors = Vectors(function, numpy, axes, bound(function, loop), written)
        self._of_one_turn: set[str] = set()
        """Names bound outside the axis in hand: what they hold is of one turn, not of each."""
        moving = self.vectors.local | {axis.element for axis in axes}
        if any(_names(axis.base or "0") & moving for axis in axes):
            raise NotVectorisedError

    def lines(self) -> list[str]:
        """The statements in place of the nest. Raises: NotVectorisedError."""
        found = self._block([self.outermost])
        if self.vectors.arrays_read == 0:
            raise NotVectorisedError
        return found

    def _axis(self, loop: ast.For) -> Axis | None:
        """The axis that a loop is, None for one whose turns depend on each other."""
        axis = axis_of(self.function, loop)
        return axis if axis is not None and axis.index in self._indices else None

    def _block(self, body: list[ast.stmt]) -> list[str]:
        return [line for statement in body for line in self._statement(statement)]

    def _statement(self, statement: ast.stmt) -> list[str]:
        match statement:
            case ast.For(body=body, orelse=[]) if statement in self._loops:
                return self._along(body)
            case ast.For(target=ast.Name(id=name), iter=source, body=body, orelse=[]):
                return self._in_turn(name, source, body)
            case ast.Assign(targets=[target], value=value):
                return [self._assignment(target, self.vectors.value(value))]
            case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
                before = self.vectors.value(_as_read(target))
                return [self._assignment(target, ast.BinOp(before, op, self.vectors.value(value)))]
            case ast.AugAssign(target=ast.Subscript() as target, op=op, value=value):
                place = ast.Name(self._place(target))
                return [ast.unparse(ast.AugAssign(place, op, self.vectors.value(value)))]
            case ast.If(test=test, body=[then], orelse=orelse):
                return self._either(test, then, orelse)
        raise NotVectorisedError

    def _along(self, body: list[ast.stmt]) -> list[str]:
        """A loop over elements that do not depend on each other: its body, once."""
        outside, before = self._of_one_turn, set(self.vectors.defined)
        self._of_one_turn = before
        lines = self._block(body)
        self._of_one_turn, self.vectors.defined = outside, before
        return lines

    def _in_turn(self, name: str, source: ast.expr, body: list[ast.stmt]) -> list[str]:
        """A loop that stays: its steps build on each other."""
        is_range = self.function.is_call(source, "range", args=None)
        ends = source.args if isinstance(source, ast.Call) else []
        if not is_range or not all(self.vectors.is_fixed(end) for end in ends):
            raise NotVectorisedError
        self.vectors.local = self.vectors.local - {name}
        inner = self._block(body)
        return [f"for {name} in {self.function.text(source)}:", *(f"    {line}" for line in inner)]

    def _assignment(self, target: ast.expr, value: ast.expr) -> str:
        text = ast.unparse(value)
        if isinstance(target, ast.Name):
            if target.id in self._of_one_turn:
                raise NotVectorisedError
            self.vectors.defined.add(target.id)
            is_view = isinstance(value, ast.Subscript | ast.Attribute | ast.Name)
            if is_view and self.function.names_in(value) & set(self.vectors.written):
                text = f"{text}.copy()"  # a view would change with what is written later
            return f"{target.id} = {text}"
        return f"{self._place(target)} = {text}"

    def _place(self, target: ast.expr) -> str:
        array, indices = flattened(target)
        if array is None:
            raise NotVectorisedError
        return self.vectors.place(array, indices)

    def _either(self, test: ast.expr, then: ast.stmt, orelse: list[ast.stmt]) -> list[str]:
        """One target, one of two values for each element."""
        target, yes = _target_and_value(then)
        no: ast.expr = target
        if orelse:
            other, no = _target_and_value(orelse[0])
            if len(orelse) > 1 or ast.unparse(other) != ast.unparse(target):
                raise NotVectorisedError
        risky = any(isinstance(node, RISKY) for value in (yes, no) for node in ast.walk(value))
        if risky and isinstance(target, ast.Subscript) and len(self.vectors.axes) == 1:
            return self._masked(test, target, yes, no if orelse else None)
        old = _as_read(no)
        chosen = self.vectors.choice(test, self.vectors.value(yes), self.vectors.value(old))
        return [self._assignment(target, chosen)]

    def _masked(
        self, test: ast.expr, target: ast.Subscript, yes: ast.expr, no: ast.expr | None
    ) -> list[str]:
        """Each value is computed for its own elements only."""
        mask = self.function.local("chosen", str(target.lineno))
        lines = [f"{mask} = {ast.unparse(self.vectors.condition(test))}"]
        for which, value in ((mask, yes), (f"~{mask}", no)):
            if value is not None:
                self.vectors.mask = which
                place = self._place(target).removesuffix("[:]")
                lines.append(f"{place}[{which}] = {self.vectors.text(value)}")
                self.vectors.mask = None
        return lines


def _written(function: Function, loop: ast.For) -> dict[str, str]:
    """Array that the nest writes -> its index. Raises: NotVectorisedError for two of one."""
    found: dict[str, str] = {}
    for node in ast.walk(loop):
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            array, indices = flattened(node)
            index = ", ".join(ast.unparse(item) for item in indices)
            if array is None or not is_array(function, array):
                raise NotVectorisedError
            if found.setdefault(array, index) != index:
                raise NotVectorisedError
    return found


def bound(function: Function, loop: ast.For, besides: str = "") -> set[str]:
    """The names that a nest binds. Raises: NotVectorisedError where they are used elsewhere."""
    nodes = [node for node in ast.walk(loop) if isinstance(node, ast.Name)]
    found = {node.id for node in nodes if isinstance(node.ctx, ast.Store)} - {besides}
    for name in found:
        elsewhere = any(not function.within(use, loop) for use in function.uses(name))
        if elsewhere or not function.is_plain_local(name):
            raise NotVectorisedError
    return found


def _names(text: str) -> set[str]:
    """The names in an index, slices among them, or in a number's text."""
    nodes = ast.walk(ast.parse(f"_[{text}]", mode="eval").body.slice)  # type: ignore[attr-defined]
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _target_and_value(statement: ast.stmt) -> tuple[ast.expr, ast.expr]:
    """What a statement writes, and the value that it has afterwards."""
    match statement:
        case ast.Assign(targets=[target], value=value):
            return target, value
        case ast.AugAssign(target=target, op=op, value=value):
            return target, ast.BinOp(_as_read(target), op, value)
        case ast.If(test=test, body=[then], orelse=[]):
            target, yes = _target_and_value(then)
            return target, ast.IfExp(test, yes, _as_read(target))
        case ast.If(test=test, body=[then], orelse=[other]):
            target, yes = _target_and_value(then)
            same, no = _target_and_value(other)
            if ast.unparse(same) == ast.unparse(target):
                return target, ast.IfExp(test, yes, no)
    raise NotVectorisedError


def _as_read(node: ast.expr) -> ast.expr:
    """The same expression, read."""
    return _parsed(ast.unparse(node))


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
