"""Loops over the elements of numpy arrays, written as operations on whole arrays.

What a loop does with one element stays the same computation, in the same order: only the loops
over elements that do not depend on each other go.
"""

import ast
from collections.abc import Iterator

from perfbot.agents.rules.arrays import numpy_name
from perfbot.agents.rules.function import Function
from perfbot.agents.rules.nest import Nest
from perfbot.agents.rules.rule import Rewrite, rule
from perfbot.agents.rules.vectors import MOST_AXES, NotVectorisedError


@rule(
    "numpy-loop-to-arrays",
    "loop over the elements of arrays -> operations on whole arrays",
    before="""
        import numpy as np


        def f(points: np.ndarray, weights: np.ndarray):
            n, m = points.shape
            out = np.zeros((n, n))
            for i in range(n):
                for j in range(n):
                    total = 0.0
                    for k in range(m):
                        step = points[i, k] - points[j, k]
                        total += weights[k] * step * step
                    out[i, j] = np.sqrt(total)
            return out
        """,
    after="""
        import numpy as np


        def f(points: np.ndarray, weights: np.ndarray):
            n, m = points.shape
            out = np.zeros((n, n))
            total = 0.0
            for k in range(m):
                step = points[:, k, None] - points[:, k]
                total = total + weights[k] * step * step
            out[:] = np.sqrt(total)
            return out
        """,
    leaves="""
        import numpy as np


        def f(values: np.ndarray):
            out = np.zeros(len(values))
            for i in range(1, len(values)):
                out[i] = out[i - 1] * 0.5 + values[i]
            return out
        """,
    calls=(
        "np.arange(6.0).reshape(3, 2), np.array([1.0, 0.25])",
        "np.zeros((0, 2)), np.ones(2)",
        "np.ones((2, 0)), np.ones(0)",
    ),
)
def numpy_loop_to_arrays(function: Function) -> Iterator[Rewrite]:
    numpy = numpy_name(function)
    for loop in function.loops():
        if numpy is None or not isinstance(loop, ast.For):
            continue
        for most in range(MOST_AXES, 0, -1):
            try:
                lines = Nest(function, numpy, loop, most).lines()
            except NotVectorisedError:
                continue
            reason = "numpy goes over the elements in compiled code."
            yield Rewrite((function.replace(loop, "\n".join(lines)),), reason)
            break
