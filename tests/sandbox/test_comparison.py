"""Comparison: each way in which outcomes can differ is found, and equal ones are equal."""

import collections
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbot.sandbox.comparison import TEXT_LIMIT, difference, first_difference, show
from perfbot.sandbox.drivers import values
from perfbot.sandbox.drivers.scalars import head
from perfbot.sandbox.drivers.values import Drained, Object, Raised
from perfbot.sandbox.drivers.wire import encode, seal
from perfbot.sandbox.numpy_warnings import ARRAYS, SCALARS
from perfbot.sandbox.oracle import levels_apart
from perfbot.sandbox.outcome import Outcome


def outcome(value: Any, args: Any = (), effects: Any = None, kwargs: Any = None) -> Outcome:
    """What a driver reports of a call that returned."""
    body = seal(encode([value, args, kwargs or {}]))
    return Outcome("return", False, body, encode(effects or {}))


def raised(error: BaseException, *, explicit: bool = True, args: Any = ()) -> Outcome:
    """What a driver reports of a call that raised."""
    return Outcome("raise", explicit, encode([error, args, {}]), encode({}))


def hostile(body: bytes, effects: bytes = b"\xa0") -> Outcome:
    """An answer of bytes that no driver sends."""
    return Outcome("return", False, body, effects)


EQUAL = [None, 1.5, float("nan"), -0.0, [1, [2]], {"a": {3}}, (1,), ValueError("x"), iter([1]), b""]


@pytest.mark.parametrize("index", range(len(EQUAL)))
def test_equal_outcomes_are_equal(index: int) -> None:
    """The same value, arguments and effects are no difference."""
    one = outcome(EQUAL[index] if index != 8 else iter([1]), ([1],), {"stdout": "a"})
    other = outcome(EQUAL[index] if index != 8 else iter([1]), ([1],), {"stdout": "a"})
    assert difference(one, other) is None


@pytest.mark.parametrize(
    ("expected", "actual", "says"),
    [
        (outcome(1), outcome(2), "result: 2 where the original has 1"),
        (outcome(1), outcome(True), "result: True (bool) where the original has 1 (int)"),
        (outcome(1), outcome(1.0), "(float)"),
        (outcome(0.0), outcome(-0.0), "-0.0"),
        (outcome([1, 2]), outcome([1, 3]), "result[1]: 3 where the original has 2"),
        (outcome([1, 2]), outcome([1]), "1 items where the original has 2"),
        (outcome([1]), outcome((1,)), "(tuple)"),
        (outcome({"a": 1}), outcome({"a": 2}), "['a']: 2"),
        (outcome({"a": 1, "b": 2}), outcome({"b": 2, "a": 1}), "{'b': 2, 'a': 1}"),
        (outcome({1}), outcome({2}), "{2} where the original has {1}"),
        (outcome("a"), outcome("b"), "'b'"),
        (outcome(None, ([1],)), outcome(None, ([2],)), "arguments after the call[0][0]: 2"),
        (outcome(None, (), None, {"k": 1}), outcome(None, (), None, {"k": 2}), "keyword arg"),
        (outcome(1), raised(ValueError("no")), "raises builtins.ValueError where"),
        (raised(ValueError("no")), outcome(1), "returns where"),
        (raised(ValueError("a")), raised(ValueError("b")), "result.args[0]: 'b'"),
        (raised(ValueError("a")), raised(TypeError("a")), "TypeError"),
        (outcome(iter([1, 2])), outcome(iter([1])), ".items: 1 items"),
        (outcome(iter([1])), outcome([1]), "(list)"),
        (outcome(None), outcome(None, effects={"stdout": "hi"}), "side effect on stdout differs"),
        (outcome(None, effects={"globals": {"N": b"a"}}), outcome(None), "on globals"),
        (outcome(collections.Counter("ab")), outcome(collections.Counter("aa")), "Counter"),
    ],
    ids=str,
)
def test_each_difference_is_found_and_told(expected: Outcome, actual: Outcome, says: str) -> None:
    """Another value, type, order, argument, exception, iterator or effect is told where it is."""
    found = difference(expected, actual)
    assert found is not None
    assert says in found


def test_aliasing_is_part_of_the_result() -> None:
    """Returning the argument itself differs from returning an equal copy."""
    argument = [1]
    same = outcome(argument, (argument,))
    copy = outcome([1], (argument,))
    assert "aliased" in (difference(same, copy) or "")
    assert "aliased" in (difference(copy, same) or "")
    assert difference(same, same) is None


@pytest.mark.parametrize("status", ["unsendable", "timeout", "died", "corrupt", "error"])
def test_no_answer_is_a_difference(status: str) -> None:
    """An edit that gives no answer differs, whatever the original does."""
    missing = Outcome(status, False, b"why", b"\xa0")
    for expected in (outcome(1), raised(ValueError()), raised(KeyError(), explicit=False)):
        assert "no answer" in (difference(expected, missing) or "")


