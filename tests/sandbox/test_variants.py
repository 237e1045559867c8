"""Variants: distinct inputs of one case's cost."""

import pytest

from perfbot.sandbox.drivers.values import Object
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.variants import variants


def shape(value: object) -> object:
    """Type and size all the way down, without the values."""
    if isinstance(value, (list, tuple)):
        return type(value), [shape(item) for item in value]
    if isinstance(value, dict):
        return dict, [(key, shape(item)) for key, item in value.items()]
    if isinstance(value, (str, bytes, bytearray, set, frozenset)):
        return type(value), len(value)
    return type(value)


PLENTIFUL = [
    ([3, 1, 2, 5, 4, 9, 8], 2),
    (list(range(1000)),),
    ([int("9" * digits) for digits in range(1, 60)],),
    (list(range(1000, 0, -1)),),
    ([1.5, 2.5, 9.0, 11.25],),
    (10**6,),
    (10**400,),
    (123456.75,),
    ("hello world, this is it",),
    ("abcba" * 5,),
    (["a", "b", "c"] * 50,),
    ([[1, 2, 3], [4, 9, 6], [7, 8, 1]],),
    ({"a": [1, 5, 2, 8, 7], "b": [9, 1, 2]},),
    (set(range(0, 100, 3)),),
    (b"some bytes to look at",),
    (bytearray(b"some bytes to look at"),),
    (([5, 1, 4, 9], 3),),
]


@pytest.mark.parametrize("args", PLENTIFUL, ids=lambda args: repr(args)[:30])
def test_variants_are_distinct_and_of_equal_shape(args: tuple[object, ...]) -> None:
    """Ten variants: the case first, all different, types and sizes unchanged."""
    case = Arguments(args)
    found = variants(case, 10, seed=3)
    assert found[0] == case
    assert len({repr(item) for item in found}) == len(found) == 10
    assert all(shape(item.args) == shape(args) for item in found)


@pytest.mark.parametrize(
    "args",
    [
        (True, None, False),
        ("json",),
        (30,),
        ([1] * 50,),
        ("((()))",),
        ([],),
        (Object("m", "C", {"x": 1000}),),
        ([7, 7, 7], 3, "asc"),
    ],
    ids=repr,
)
def test_nothing_is_invented_where_nothing_can_change(args: tuple[object, ...]) -> None:
    """Flags, small numbers, all-equal lists and users' objects have no variant but themselves."""
    assert variants(Arguments(args), 10) == [Arguments(args)]


def test_flags_and_counts_beside_data_stay() -> None:
    """A mode string, a bool and the length passed beside a list are the same in every variant."""
    items = [(at * 7919) % 1009 for at in range(200)]
    found = variants(Arguments((items, 200, "ascending", True), {"key": None}), 20)
    assert len(found) == 20
    assert all(item.args[1:] == (200, "ascending", True) for item in found)
    assert all(item.kwargs == {"key": None} for item in found)


@pytest.mark.parametrize("reverse", [False, True])
def test_order_and_distinctness_stay(reverse: bool) -> None:
    """A sorted list of distinct ints stays sorted and distinct, with the same least element."""
    items = sorted({(at * 7919) % 10007 for at in range(300)}, reverse=reverse)
    for item in variants(Arguments((items,)), 20):
        made = item.args[0]
        assert isinstance(made, list)
        assert made == sorted(made, reverse=reverse)
        assert len(set(made)) == len(items)


def test_numbers_move_by_at_most_one_percent() -> None:
    """A large int stays within 1 % however many changes a variant has."""
    numbers = [item.args[0] for item in variants(Arguments((10**6,)), 50)]
    assert len(numbers) == 50
    assert all(isinstance(n, int) and abs(n - 10**6) <= 10**4 for n in numbers)


def test_values_of_an_unordered_list_come_from_the_list() -> None:
    """No value that the case does not contain, so that ranges and alphabets stay."""
    items = [5, 900, 17, 4, 4, 62, 800]
    for item in variants(Arguments((items,)), 20):
        assert set(item.args[0]) <= set(items)  # type: ignore[call-overload]


def test_palindromes_stay_palindromes() -> None:
    """A check that leaves early on other strings would cost less."""
    for item in variants(Arguments(("abcdedcba" * 3,)), 20):
        assert item.args[0] == item.args[0][::-1]  # type: ignore[index]


def test_punctuation_and_leading_digits_stay() -> None:
    """A date-like string keeps its marks and gains no leading zero."""
    for item in variants(Arguments(("1250-1308: total",)), 20):
        made = item.args[0]
        assert isinstance(made, str)
        assert [made[4], made[9], made[10]] == ["-", ":", " "]
        assert "0" not in (made[0], made[5])


def test_a_sought_number_stays_in_the_list() -> None:
    """A target found in a list is replaced by one found at about the same place."""
    items = [1000 + (at * 37) % 211 for at in range(211)]
    found = variants(Arguments((items, items[100])), 10)
    assert len({repr(item.args[1]) for item in found}) > 1
    assert all(item.args[1] in item.args[0] for item in found)  # type: ignore[operator]


def test_seed_decides_and_the_case_is_not_touched() -> None:
    """Deterministic in the seed; the given lists keep their contents."""
    items = [3, 1, 2, 9, 7]
    case = Arguments((items, {"a": [4, 2, 8]}))
    assert variants(case, 8, seed=1) == variants(case, 8, seed=1)
    assert variants(case, 8, seed=1) != variants(case, 8, seed=2)
    assert case == Arguments(([3, 1, 2, 9, 7], {"a": [4, 2, 8]}))
