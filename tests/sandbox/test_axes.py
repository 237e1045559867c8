"""Numbers of axes that no caller passes: which of them an original takes."""

import numpy

from perfbot.sandbox.axes import Axes, ranks_of, with_other_elements
from perfbot.sandbox.baseline_file import axes_from, axes_row
from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import View
from perfbot.sandbox.drivers.wire import encode
from perfbot.sandbox.inputs.arguments import Arguments

LINE, TABLE = (("a", 1),), (("a", 2),)


def test_ranks_are_those_of_the_arrays_alone() -> None:
    """A view counts as the array that it shows; lists and numbers are no arrays."""
    table = numpy.ones((2, 3))
    bound = {"a": table, "n": 3, "b": View(table, (2, 1)), "c": [1], "d": numpy.array(7)}
    assert ranks_of(bound) == (("a", 2), ("b", 2), ("d", 0))


def test_what_callers_pass_is_taken_whatever_comes_of_it() -> None:
    """An original that fails on most of its callers' own kind of arrays is judged on them."""
    axes = Axes(frozenset([LINE]))
    for _ in range(5):
        axes.note(LINE, answered=False)
    assert axes.mostly_taken(LINE)


def test_other_axes_are_taken_while_most_inputs_are_answered() -> None:
    """Half is not most; what was never asked about is not taken."""
    axes = Axes(frozenset([LINE]))
    assert not axes.mostly_taken(TABLE)
    axes.note(TABLE, answered=True)
    assert axes.mostly_taken(TABLE)
    axes.note(TABLE, answered=False)
    assert not axes.mostly_taken(TABLE)
    axes.note(TABLE, answered=True)
    assert axes.mostly_taken(TABLE)


def test_without_arrays_axes_do_not_matter() -> None:
    """No input is looked at where no caller passes an array."""
    assert not Axes().matter
    assert not Axes(frozenset([()])).matter
    assert Axes(frozenset([(), LINE])).matter


def test_they_are_kept_with_the_baseline() -> None:
    """What was found out is the same when it is read from disk."""
    axes = Axes(frozenset([LINE, ()]))
    axes.note(TABLE, answered=True)
    axes.note(TABLE, answered=False)
    assert axes_from(decode(encode(axes_row(axes)))) == axes


def test_every_element_of_every_array_of_numbers_is_another() -> None:
    """Types, shapes and steps stay, and so does what is no array of numbers."""
    for dtype in ("<f8", "<f4", "<c16", "<i8", "|u1", "|b1"):
        array = numpy.array([[0, 1, 1]]).astype(dtype)
        array[0, 2] = array.dtype.type(1.5)
        made = with_other_elements(Arguments((array, View(array, (1, -1)), 7), {"k": "a"}))
        other, view, number = made.args
        assert (other.dtype, other.shape) == (array.dtype, array.shape)
        assert (other != array).all() and (view.array != array).all()
        assert (view.steps, number, made.kwargs) == ((1, -1), 7, {"k": "a"})
    texts = numpy.array(["a"])
    assert with_other_elements(Arguments((texts,), {})).args[0] is texts