def test_accidental_exceptions_agree_by_type_alone() -> None:
    """An accident's message may change; its type may not, nor what it leaves behind."""
    accident = raised(IndexError("list index out of range"), explicit=False, args=([1],))
    assert difference(accident, raised(IndexError("pop"), explicit=False, args=([1],))) is None
    left = difference(accident, raised(IndexError("pop"), explicit=False, args=([],)))
    assert left is not None and left.startswith("arguments after the call[0]")
    assert difference(accident, raised(IndexError("pop"), args=([1],))) is None
    assert difference(accident, raised(KeyError("pop"), explicit=False)) is not None
    assert difference(accident, outcome(None)) is not None
    assert difference(raised(IndexError("a")), raised(IndexError("b"), explicit=False)) is not None


def test_unordered_originals_fix_the_values_only() -> None:
    """Where order varies in the original any order agrees, but no other value, count or type."""
    original = outcome([("a", 1), ("b", 2)], ([1],))

    def agrees(other: Outcome) -> bool:
        return difference(original, other, unordered=100) is None

    assert agrees(outcome([("b", 2), ("a", 1)], ([1],)))
    assert not agrees(outcome([("b", 2), ("a", 2)], ([1],)))
    assert not agrees(outcome([("b", 2), ("a", 1), ("a", 1)], ([1],)))
    assert not agrees(outcome((("b", 2), ("a", 1)), ([1],)))
    assert not agrees(outcome({"b": 2, "a": 1}, ([1],)))
    assert not agrees(outcome([["b", 2], ["a", 1]], ([1],)))
    assert not agrees(outcome([1], ([("a", 1), ("b", 2)],)))
    assert not agrees(outcome([("a", 1), ("b", 2)], ([1],), {"stdout": "x"}))
    assert difference(original, outcome([("b", 2), ("a", 1)], ([1],))) is not None


def test_order_counts_below_the_levels_whose_order_varies() -> None:
    """Of groups in any order, each of them sorted, a group may not come back unsorted."""
    original = outcome([[1, 2], [3, 4]])
    assert difference(original, outcome([[3, 4], [1, 2]]), unordered=1) is None
    assert difference(original, outcome([[3, 4], [2, 1]]), unordered=1) is not None


def test_an_original_is_unordered_only_if_its_values_agree() -> None:
    """Two runs that differ in more than order are not taken for one that lacks order."""
    assert levels_apart(outcome([1, 2]), outcome([2, 1])) == 1
    assert levels_apart(outcome([[1, 2], [3]]), outcome([[3], [1, 2]])) == 1
    assert levels_apart(outcome([[1, 2], [3]]), outcome([[3], [2, 1]])) == 2
    assert not levels_apart(outcome([1, 2]), outcome([1, 3]))
    assert not levels_apart(outcome([1, 2]), raised(ValueError()))
    assert not levels_apart(outcome([1]), outcome([1], effects={"stdout": "a"}))


def test_a_workloads_equivalent_judges_results_and_nothing_else() -> None:
    """`equivalent` may accept another result, but never other arguments or effects."""
    asked = []

    def equivalent(expected: bytes, actual: bytes, inputs: bytes) -> bool:
        asked.append((expected, actual, inputs))
        return True

    def found(actual: Outcome) -> str | None:
        return difference(outcome(1, ([1],)), actual, equivalent=equivalent, inputs=b"in")

    assert found(outcome(2, ([1],))) is None
    assert asked == [(encode(1), encode(2), b"in")]
    assert found(outcome(2, ([2],))) is not None
    assert found(outcome(2, ([1],), {"stdout": "a"})) is not None
    assert found(raised(ValueError("a"))) is not None
    assert len(asked) == 2


def test_large_results_are_compared_by_digest() -> None:
    """A result too large to travel agrees with itself and differs from any other."""
    large = list(range(200_000))
    assert difference(outcome(large), outcome(list(large))) is None
    assert difference(outcome(large), outcome([*large[:-1], 7])) == "a large result differs"
    assert difference(outcome(large), outcome(1)) is not None


def doubled(levels: int) -> bytes:
    """A body whose result is a list that holds a list twice, and so on: 2**levels items."""
    inner = head(6, values.SHAREABLE) + head(4, 0)
    for level in reversed(range(levels)):
        inner = (
            head(6, values.SHAREABLE) + head(4, 2) + inner
            + head(6, values.SHARED) + head(0, level + 1)
        )  # fmt: skip
    return head(4, 3) + inner + encode(()) + encode({})


def deep(levels: int) -> bytes:
    return head(4, 3) + head(4, 1) * levels + head(4, 0) + encode(()) + encode({})


