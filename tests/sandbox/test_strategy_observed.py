"""Strategies of observed values: what they have in common is kept, and nothing odd comes in."""

import math

import pytest

from perfbot.sandbox.inputs.observed import strategy_from
from tests.drawing import MATRICES, drawn, many, share


def test_observed_types_have_no_special_values() -> None:
    """What only observation suggests is generalised: no NaN, no huge int, no bool, no surrogate."""
    seen = [([1, 5], [0.5, 2.5], "abc"), ([9, 2, 4], [3.25], "hello"), ([7], [1.5, 8.0], "x y")]
    made = many("def f(a, b, c): pass", *seen, count=400)
    ints = [x for args in made for x in args[0]]  # type: ignore[attr-defined]
    floats = [x for args in made for x in args[1]]  # type: ignore[attr-defined]
    assert all(type(x) is int and abs(x) < 100 for x in ints)
    assert any(x > 9 for x in ints) and 0 in ints
    assert all(type(x) is float and math.isfinite(x) for x in floats)
    assert not any(x == 0 and math.copysign(1, x) < 0 for x in floats)
    assert all(str(args[2]).encode() is not None for args in made)
    assert len({args[2] for args in made}) > 50


def test_minus_zero_where_zero_was_observed() -> None:
    """The sign of zero is within what observed zeros suggest."""
    values = drawn(strategy_from([0.0, 1.5, 2.5]))
    assert any(x == 0 and math.copysign(1, x) < 0 for x in values)  # type: ignore[arg-type, operator]


def test_observed_matrices_stay_rectangular() -> None:
    """Rows of equal length in most draws, of unequal length in a few, and the empty matrix."""
    made = many("def f(m): pass", *MATRICES, count=500)
    rectangular = share(made, lambda args: len({len(row) for row in args[0]}) <= 1)
    assert 0.85 < rectangular < 0.995
    assert ([],) in made
    assert max(len(args[0]) for args in made) > 3  # type: ignore[arg-type]
    assert all(type(x) is int for args in made for row in args[0] for x in row)  # type: ignore[attr-defined]


def test_equal_lengths_and_counts() -> None:
    """Two lists of one length and an int that is their length stay so in about nine of ten."""
    seen = [([1, 2], ["a", "b"], 2), ([5], ["c"], 1), ([7, 8, 9, 4], list("wxyz"), 4)]
    made = many("def f(a, b, n): pass", *seen, count=500)
    kept = share(made, lambda args: len(args[0]) == len(args[1]) == args[2])
    assert 0.85 < kept < 0.99
    assert len({args[2] for args in made}) > 6


def test_an_index_stays_within_its_list() -> None:
    """An int that indexed the list in every observed input mostly does so in draws."""
    seen = [([5, 6, 7], 0), ([1, 2], 1), ([9, 8, 7, 6, 5], 4), ([3, 3, 3, 3], 2)]
    made = [args for args in many("def f(xs, i): pass", *seen, count=500) if args[0]]
    inside = share(made, lambda args: 0 <= args[1] < len(args[0]))
    assert 0.85 < inside < 0.995


def test_edges_stay_within_their_nodes() -> None:
    """Numbers inside a list that were always below another argument stay below it."""
    seen = [(3, [(0, 1), (1, 2)]), (4, [(0, 3), (1, 2)]), (6, [(0, 5), (4, 3), (2, 2)])]
    made = many("def f(n, edges): pass", *seen, count=500)
    inside = share(made, lambda args: all(0 <= x < max(args[0], 1) for e in args[1] for x in e))
    assert 0.85 < inside < 1
    assert all(len(edge) == 2 for args in made for edge in args[1])  # type: ignore[attr-defined]


@pytest.mark.parametrize("reverse", [False, True])
def test_sorted_inputs_stay_sorted(reverse: bool) -> None:
    """Lists observed in order are mostly drawn in order, and sometimes not."""
    seen = [(sorted([at, at * 3, at * 2 % 7, 11], reverse=reverse),) for at in range(1, 7)]
    made = many("def f(xs): pass", *seen, count=500)
    ordered = share(made, lambda args: args[0] == sorted(args[0], reverse=reverse))
    assert 0.85 < ordered < 1
    loose = many("def f(xs): pass", ([3, 1, 2],), ([5, 9, 2, 1],), ([4, 4, 1],), count=500)
    assert share(loose, lambda args: args[0] == sorted(args[0], reverse=reverse)) < 0.6


def test_distinct_and_permutations() -> None:
    """Lists without repeats, and permutations of 0..n-1, stay what they are in most draws."""
    seen = [([2, 0, 1],), ([3, 1, 0, 2],), ([1, 4, 2, 0, 3],)]
    made = many("def f(p): pass", *seen, count=400)
    assert share(made, lambda args: sorted(args[0]) == list(range(len(args[0])))) > 0.8
    seen = [([12, 40, 31],), ([9, 71, 20, 52, 8],), ([31, 94, 22, 60, 73],)]
    made = many("def f(p): pass", *seen, count=400)
    assert 0.85 < share(made, lambda args: len(set(args[0])) == len(args[0])) < 1


