"""The wire: iterators travel drained, and functions and classes of a call are compared."""

import itertools
from typing import Any

import pytest

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import Drained, Raised, WireError
from perfbot.sandbox.drivers.wire import encode


def built(value: Any) -> Any:
    """What the sandboxed side makes of a value's encoding."""
    return decode(encode(value), build=True)


def test_iterators_are_drained_with_their_end() -> None:
    """A generator travels as its items, its return value and the exception that ended it."""

    def source(end: Any) -> Any:
        yield 1
        if isinstance(end, Exception):
            raise end
        return end

    found = decode(encode(source(5)))
    assert (type(found), found.items, found.ended, found.final) == (Drained, [1], "end", 5)
    failed = decode(encode(source(ValueError("no"))))
    assert (failed.ended, type(failed.final), failed.final.args) == ("raise", Raised, ("no",))
    assert encode(source(5)) != encode(source(6)) != encode(source(ValueError("no")))
    assert decode(encode(itertools.count())).ended == "cut"
    assert next(built(source(5))) == 1


def test_a_function_without_a_name_cannot_be_called_in_the_sandbox() -> None:
    """An argument that was a lambda is held, and calling it is no outcome of the target."""
    with pytest.raises(WireError):
        built(lambda: 1)()


def test_recursive_closures_and_local_classes_can_be_compared() -> None:
    """Functions that refer to themselves, and classes made by a call, encode and differ."""

    def make(step: int) -> Any:
        def count(n: int) -> int:
            return n and step + count(n - 1)

        return count

    assert encode(make(1)) == encode(make(1)) != encode(make(2))

    def kind(step: int) -> Any:
        class Local:
            def method(self) -> int:
                return step

        return Local

    assert encode(kind(1)) == encode(kind(1)) != encode(kind(2))
