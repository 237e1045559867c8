"""Elements of the types that an edit newly asks about."""

from pathlib import Path

import pytest

from perfbot.sandbox.edit import Edit
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.retyped import asked_types, retyped, with_change
from perfbot.sandbox.inputs.signature import signature_of
from perfbot.sandbox.verify import judge
from tests.opened import opened_project

NESTED = '''\
"""Lists."""


def flatten(items: list) -> list:
    """All leaves of nested lists, in order."""
    found = []
    for item in items:
        if isinstance(item, list):
            found = found + flatten(item)
        else:
            found = found + [item]
    return found
'''
SUITE = """\
from nested import flatten


def test_flatten():
    assert flatten([1, [2, [3, 4]], 5]) == [1, 2, 3, 4, 5]
"""
ASKS = "isinstance(item, list)"
SAME = NESTED.replace("found = found + flatten(item)", "found.extend(flatten(item))")


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("isinstance(x, (list, tuple))", {"list", "tuple"}),
        ("isinstance(x, str | bytes)", {"str", "bytes"}),
        ("type(x) is dict", {"dict", "OrderedDict", "defaultdict"}),
        ("type(x) is list", {"list", "StackSummary"}),
        ("type(x) == tuple", {"tuple", "DefragResult"}),
        ("type(x) in (int, float)", {"int", "float", "bool"}),
        ("isinstance(x, abc.Mapping)", {"dict"}),
        ("match x:\n    case set():\n        pass", {"set"}),
        ("match x:\n    case [a, b]:\n        pass", {"list", "tuple"}),
        ("isinstance(x, Thing) or x is None", set()),
    ],
)
def test_the_types_that_a_text_asks_about(text: str, types: set[str]) -> None:
    """In calls, comparisons and patterns; other classes are nobody's to make."""
    assert asked_types(text + "\n") == types


def test_only_what_is_new_and_open_is_tried() -> None:
    """A type that the original asks about too is none, and neither is an element that is said."""
    observed = [Arguments(([1, [2]],), {})]
    open_header = signature_of("def f(items: list): pass")
    asks = "isinstance(x, (list, tuple))\n"
    made = [item.args[0] for item in retyped(open_header, observed, "isinstance(x, list)\n", asks)]
    assert [(1,), [2]] in made and [1, (2,)] in made and [1, [(2,)]] in made
    assert not list(retyped(open_header, observed, asks, asks))
    said = signature_of("def f(items: list[int]): pass")
    assert not list(retyped(said, observed, "1\n", asks))


def test_what_is_derived_from_a_type_is_tried_where_an_edit_asks_for_the_very_type() -> None:
    """In place of a dict, one of the same items that `isinstance` takes and `type` does not."""
    signature = signature_of("def f(data: dict): pass")
    observed = [Arguments(({"a": {"b": 1}},), {})]
    instance, very = "isinstance(x, dict)\n", "type(x) is dict\n"
    made = [item.args[0] for item in retyped(signature, observed, instance, very)]
    kinds = {
        type(item["a"]).__name__
        for item in made
        if isinstance(item, dict) and item["a"] == {"b": 1}
    }
    assert kinds == {"OrderedDict", "defaultdict"}
    assert not list(retyped(signature, observed, very, instance))


def test_a_change_leaves_the_rest_as_it_was() -> None:
    """A copy, with one element changed at any depth."""
    value = {"a": [1, (2, 3)], "b": [4]}
    assert with_change(value, ("a", 1, 0), lambda _: "x") == {"a": [1, ("x", 3)], "b": [4]}
    assert value == {"a": [1, (2, 3)], "b": [4]}


def test_an_edit_that_takes_tuples_for_lists_is_refuted(tmp_path: Path) -> None:
    """By a tuple, and one that takes lists alone by a subclass; the same without it survives."""
    with opened_project(tmp_path, "flatten", nested_py=NESTED, test_nested_py=SUITE) as session:
        for old, new in (("item, list)", "item, (list, tuple))"), (ASKS, "type(item) is list")):
            wrong = judge(session.baseline, Edit(SAME.replace(old, new)))
            assert wrong.decision == "refuted", wrong.reason
        right = judge(session.baseline, Edit(SAME))
        assert right.decision == "survived", right.reason
