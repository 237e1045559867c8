"""Elements of an open type become lists, and only those."""

import pytest

from perfbot.sandbox.drivers.values import Drained
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.generic import twins
from perfbot.sandbox.inputs.signature import signature_of

FILE = """
from typing import Any, TypeVar
T = TypeVar("T")
N = TypeVar("N", bound=int)
{header}: ...
"""


def made(header: str, *observed: tuple[object, ...]) -> list[tuple[object, ...]]:
    file = FILE.format(header=header)
    inputs = [Arguments(args, {}) for args in observed]
    return [item.args for item in twins(signature_of(f"{header}: ..."), inputs, file)]


@pytest.mark.parametrize(
    ("header", "observed", "first"),
    [
        ("def f(a: list[T])", ([1, 2, 1],), ([[1], [2], [1]],)),
        ("def f(a: 'typing.Sequence[Any]')", (("x", 2),), ((["x"], [2]),)),
        ("def f(*a: object)", (1, "b"), ([1], ["b"])),
        ("def f(a: list[list[T]])", ([[1], []],), ([[[1]], []],)),
    ],
)
def test_an_open_type_is_wrapped(
    header: str, observed: tuple[object, ...], first: tuple[object, ...]
) -> None:
    assert made(header, observed)[0] == first


@pytest.mark.parametrize(
    "header", ["def f(a: list[int])", "def f(a: list[N])", "def f(a)", "def f(a: list)"]
)
def test_what_was_only_seen_as_ints_stays(header: str) -> None:
    assert made(header, ([1, 2.5, True],)) == []


def test_without_an_annotation_several_kinds_have_to_be_seen() -> None:
    assert made("def f(a)", ([1],), (["x"],)) == [([[1]],), ([["x"]],)]
    assert made("def f(a: list)", ([1, None, "x"],))[0] == ([[1], [None], ["x"]],)


def test_an_argument_that_is_like_an_element_is_wrapped_in_a_second_twin() -> None:
    found = made("def f(a: list[T], b: T, c: bool)", ([1], 1, None))
    assert found == [([[1]], 1, None), ([[1]], [1], None)]


def test_elements_of_both_sorts_and_parameters_of_both_sorts_are_mixed() -> None:
    found = made("def f(a: list[T], b: list[T])", ([1, 2], [3]))
    assert found == [
        ([[1], [2]], [[3]]),
        ([[1], 2], [[3]]),
        ([1, 2], [[3]]),
        ([[1], [2]], [3]),
    ]


def test_what_may_be_an_iterator_becomes_one() -> None:
    streams = [item[0] for item in made("def f(a: 'abc.Iterable[T]')", ([1, 2],)) if item]
    assert [item.items for item in streams if isinstance(item, Drained)] == [[[1], 2]]
    assert not any(isinstance(item[0], Drained) for item in made("def f(a: list[T])", ([1, 2],)))
