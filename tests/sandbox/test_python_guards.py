"""Conditions with one way to go: only those that the text itself decides."""

import textwrap

import pytest

from perfbot.sandbox.inputs.signature import signature_of
from perfbot.sandbox.languages.python_guards import Declared, decided, declared

AT_LEAST_1 = {"n": Declared("int", 1)}


def places(body: str, *, before: str = "") -> tuple[dict[int, int], set[int]]:
    """Decided conditions by line and dead lines of `def f(n)`, whose first line is line 1."""
    source = (
        "def f(n):\n" + textwrap.indent(textwrap.dedent(body), "    ") + textwrap.dedent(before)
    )
    found = decided(source, "f", AT_LEAST_1, {})
    return dict(found.conditions), set(found.dead)


@pytest.mark.parametrize(
    "test",
    [
        "n <= 0",
        "n < 1",
        "n == 0",
        "not n > 0",
        "not isinstance(n, int)",
        "not isinstance(n, (str, int))",
        "n + 1 < 2",
        "n * n < 1",
        "n // 2 < 0",
        "n - 3 < -2",
        "len(range(n)) < 0",
        "n <= 0 and n % 7",
    ],
)
def test_a_guard_against_what_is_not_allowed_is_dead(test: str) -> None:
    assert places(f"if {test}:\n    raise ValueError\nreturn n") == ({2: 1}, {3})


@pytest.mark.parametrize(
    "test",
    [
        "n <= 1",
        "n < 2",
        "n == 1",
        "n > 1",
        "n - 5 < 0",
        "0 < n < 9",
        "n * -1 < 0",
        "n % 2 < 0",
        "not isinstance(n, bool)",
        "isinstance(n, float)",
        "abs(n) <= 0",
        "n <= 0.5",
        "hash(n) <= 0",
    ],
)
def test_anything_else_stays_open(test: str) -> None:
    assert places(f"if {test}:\n    raise ValueError\nreturn n") == ({}, set())


def test_one_undecided_part_keeps_the_body_alive() -> None:
    assert places("if n <= 0 or n % 1009 == 5:\n    return 1\nreturn n") == ({2: 1}, set())


@pytest.mark.parametrize(
    ("test", "conditions"),
    [
        ("n % 1009 == 5 or n <= 0", {}),
        ("n > 0 or n % 1009 == 5", {2: 1}),
        ("n > 0 and n % 1009 == 5", {2: 1}),
        ("n > 0 and n >= 1 and n % 1009 == 5", {2: 2}),
        ("(n <= 0 and n % 7) or n % 1009 == 5", {2: 1}),
        ("not (n <= 0 or n % 1009 == 5) or n < 1", {2: 1}),
    ],
)
def test_only_conditions_that_are_always_reached_count(
    test: str, conditions: dict[int, int]
) -> None:
    assert places(f"return n if {test} else -n")[0] == conditions


def test_a_bound_name_counts_until_it_is_bound_anew() -> None:
    assert places("if n <= 0:\n    return 1\nn -= 5\nreturn n") == ({2: 1}, {3})
    assert places("n -= 5\nif n <= 0:\n    return 1\nreturn n") == ({}, set())
    assert places("while n:\n    if n <= 0:\n        return 1\n    n -= 5\nreturn n") == ({}, set())
    assert places("for n in (-1,):\n    if n < 0:\n        return 1\nreturn n") == ({}, set())


@pytest.mark.parametrize(
    "shadow",
    [
        "def isinstance(a, b): return False",
        "from m import *",
        "import x as isinstance",
        "int = str",
    ],
)
def test_a_builtin_that_the_file_binds_decides_nothing(shadow: str) -> None:
    body = "if not isinstance(n, int):\n    return 1\nreturn n"
    assert places(body, before=f"\n{shadow}\n") == ({}, set())


HELPER = """
def g(k):
    if k < 2:
        return False
    return True
"""


@pytest.mark.parametrize(
    ("body", "dead"),
    [
        ("return [g(i) for i in range(2, n)]", {5}),
        ("for i in range(2, n):\n    g(i + 1)", {6}),
        ("return g(2) + g(n + 1)", {5}),
        ("for i in range(2, n):\n    for j in range(i, n):\n        g(j)", {7}),
        ("for i in range(2, n):\n    g(i)\nfor i in range(3, n):\n    g(i)", {8}),
        ("return [g(i) for i in range(n)]", set()),
        ("return [g(i) for i in range(9, n, -1)]", set()),
        ("return [g(i) for i in range(2, n)] + [g(1)]", set()),
        ("for i in range(2, n):\n    g(i)\nfor i in range(n):\n    g(i)", set()),
        ("for i in range(2, n):\n    g(i)\nfor i in (1, n):\n    g(i)", set()),
        ("return [*map(g, range(2, n))]", set()),
        ("for i in range(2, n):\n    i -= 5\n    g(i)", set()),
        ("return [g(*[i]) for i in range(2, n)]", set()),
        ("return [globals()['g'](i) for i in range(n)] + [g(i) for i in range(2, n)]", set()),
    ],
)
def test_a_helper_has_what_its_calls_pass(body: str, dead: set[int]) -> None:
    assert places(body, before=HELPER)[1] == dead


def test_a_helper_that_calls_itself_stays_open() -> None:
    recursive = "\ndef g(k):\n    if k < 2:\n        return 1\n    return g(k - 1)\n"
    assert places("return g(n + 5)", before=recursive)[1] == set()


def test_what_is_declared() -> None:
    header = (
        "def f(a: int, b: 'str', c, d: int = 0, *e: int, g: list[int], h: float, **i: int): ..."
    )
    parameters = signature_of(header).parameters
    assert declared(parameters, {"a": 1, "c": 0}, ["c"]) == {
        "a": Declared("int", 1),
        "b": Declared("str"),
        "c": Declared("int", 0),
        "g": Declared("list"),
    }
    assert "c" not in declared(parameters, {"c": 0}, [])
