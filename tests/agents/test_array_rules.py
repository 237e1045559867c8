"""The rules on numpy arrays: forms of loops that they take, and those that they leave alone."""

import sys
import textwrap
from collections.abc import Iterator

import numpy as np
import pytest

from perfbot.agents.rules.engine import catalogue
from tests.agents.test_rules import by_rule, outcome

LOOP = "numpy-loop-to-arrays"
SQUARE = "np.arange(9.0).reshape(3, 3) / 7"
ROWS = "np.arange(6.0).reshape(2, 3) - 2.5"
LINE = "np.array([3.5, -1.0, 0.0, 2.0])"

# Name -> (function, a line of what is proposed, arguments on which both must agree).
TAKEN = {
    "stencil": (
        """
        def f(u: np.ndarray):
            n, m = u.shape
            v = np.zeros_like(u)
            for i in range(1, n - 1):
                for j in range(1, m - 1):
                    v[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1])
            return v
        """,
        "v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])",
        (SQUARE, "np.ones((1, 5))", "np.ones((0, 0))"),
    ),
    "division where it is defined": (
        """
        def f(a: np.ndarray, b: np.ndarray):
            n = len(a)
            out = np.empty(n)
            for i in range(n):
                if b[i] != 0:
                    out[i] = a[i] / b[i]
                else:
                    out[i] = 0.0
            return out
        """,
        "out[chosen] = a[chosen] / b[:n][chosen]",
        (f"{LINE}, {LINE}[::-1]", f"{LINE}, np.zeros(4)"),
    ),
    "three-way choice": (
        """
        def f(a: np.ndarray, low, high):
            out = a.copy()
            for i in range(len(out)):
                if out[i] < low:
                    out[i] = low
                elif out[i] > high:
                    out[i] = high
            return out
        """,
        "out[:] = np.where(out < low, low, np.where(out > high, high, out))",
        (f"{LINE}, 0, 2.5", "np.array([]), 0, 1", "np.array([np.nan, 5.0]), 0, 1"),
    ),
    "product of matrices, in the loop's own order": (
        """
        def f(a: np.ndarray, b: np.ndarray):
            n, k = a.shape
            m = b.shape[1]
            c = np.zeros((n, m))
            for i in range(n):
                for j in range(m):
                    for p in range(k):
                        c[i, j] += a[i, p] * b[p, j]
            return c
        """,
        "c[:] += a[:, p, None] * b[p, :]",
        (f"{ROWS}, {SQUARE}", "np.ones((2, 0)), np.ones((0, 3))"),
    ),
    "running sums along rows": (
        """
        def f(a: np.ndarray):
            out = np.zeros(a.shape)
            for i in range(a.shape[0]):
                total = 0.0
                for j in range(a.shape[1]):
                    total += a[i, j]
                    out[i, j] = total
            return out
        """,
        "total = total + a[:, j]",
        (SQUARE, ROWS, "np.ones((0, 2))"),
    ),
    "elements with their index": (
        """
        def f(xs: np.ndarray):
            out = np.zeros(len(xs))
            for i, x in enumerate(xs):
                out[i] = math.sqrt(abs(x)) + i
            return out
        """,
        "out[:] = np.sqrt(np.abs(xs)) + np.arange(len(xs))",
        (LINE, "np.array([])"),
    ),
    "exchange": (
        """
        def f(a: np.ndarray, b: np.ndarray):
            for i in range(len(a)):
                kept = a[i]
                a[i] = b[i]
                b[i] = kept
            return a, b
        """,
        "kept = a.copy()",
        (f"{LINE}, {LINE} * 2", "np.zeros(2), np.ones(3)"),
    ),
    "the other way round": (
        """
        def f(a: np.ndarray):
            n = a.shape[0]
            out = np.zeros((n, n))
            for i in range(n):
                first = a[i, 0]
                for j in range(n):
                    out[i, j] = a[j][i] * first if i >= j else 0.0
            return out
        """,
        "out[:] = np.where(np.arange(n)[:, None] >= np.arange(n), a[:, :n].T * first, 0.0)",
        (SQUARE, "np.ones((1, 1))"),
    ),
    "part of an array": (
        """
        def f(a: np.ndarray, n: int):
            out = np.zeros(len(a))
            for i in range(2, n):
                out[i] = 2 * a[i]
            return out
        """,
        "out[2:n] = 2 * a[2:n]",
        (f"{LINE}, 3", f"{LINE}, 0", f"{LINE}, 4"),
    ),
    "lists into an array": (
        """
        def f(xs, ys):
            out = np.empty(len(xs))
            for i in range(len(xs)):
                out[i] = xs[i] * ys[i]
            return out
        """,
        "out[:] = np.asarray(xs) * np.asarray(ys)[:len(xs)]",
        ("[1.5, 2.0], [3.0, 4.0]", "[], []"),
    ),
}
LEFT = {
    "the one before": """
        def f(a: np.ndarray):
            for i in range(1, len(a)):
                a[i] = a[i] + a[i - 1]
            return a
        """,
    "the end, to Python": """
        def f(a: np.ndarray):
            out = np.zeros(len(a))
            for i in range(len(a)):
                out[i] = a[i] - a[i - 1]
            return out
        """,
    "carried from turn to turn": """
        def f(a: np.ndarray):
            out = np.zeros(len(a))
            total = 0.0
            for i in range(len(a)):
                total += a[i]
                out[i] = total
            return out
        """,
    "used afterwards": """
        def f(a: np.ndarray):
            out = np.zeros(len(a))
            for i in range(len(a)):
                out[i] = a[i]
            return out, i
        """,
    "two places": """
        def f(a: np.ndarray):
            out = np.zeros(len(a))
            for i in range(len(a) - 1):
                out[i] = a[i]
                out[i + 1] = a[i]
            return out
        """,
    "ends early": """
        def f(a: np.ndarray):
            out = np.zeros(len(a))
            for i in range(len(a)):
                if a[i] < 0:
                    break
                out[i] = a[i]
            return out
        """,
    "another's function": """
        def f(a: np.ndarray, g):
            out = np.zeros(len(a))
            for i in range(len(a)):
                out[i] = g(a[i])
            return out
        """,
    "a list": """
        def f(a):
            out = [0] * len(a)
            for i in range(len(a)):
                out[i] = a[i] + np.pi
            return out
        """,
}


