"""Guards at an edit's start are found, and observed inputs are changed to meet them."""

import textwrap

import pytest

from perfbot.sandbox.guards import guards_in, inputs_that_meet, usual_way
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.signature import signature_of

SIGNATURE = signature_of("def f(xs, n): ...")


def places(body: str, *, file: str = "") -> list[str]:
    source = "def f(xs, n):\n" + textwrap.indent(textwrap.dedent(body), "    ") + file
    return [f"{guard.place[0]} {guard.parameter}" for guard in guards_in(source, "f", ("xs", "n"))]


def met(test: str, *observed: tuple[object, ...]) -> list[tuple[object, ...]]:
    source = f"def f(xs, n):\n    if {test}:\n        return None\n    return xs\n"
    bound = [SIGNATURE.bind(Arguments(args, {})) or {} for args in observed]
    (guard,) = guards_in(source, "f", ("xs", "n"))
    usual = usual_way(guard, bound)
    assert usual is not None
    return [item.arguments.args for item in inputs_that_meet(guard, usual, SIGNATURE, bound)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("if not xs:\n    return 1\nreturn xs", ["2 xs"]),
        ("'doc'\nif n < 0 or not xs:\n    raise ValueError\nreturn xs", ["3 n", "3 xs"]),
        (
            "if n == 0:\n    return 1\nelif n < 0:\n    return 2\nelse:\n    return 3",
            ["2 n", "4 n"],
        ),
        ("assert isinstance(n, int)\nif len(xs) < 2:\n    return xs\nreturn n", ["2 n", "3 xs"]),
        ("if xs is None:\n    return 1\nif not n:\n    return 2\nreturn 3", ["2 xs", "4 n"]),
    ],
)
def test_the_conditions_at_the_start_are_found(body: str, found: list[str]) -> None:
    assert places(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "xs.pop()\nif not xs:\n    return 1\nreturn 2",
        "n -= 1\nif n < 0:\n    return 1\nreturn 2",
        "if g(xs) or not xs:\n    return 1\nreturn 2",
        "if n < 10**9:\n    return 1\nreturn 2",
        "if n % 7 == 3:\n    return 1\nreturn 2",
        "if n < len(xs):\n    return 1\nreturn 2",
        "while n < 3:\n    return 1\nreturn 2",
    ],
)
def test_other_conditions_are_not(body: str) -> None:
    assert places(body) == []


def test_nothing_is_found_after_a_branch_that_goes_on() -> None:
    assert places("if n < 0:\n    xs.clear()\nif not xs:\n    return 1\nreturn 2") == ["2 n"]


def test_a_builtin_of_the_files_own_is_none() -> None:
    assert places("if len(xs) < 2:\n    return 1\nreturn 2", file="\ndef len(x): return 9\n") == []


@pytest.mark.parametrize(
    ("test", "turned"),
    [
        ("not xs", [(None, 5), ([], 5)]),
        ("len(xs) < 2", [([], 5), ([1], 5)]),
        ("n < 0", [([1, 2, 3], -11), ([1, 2, 3], -2), ([1, 2, 3], -1)]),
        ("n <= 0", [([1, 2, 3], -11), ([1, 2, 3], -2), ([1, 2, 3], -1), ([1, 2, 3], 0)]),
        ("not n > 0", [([1, 2, 3], n) for n in (-11, -2, -1, 0)]),
        ("xs is None", [(None, 5)]),
    ],
)
def test_observed_inputs_are_changed_until_they_meet_it(
    test: str, turned: list[tuple[object, ...]]
) -> None:
    assert met(test, ([1, 2, 3], 5)) == turned


def test_other_types_meet_a_question_for_the_type() -> None:
    found = [args[1] for args in met("not isinstance(n, (int, float))", ([1], 5))]
    assert "text" in found
    assert None in found
    assert not any(isinstance(value, (int, float)) for value in found)


def test_a_guard_that_already_went_both_ways_has_no_usual_way() -> None:
    source = "def f(xs, n):\n    if not xs:\n        return 1\n    return 2\n"
    (guard,) = guards_in(source, "f", ("xs",))
    assert usual_way(guard, [{"xs": [1]}, {"xs": []}]) is None
    assert usual_way(guard, [{"xs": [1]}, {"xs": [2]}]) is True
    assert usual_way(guard, [{"xs": object()}]) is None