CYCLE = head(6, values.SHAREABLE) + head(4, 1) + head(6, values.SHARED) + head(0, 0)
HOSTILE = {
    "no list": encode(1),
    "empty": encode([]),
    "wrong arity": encode([1, ()]),
    "no bytes of the wire": b"\xff\xff",
    "nothing": b"",
    "contains itself": head(4, 3) + CYCLE + encode(()) + encode({}),
    "doubled forty times": doubled(40),
    "too deep": deep(220),
    "a dict": encode({"a": 1}),
    "huge int": encode([10**5000, (), {}]),
    "exception for a value": encode([{"a": ValueError("x"), "b": [ValueError("y")]}, (), {}]),
    "a digest": b"sha256:",
}
ORIGINALS = {
    "list": outcome([1, [2]]),
    "dict": outcome({"a": 1}),
    "raise": raised(ValueError("a")),
    "accident": raised(KeyError("a"), explicit=False),
    "node": outcome(Object("m", "C", [1])),
}


@pytest.mark.parametrize("status", ["return", "raise"])
@pytest.mark.parametrize("unordered", [0, 1, 100])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_differ_from_every_original(name: str, unordered: int, status: str) -> None:
    """Bodies that no honest driver sends are differences, found quickly and without a crash."""
    for original in ORIGINALS.values():
        for explicit in (False, True):
            actual = Outcome(status, explicit, HOSTILE[name], b"\xa0")
            found = difference(original, actual, unordered=unordered)
            assert found is not None
            assert len(found) < 4 * TEXT_LIMIT


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_effects_differ(name: str) -> None:
    """Side effects of odd bytes or shapes are differences, found without a crash."""
    for effects in ({}, {"stdout": "a"}):
        found = difference(outcome(1, effects=effects), hostile(outcome(1).body, HOSTILE[name]))
        assert found is not None


INVALID = ("RuntimeWarning", "invalid value", True)
OTHER = ("UserWarning", "old", True)


@pytest.mark.parametrize(
    ("before", "after", "agree"),
    [
        ([SCALARS], [], True),
        ([SCALARS], [ARRAYS], True),
        ([ARRAYS], [SCALARS], True),
        ([OTHER, SCALARS], [OTHER], True),
        ([INVALID, SCALARS], [INVALID, ARRAYS], True),
        ([], [SCALARS], False),
        ([], [ARRAYS], False),
        ([ARRAYS], [], False),
        ([INVALID, SCALARS], [], False),
        ([INVALID], [SCALARS], False),
        ([SCALARS], [OTHER], False),
        ([OTHER, SCALARS], [SCALARS, OTHER], False),
    ],
)
def test_an_overflow_of_scalars_may_go_unsaid(before: Any, after: Any, agree: bool) -> None:
    """Arrays of integers wrap without a word; every other warning comes and goes with the edit."""
    ours, theirs = ({"warnings": found} if found else {} for found in (before, after))
    whole = (numpy.array([200], dtype="u1"), 3)
    found = difference(outcome(1, whole, effects=ours), outcome(1, whole, effects=theirs))
    assert (found is None) == agree, found


@pytest.mark.parametrize("args", [(), (3,), (2.5,), (numpy.ones(2),), ([numpy.array([1])],)])
def test_an_overflow_may_go_unsaid_of_arrays_of_integers_alone(args: Any) -> None:
    """Arrays of floats say it themselves; of what a list holds nothing is known."""
    loud, quiet = outcome(1, args, effects={"warnings": [SCALARS]}), outcome(1, args)
    assert difference(loud, quiet) is not None


@pytest.mark.parametrize("theirs", [None, 7, {}, "overflow", [[]], [SCALARS, 7]])
def test_warnings_that_are_none_differ(theirs: Any) -> None:
    """An edit's process may answer anything."""
    original = outcome(1, effects={"warnings": [SCALARS, OTHER]})
    assert difference(original, outcome(1, effects={"warnings": theirs})) is not None


def test_cyclic_results_agree_with_themselves_and_with_no_others() -> None:
    """Results that contain themselves are compared, not recursed into for ever."""
    one: list[Any] = [1]
    one.append(one)
    other: list[Any] = [2]
    other.append(other)
    assert difference(outcome(one), outcome(one)) is None
    assert "result[0]: 2" in (difference(outcome(one), outcome(other)) or "")


def test_values_that_python_will_not_print_are_shown_by_kind() -> None:
    """Ints beyond Python's limit on digits, and endless structures, have a short text."""
    assert "int" in show(10**5000)
    assert len(show(list(range(10**5)))) <= TEXT_LIMIT
    assert show(Raised("builtins", "ValueError", ("a",), {})) == "ValueError('a')"
    assert "5" in show(Drained("generator", [5], "end", None))
    assert difference(outcome(10**5000), outcome(10**5000 + 1)) is not None


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(st.integers() | st.text(), lambda x: st.lists(x) | st.tuples(x, x), max_leaves=8),
    st.data(),
)
def test_a_first_difference_is_found_exactly_where_bytes_differ(
    value: Any, draw: st.DataObject
) -> None:
    """`first_difference` is None for equal values and a text for any other value."""
    assert first_difference(value, value, "") is None
    other = draw.draw(st.sampled_from([[value], (value,), [value, value], 0.5, None]))
    assert first_difference(value, other, "") is not None
