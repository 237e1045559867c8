"""Every edge of a number's type is tried, and how far numbers go is learnt from the original."""

import pytest

from perfbot.sandbox.exploration import inputs_of
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.edge_numbers import with_edge_numbers
from perfbot.sandbox.inputs.growth import grown
from perfbot.sandbox.inputs.scalars import HUGE_EDGES, SMALL_EDGES
from perfbot.sandbox.inputs.scope import Scope
from perfbot.sandbox.inputs.signature import signature_of
from perfbot.sandbox.reach import Reach


def values(header: str, *seen: Arguments, name: str = "n") -> list[object]:
    """All that the argument `name` is given."""
    signature = signature_of(f"def f({header}): pass")
    groups = with_edge_numbers(
        signature, seen, Scope("import typing\nfrom annotated_types import Ge, Le\n")
    )
    bound = [signature.bind(item) for group in groups for item in group]
    return [item[name] for item in bound if item is not None]


def inputs(*args: object, **kwargs: object) -> bytes:
    return inputs_of(Arguments(args, kwargs))


def test_every_edge_of_an_int_comes_once() -> None:
    """All small and huge ints, those below zero after the others, each side by size."""
    found = values("n: int")
    assert sorted(map(repr, found)) == sorted(map(repr, (*SMALL_EDGES, *HUGE_EDGES)))
    plain = [item for item in found if type(item) is int]
    assert plain == sorted(plain, key=lambda item: (item < 0, abs(item)))


@pytest.mark.parametrize("header", ["n", "n: str", "n: typing.Any"])
def test_what_is_not_declared_a_number_has_no_edges(header: str) -> None:
    """What is only seen to be an int keeps to what was seen."""
    assert values(header, Arguments((3,), {})) == []


def test_lists_hold_an_edge_alone_and_beside_what_was_seen() -> None:
    """An edge alone, and as the last of the observed items."""
    found = values("n: list[float]", Arguments(([1.5, 2.5],), {}))
    assert [float("inf")] in found
    assert [1.5, 2.5, -0.0] in found


def test_bounds_hold_and_have_edges_of_their_own() -> None:
    """No edge is outside the bounds; the bounds themselves and their neighbours are tried."""
    found = values("n: typing.Annotated[int, Ge(-128), Le(127)]")
    assert all(-128 <= item <= 127 for item in found if isinstance(item, int))
    assert {-128, -127, 126, 127} <= {item for item in found if type(item) is int}


def test_the_other_arguments_are_as_seen() -> None:
    """Only one argument changes at a time."""
    found = values("n: int, word: str", Arguments((3, "seen"), {}), name="word")
    assert set(found) == {"seen"}


def test_a_number_that_takes_too_long_lowers_the_limit() -> None:
    """A fourth of it is tried still, and small ones always."""
    reach = Reach().after_timeout(inputs(4000, 3), lambda _: False)
    assert reach == Reach(int_limit=1000)
    assert reach.excludes(inputs(1001)) and not reach.excludes(inputs(1000))
    assert Reach().after_timeout(inputs(9), lambda _: False) == Reach()


def test_below_zero_has_a_limit_of_its_own() -> None:
    """Where the same number without its sign is answered, the sign was the trouble."""
    reach = Reach().after_timeout(inputs(-1), lambda other: other == inputs(1))
    assert reach == Reach(int_floor=0)
    assert reach.excludes(inputs(-1)) and not reach.excludes(inputs(10**30))
    far = Reach().after_timeout(inputs(-4000, k=-2), lambda other: other == inputs(4000, k=2))
    assert far == Reach(int_floor=-1000)
    assert far.excludes(inputs(-1001)) and not far.excludes(inputs(-1000, k=10**9))


def test_a_sleep_lowers_what_it_was_about() -> None:
    """A float, most likely seconds; else an int."""
    assert Reach().after_sleep(inputs(30.0)) == Reach(float_limit=0.03)
    assert Reach().after_sleep(inputs(5000)) == Reach(int_limit=5)


def test_numbers_too_large_for_a_float_grow_too() -> None:
    """Lists of huge ints are grown within their range."""
    seen = Arguments(([10**400, 3, 10**399],))
    (made,) = grown([seen], 50, 1, 7)
    assert len(made.args[0]) > 20  # type: ignore[arg-type]
    assert any(item > 10**398 for item in made.args[0])  # type: ignore[attr-defined]
