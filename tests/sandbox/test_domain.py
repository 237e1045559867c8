"""The domain in words: annotations, the docstring's numbers, and what was only seen."""

from perfbot.sandbox.drivers.values import Object
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.domain import domain
from perfbot.sandbox.inputs.signature import signature_of


def test_each_parameter_has_its_line() -> None:
    signature = signature_of("def f(self, a, n: int, *rest, k=None, **more): ...")
    me = Object("m", "Box", {})
    observed = [
        Arguments((me, [1, 2], 3, ["a"], ["b", 4]), {"k": None}),
        Arguments((me, "text", 3), {"z": 1.5}),
        Arguments((me, [], 3), {}),
    ]
    assert domain(signature, observed, {"n": 1}) == [
        "self: Box, as seen",
        "a: list of int | str, as seen",
        "n: int, ints from 1 up (docstring)",
        "*rest: list of (str | int), as seen",
        "k: None, as seen",
        "**more: float, as seen",
    ]


def test_what_no_call_passed_is_said() -> None:
    assert domain(signature_of("def f(a=1): ..."), [Arguments((), {})], {}) == ["a: never passed"]
