"""The Python driver: which lines and branches of the target ran."""

from typing import Any


def branches(report: dict[str, Any], line: int) -> list[tuple[bool, bool]]:
    return [(taken, passed) for at, taken, passed in report["branches"] if at == line]


BRANCHES = """\
def f(x):
    if x > 0 and x < 10:
        y = 1
    else:
        y = 2
    z = "a" if x else "b"
    while x > 0:
        x -= 5
    kept = [i for i in range(2) if i > y]
    w = x or y
    return y, z, kept, w


def other():
    return 1
"""


def test_branches_are_covered_when_they_went_both_ways(version: Any) -> None:
    """`and`, `or`, ternaries, while loops and comprehensions have branches of their own."""
    one_way = version(BRANCHES).covered((5,))
    both = version(BRANCHES).covered((5,), (50,), (0,), (-5,))
    for line in (2, 6, 9):
        assert not all(taken and passed for taken, passed in branches(one_way, line)), line
    for line in (2, 6, 7, 10):
        assert branches(both, line), line
        assert all(taken and passed for taken, passed in branches(both, line)), line
    assert len(branches(both, 2)) == 2
    assert not all(taken and passed for taken, passed in branches(both, 9))


def test_lines_that_ran_are_told_from_lines_that_could(version: Any) -> None:
    """A report names the lines run, and the lines of all functions that hold code."""
    report = version(BRANCHES).covered((5,))
    assert {2, 3, 6, 7, 8, 9, 10, 11} <= set(report["lines"])
    assert 5 not in report["lines"]
    assert {5, 15} <= set(report["executable"])
    assert 1 not in report["executable"]


def test_exits_that_the_compiler_makes_are_no_branches(version: Any) -> None:
    """`with`, `except` and `for` are run in one way without leaving a branch half covered."""
    report = version("""\
        import contextlib

        def f(items):
            with contextlib.nullcontext():
                try:
                    items[0]
                except IndexError:
                    return None
            for item in items:
                item += 1
            return items
    """).covered(([1],), ([],))
    assert all(taken and passed for _, taken, passed in report["branches"]), report["branches"]


def test_tracing_follows_generators_and_helpers(version: Any) -> None:
    """Code run by a generator, a coroutine, a method or a nested function is traced."""
    report = version("""\
        def helper(x):
            return x + 1

        def f(n):
            def inner(x):
                return helper(x)
            for i in range(n):
                yield inner(i)
    """).covered((2,))
    assert {2, 6, 7, 8} <= set(report["lines"])