def test_small_alphabets_and_formats() -> None:
    """Brackets, digits and dates keep their characters and format in most draws."""
    brackets = many("def f(s): pass", ("()()",), ("((()))()",), ("())(",))
    assert share(brackets, lambda args: set(args[0]) <= set("()")) > 0.85
    assert any(len(args[0]) > 8 for args in brackets)  # type: ignore[arg-type]
    digits = many("def f(s): pass", ("1234",), ("99",), ("407",), ("58123",))
    assert share(digits, lambda args: args[0] == "" or args[0].isdigit()) > 0.85
    dates = many("def f(s): pass", ("2020-01-02",), ("1999-12-31",), ("2021-06-15",))
    assert share(dates, lambda args: len(args[0].split("-")) == 3) > 0.7
    assert len({args[0] for args in dates}) > 100


def test_numbers_words_and_characters_in_strings() -> None:
    """Numeric strings stay numeric, closed vocabularies closed, single characters single."""
    numbers = many("def f(s): pass", ("14.5",), ("-3",), ("100",))
    assert share(numbers, lambda args: is_number(args[0])) > 0.8
    assert len({args[0] for args in numbers}) > 50
    words = many("def f(s): pass", ("left right left",), ("right up",), ("up left up",))
    known = {"left", "right", "up", ""}
    assert share(words, lambda args: set(args[0].split(" ")) <= known) > 0.8
    single = many("def f(c): pass", ("a",), ("Q",), ("z",), count=60)
    assert share(single, lambda args: len(args[0]) == 1) > 0.8


def is_number(text: object) -> bool:
    """Whether `float` takes a string."""
    try:
        float(str(text))
    except ValueError:
        return False
    return True


def test_pairs_and_tables() -> None:
    """Lists that serve as tuples keep their length and a type per position."""
    pairs = many("def f(p): pass", ([[2, 7], [2, 6], [1, 8]],), ([[10, 20], [15, 2]],))
    assert share(pairs, lambda args: {len(row) for row in args[0]} <= {2}) > 0.85
    table = many("def f(t): pass", ([["ann", 3], ["bob", 5]],), ([["cy", 7], ["di", 1]],))
    rows = [tuple(type(x) for x in row) for args in table for row in args[0]]  # type: ignore[attr-defined]
    assert share(rows, lambda kinds: kinds == (str, int)) > 0.85


def test_inner_lists_observed_non_empty_stay_so() -> None:
    """An empty row is rare where no observed row was empty; an empty outer list is not."""
    made = many("def f(m): pass", ([[1, 2], [3], [4, 5, 6]],), ([[7], [8, 9]],), count=500)
    assert 0.85 < share(made, lambda args: all(args[0])) < 1
    assert ([],) in made


def test_cyclic_and_deep_observed_values() -> None:
    """A list within itself, and very deep nesting, neither hang nor recurse for ever."""
    cyclic: list[object] = [1]
    cyclic.append(cyclic)
    deep: list[object] = []
    for _ in range(200):
        deep = [deep]
    assert len(many("def f(x): pass", (cyclic,), (deep,), count=30)) > 3


def test_records_keep_their_keys() -> None:
    """Dicts whose keys recur are records: each key keeps its own type."""
    seen = [({"name": "a", "age": 3},), ({"name": "bo", "age": 40},), ({"name": "c", "age": 9},)]
    made = many("def f(r): pass", *seen)
    assert share(made, lambda args: set(args[0]) == {"name", "age"}) > 0.8
    assert all(type(args[0]["age"]) is int for args in made if "age" in args[0])  # type: ignore[operator, index]


def test_mixed_element_types() -> None:
    """Observed mixtures are drawn as mixtures."""
    made = many("def f(xs): pass", ([1, "a", None],), ([2.5, "b"],))
    kinds = {type(x) for args in made for x in args[0]}  # type: ignore[attr-defined]
    assert kinds == {int, str, float, type(None)}


def test_fixed_tuples_keep_their_length() -> None:
    """Tuples of one observed length keep it; tuples of several lengths vary."""
    fixed = many("def f(p): pass", ((1, 2),), ((3, 4),))
    assert {len(args[0]) for args in fixed} == {2}  # type: ignore[arg-type]
    varied = many("def f(p): pass", ((1, 2),), ((3, 4, 5),))
    assert len({len(args[0]) for args in varied}) > 3  # type: ignore[arg-type]


def test_literals_beside_strings_that_are_too_long_to_be_seen() -> None:
    """A literal outside an alphabet whose observed strings are all too long gives way to it."""
    long = "the quick brown fox "
    seen = [(long * times, ["dog", "cat", "cow"]) for times in (50, 500)]
    header = "def f(text: str, words: list[str]): pass"
    made = many(header, *seen, count=400, literals=("|",), break_percent=0)
    assert len(made) > 350
    assert share(made, lambda args: any("|" in word for word in args[1])) < 0.1
