"""Loops that count or add up elements of numpy arrays."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from perfbot.agents.rules.arrays import is_array, numpy_name
from perfbot.agents.rules.axes import axis_of
from perfbot.agents.rules.function import Function
from perfbot.agents.rules.nest import bound
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.vectors import MOST_AXES, NotVectorisedError, Vectors

# What gives the same of an array's elements, as a method of it.
METHODS = {"max": "{}.max()", "min": "{}.min()", "sum": "{}.sum()", "any": "bool({}.any())",
           "all": "bool({}.all())"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Total:
    """A loop that adds `value` to a name for the elements that pass `test`."""

    name: str
    value: ast.expr
    test: ast.expr | None
    vectors: Vectors

    def on_all(self, node: ast.expr) -> ast.expr:
        """A test or value on whole arrays. Raises: NotVectorisedError where it is no full one."""
        self.vectors.used.clear()
        found = self.vectors.value(node)
        if self.vectors.used != set(range(len(self.vectors.axes))):
            raise NotVectorisedError
        return found

    def chosen(self) -> str:
        """The values that are added, as an array."""
        if self.test is None:
            return ast.unparse(self.on_all(self.value))
        test = self.on_all(self.test)
        if len(self.vectors.axes) == 1:
            self.vectors.mask = ast.unparse(test)  # nothing is computed where the test says no
            try:
                return ast.unparse(self.on_all(self.value))
            finally:
                self.vectors.mask = None
        return ast.unparse(ast.Subscript(self.on_all(self.value), test))


def totals(function: Function) -> Iterator[tuple[ast.For, _Total]]:
    """The loops over elements of arrays that only add to one name, with what they add."""
    numpy = numpy_name(function)
    for loop in function.loops():
        if numpy is None or not isinstance(loop, ast.For):
            continue
        axes = []
        inner: ast.stmt = loop
        while isinstance(inner, ast.For) and len(inner.body) == 1 and not inner.orelse:
            axes.append(axis_of(function, inner))
            inner = inner.body[0]
        test = None
        if isinstance(inner, ast.If) and len(inner.body) == 1 and not inner.orelse:
            test, inner = inner.test, inner.body[0]
        found = [axis for axis in axes if axis is not None]
        if len(found) != len(axes) or not 1 <= len(axes) <= MOST_AXES:
            continue
        match inner:
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                pass
            case _:
                continue
        try:
            local = bound(function, loop, name)
        except NotVectorisedError:
            continue
        moving = {word for axis in found for word in (axis.index, axis.element) if word}
        ends = {word for axis in found for word in function.names_in(ast.parse(axis.base or "0"))}
        if not ends & moving and function.is_plain_local(name):
            vectors = Vectors(function, numpy, found, local, {name: ""})
            yield loop, _Total(name, value, test, vectors)


@rule(
    "numpy-loop-to-count",
    "counting loop over an array -> count_nonzero",
    before="""
        import numpy as np


        def f(values: np.ndarray, low):
            count = 0
            for value in values:
                if low < value and value != 3:
                    count += 1
            return count
        """,
    after="""
        import numpy as np


        def f(values: np.ndarray, low):
            count = 0
            count += int(np.count_nonzero((low < values) & (values != 3)))
            return count
        """,
    leaves="""
        import numpy as np


        def f(values: np.ndarray, low):
            count = 0
            for value in values:
                if value > count:
                    count += 1
            return count
        """,
    calls=("np.arange(6), 1", "np.array([]), 0", "np.array([np.nan, 1.5, 3.0]), 1.0"),
)
def numpy_loop_to_count(function: Function) -> Iterator[Rewrite]:
    for loop, total in totals(function):
        match total.value, total.test:
            case ast.Constant(value=int(step)), ast.expr() as test if step > 0:
                pass
            case _:
                continue
        try:
            where = ast.unparse(total.on_all(test))
        except NotVectorisedError:
            continue
        times = "" if step == 1 else f"{step} * "
        text = f"{total.name} += {times}int({total.vectors.numpy}.count_nonzero({where}))"
        yield Rewrite((function.replace(loop, text),), "numpy compares in compiled code.")


@rule(
    "numpy-loop-to-sum",
    "summing loop over arrays -> cumsum, which adds in the same order",
    before="""
        import numpy as np


        def f(xs: np.ndarray, ys: np.ndarray):
            total = 0.0
            for i in range(len(xs)):
                total += xs[i] * ys[i]
            return total
        """,
    after="""
        import numpy as np


        def f(xs: np.ndarray, ys: np.ndarray):
            total = 0.0
            added = xs * ys[:len(xs)]
            if added.size:
                total = np.cumsum(np.append(total, added))[-1]
            return total
        """,
    leaves="""
        import numpy as np


        def f(xs: np.ndarray):
            total = 0.0
            for i in range(len(xs)):
                total += xs[i] * total
            return total
        """,
    calls=("np.arange(5) / 3, np.arange(5) - 1.0", "np.array([]), np.array([])"),
)
def numpy_loop_to_sum(function: Function) -> Iterator[Rewrite]:
    for loop, total in totals(function):
        if isinstance(total.value, ast.Constant):
            continue
        try:
            values = total.chosen()
        except NotVectorisedError:
            continue
        name, numpy = total.name, total.vectors.numpy
        added = function.local("added", str(loop.lineno))
        # Pairwise sums round otherwise than the loop, running ones as it does.
        exact = f"{name} = {numpy}.cumsum({numpy}.append({name}, {added}))[-1]"
        for step in (f"{name} += {numpy}.sum({added})", exact):
            # The sum of nothing would turn the number that it is added to into numpy's.
            text = f"{added} = {values}\nif {added}.size:\n    {step}"
            yield Rewrite((function.replace(loop, text),), "numpy adds in compiled code.")


@rule(
    "numpy-builtin-to-method",
    "max, min, sum, any, all of an array -> its own method",
    before="""
        import numpy as np


        def f(values: np.ndarray):
            return max(values) - min(values)
        """,
    after="""
        import numpy as np


        def f(values: np.ndarray):
            return values.max() - values.min()
        """,
    leaves="""
        import numpy as np


        def f(values: list):
            return np.sqrt(max(values) - min(values))
        """,
    calls=("np.array([3.5, -1.0, 2.0])", "np.arange(4)"),
)
def numpy_builtin_to_method(function: Function) -> Iterator[Rewrite]:
    if numpy_name(function) is None:
        return
    for call in function.own:
        if not isinstance(call, ast.Call) or not function.is_call(call, *METHODS):
            continue
        match call.func, call.args[0]:
            case ast.Name(id=builtin), ast.Name(id=name) if is_array(function, name):
                text = METHODS[builtin].format(name)
                yield Rewrite((function.replace(call, text),), "numpy does it in compiled code.")