@pytest.fixture(autouse=True)
def every_digit() -> Iterator[None]:
    """What `outcome` compares is text: all digits of all elements."""
    with np.printoptions(floatmode="unique", threshold=sys.maxsize):
        yield


def module(text: str) -> str:
    """A module that holds the function and imports what it needs."""
    return "import math\nimport numpy as np\n\n\n" + textwrap.dedent(text).lstrip("\n")


@pytest.mark.parametrize("name", TAKEN)
def test_a_loop_over_elements_becomes_operations_on_arrays(name: str) -> None:
    """The proposal says what it should, and does the same as the loop."""
    text, line, calls = TAKEN[name]
    before = module(text)
    found = [after for after in by_rule(before, LOOP) if line in after]
    assert found, by_rule(before, LOOP)
    for arguments in calls:
        assert outcome(found[0], arguments) == outcome(before, arguments), arguments


@pytest.mark.parametrize("name", LEFT)
def test_a_loop_whose_turns_depend_on_each_other_is_left(name: str) -> None:
    """Nothing is proposed where the elements are not independent, or no arrays are seen."""
    assert by_rule(module(LEFT[name]), LOOP) == []


def test_without_numpy_no_rule_of_it_fires() -> None:
    """`np` may be anything where the module does not import numpy under that name."""
    numpy_rules = [rule for rule in catalogue() if rule.name.startswith("numpy-")]
    assert len(numpy_rules) == 6
    for rule in numpy_rules:
        text = rule.example[0].replace("import numpy as np", "import fractions as np")
        assert by_rule(text, rule.name) == []


MORE = {
    "numpy-loop-to-count": (
        """
        def f(grid: np.ndarray):
            n, m = grid.shape
            found = 0
            for i in range(n):
                for j in range(m):
                    if not grid[i, j] > 0 or grid[i, j] == 2.5:
                        found += 2
            return found
        """,
        "found += 2 * int(np.count_nonzero(~(grid > 0) | (grid == 2.5)))",
        (ROWS, "np.zeros((0, 3))"),
    ),
    "numpy-loop-to-sum": (
        """
        def f(xs: np.ndarray, ys: np.ndarray):
            total = 0.0
            for i in range(len(xs)):
                if ys[i] > 0:
                    total += xs[i] / ys[i]
            return total
        """,
        "added = xs[ys[:len(xs)] > 0] / ys[:len(xs)][ys[:len(xs)] > 0]",
        (f"{LINE}, {LINE}[::-1] / 3", "np.arange(50) / 7, np.arange(50) - 9.0"),
    ),
    "numpy-append-to-list": (
        """
        def f(rows: np.ndarray):
            found = np.zeros((1, 3))
            for row in rows:
                found = np.vstack((found, row * 2))
            return found
        """,
        "    found = np.vstack([found, *found_parts])",
        (ROWS, "np.zeros((0, 3))"),
    ),
    "numpy-running-to-accumulate": (
        """
        def f(best: np.ndarray):
            for i in range(1, len(best)):
                best[i] = max(best[i], best[i - 1])
            return best
        """,
        "np.maximum.accumulate(best, out=best)",
        (LINE, "np.array([])", "np.arange(4)[::-1]"),
    ),
}


@pytest.mark.parametrize("rule", MORE)
def test_another_form(rule: str) -> None:
    """A second form of what each of the other rules takes."""
    text, line, calls = MORE[rule]
    before = module(text)
    found = [after for after in by_rule(before, rule) if line in after]
    assert found, by_rule(before, rule)
    for arguments in calls:  # of the two kinds of sums the last rounds as the loop does
        assert outcome(found[-1], arguments) == outcome(before, arguments), arguments


def test_a_test_of_a_row_does_not_count_its_elements() -> None:
    """Of what depends on one axis alone there is one per row, not one per element."""
    text = """
        def f(grid: np.ndarray, rows: np.ndarray):
            found = 0
            for i in range(grid.shape[0]):
                for j in range(grid.shape[1]):
                    if rows[i] > 0:
                        found += 1
            return found
        """
    assert by_rule(module(text), "numpy-loop-to-count") == []
