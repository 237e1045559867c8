"""The Python driver: what it loads, and what one call did."""

from typing import Any

import pytest

from perfbot.sandbox.drivers.values import Drained, Object, Raised

KINDS = """
import functools


def plain(x):
    return x + 1


def double(function):
    @functools.wraps(function)
    def wrapper(*args):
        return 2 * function(*args)
    return wrapper


@double
def decorated(x):
    return x + 1


@functools.lru_cache(None)
def cached(x):
    return x + 1


async def waits(x):
    return x + 1


async def stream(n):
    for i in range(n):
        yield i


def generate(n):
    yield from range(n)
    return n * 10


class Outer:
    factor = 3

    def method(self, x):
        return x * self.factor

    @staticmethod
    def static(x):
        return x * 4

    @classmethod
    def cls_method(cls, x):
        return x * cls.factor

    class Inner:
        def method(self, x):
            return x * 5

    @property
    def size(self):
        return self.factor + 1
"""


@pytest.mark.parametrize(
    ("qualname", "args", "value"),
    [
        ("plain", (1,), 2),
        ("decorated", (1,), 4),
        ("cached", (1,), 2),
        ("waits", (1,), 2),
        ("Outer.static", (2,), 8),
        ("Outer.cls_method", (2,), 6),
        ("Outer.method", (Object("mod", "Outer", ("state", None, {"factor": 7}, {})), 2), 14),
        ("Outer.method", (Object("mod", "Outer", ("state", None, {}, {})), 2), 6),
        ("Outer.Inner.method", (Object("mod", "Outer.Inner", ("state", None, {}, {})), 2), 10),
        ("Outer.size", (Object("mod", "Outer", ("state", None, {}, {})),), 4),
    ],
)
def test_every_kind_of_function_is_called(
    version: Any, qualname: str, args: tuple[Any, ...], value: Any
) -> None:
    """Functions, methods, decorated, asynchronous and nested ones are found and run."""
    assert version(KINDS, qualname).value(*args) == value


def test_generators_are_run_to_their_end(version: Any) -> None:
    """Generators and asynchronous ones travel as what they yield, and what they return."""
    found = version(KINDS, "generate").value(3)
    assert (type(found), found.kind, found.items, found.final) == (
        Drained,
        "generator",
        [0, 1, 2],
        30,
    )
    found = version(KINDS, "stream").value(3)
    assert (found.kind, found.items, found.ended) == ("async_generator", [0, 1, 2], "end")


def test_effects_of_a_generators_body_are_seen(version: Any) -> None:
    """What a generator prints or raises on the way belongs to the outcome."""
    lazy = version("""
        def f(n):
            print("start")
            yield 1
            if n:
                raise ValueError("late")
    """)
    assert lazy.effects(0)["stdout"] == "start\n"
    found = lazy.value(1)
    assert (found.items, found.ended, found.final.args) == ([1], "raise", ("late",))


@pytest.mark.parametrize(
    ("body", "name", "explicit"),
    [
        ("raise ValueError(x)", "ValueError", True),
        ("assert x is None, x", "AssertionError", True),
        ("return [][x]", "IndexError", False),
        ("return x.nothing", "AttributeError", False),
        ("return int('a')", "ValueError", False),
        ("import sys; sys.exit(x)", "SystemExit", False),
        ("return helper(x)", "KeyError", True),
    ],
)
def test_raised_exceptions_are_explicit_or_accidents(
    version: Any, body: str, name: str, explicit: bool
) -> None:
    """An exception is explicit where a `raise` or `assert` of the project's code made it."""
    loaded = version(f"""
        def helper(x):
            raise KeyError(x)

        def f(x):
            {body}
    """)
    found = loaded.call(1)
    raised = found.exception()
    assert (found.status, found.explicit) == ("raise", explicit)
    assert isinstance(raised, Raised)
    assert raised.qualname == name


def test_arguments_after_the_call_and_their_aliases_are_reported(version: Any) -> None:
    """The body holds the arguments as the call left them, in one graph with the result."""
    loaded = version("""
        def f(items, copy):
            items.append(1)
            return list(items) if copy else items
    """)
    value, args, _ = loaded.call([], False).parts()
    assert value is args[0]
    value, args, _ = loaded.call([], True).parts()
    assert value == args[0] == [1]
    assert value is not args[0]


def test_two_calls_show_what_they_share(version: Any) -> None:
    """Called twice, a function that returns one list both times is told from one that copies."""
    shares = version("""
        KEPT = []
        def f():
            return KEPT
    """).call(way="twice")
    copies = version("""
        KEPT = []
        def f():
            return list(KEPT)
    """).call(way="twice")
    first, second = shares.parts()[0]
    assert first is second
    first, second = copies.parts()[0]
    assert first is not second


def test_calling_an_argument_that_could_not_be_sent_is_no_outcome(version: Any) -> None:
    """A captured lambda is a stand-in; a call that needs it cannot be compared."""
    loaded = version("""
        def f(function, call):
            return function() if call else 1
    """)
    assert loaded.call(lambda: 1, False).status == "return"
    assert loaded.call(lambda: 1, True).status == "unsendable"


@pytest.mark.parametrize(
    "result", ["threading.Lock()", "open('/dev/null')", "memoryview(b'a').cast('b')", "deep()"]
)
def test_a_result_that_cannot_be_sent_is_no_outcome(version: Any, result: str) -> None:
    """Results without data of their own are told as unsendable."""
    loaded = version(f"""
        import threading
        def deep():
            found = []
            for _ in range(1000):
                found = [found]
            return found
        def f():
            return {result}
    """)
    assert loaded.call().status == "unsendable"
