"""What docstrings say of numbers, read and misread."""

import pytest

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.signature import signature_of
from perfbot.sandbox.inputs.stated import least_ints


@pytest.mark.parametrize(
    ("words", "floors"),
    [
        ("Given a positive integer n, return its digits.", {"n": 1}),
        ("n must be a positive integer", {"n": 1}),
        ("Given two positive integers n and k, add them.", {"n": 1, "k": 1}),
        ("k: a non-negative int", {"k": 0}),
        ("Takes a non-negative integer and returns an array.", {}),
        ("The digits of the positive integer `k`.", {"k": 1}),
        ("Return a positive integer.", {}),
        ("Takes n and returns a positive number.", {}),
        ("Add up the first n natural numbers.", {}),
        ("Given a list of numbers, count the positive numbers. Returns natural numbers.", {}),
        ("Given n and k count positive integers", {}),
        ("You are given a non-empty list of positive integers and a sum.", {}),
        ("Raises ValueError if n is not a positive integer.", {}),
        ("If `n` isn't a positive integer, it raises.", {}),
        ("n must be a positive integer or zero.", {}),
        ("Takes a positive integer k, or None.", {}),
        ("A nonpositive integer n is fine.", {}),
    ],
)
def test_words(words: str, floors: dict[str, int]) -> None:
    source = f'def f(n, k):\n    """{words}"""\n'
    assert least_ints(source, signature_of(source), []) == floors


def test_an_observed_input_overrules_the_words() -> None:
    source = 'def f(n, k):\n    """Given positive integers n and k."""\n'
    assert least_ints(source, signature_of(source), [Arguments((0, 5), {})]) == {"k": 1}
    assert least_ints(source, signature_of(source), [Arguments(([2, 0], 5), {})]) == {"k": 1}


def test_without_a_name_the_only_parameter_is_meant() -> None:
    source = 'def f(n):\n    """Takes a non-negative integer and returns an array."""\n'
    assert least_ints(source, signature_of(source), []) == {"n": 0}


@pytest.mark.parametrize(
    "said",
    [
        "value is mapped to a non-negative integer.",
        "value is turned into the next positive integer.",
        "value is encoded as a non-negative integer.",
    ],
)
def test_what_happens_to_an_argument_says_nothing_of_it(said: str) -> None:
    """Such words are about the result: the argument may be any int."""
    source = f'def f(value: int):\n    """{said}"""\n'
    assert least_ints(source, signature_of(source), []) == {}
