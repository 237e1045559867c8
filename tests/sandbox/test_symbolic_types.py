"""The types that the gate `symbolic` can search through, and whether a proposal is of them."""

from typing import Any

import pytest

from perfbot.sandbox.gates.symbolic_types import aliases_of, conforms, inferred, tree_of


@pytest.mark.parametrize(
    ("annotation", "tree"),
    [
        ("int", ["int"]),
        ("'int'", ["int"]),
        ("int | None", ["union", ["int"], ["None"]]),
        ("typing.Optional[str]", ["union", ["str"], ["None"]]),
        ("Union[int, List[bytes]]", ["union", ["int"], ["list", ["bytes"]]]),
        ("dict[str, list[int]]", ["dict", ["str"], ["list", ["int"]]]),
        ("Mapping[str, float]", ["dict", ["str"], ["float"]]),
        ("Sequence[bool]", ["list", ["bool"]]),
        ("typing.Set[int]", ["set", ["int"]]),
        ("tuple[int, str]", ["tuple", ["int"], ["str"]]),
        ("tuple[int, ...]", ["tuple of any length", ["int"]]),
        ("Vector", ["list", ["float"]]),
        ("L[int]", ["list", ["int"]]),
        ("list", ["list", ["int"]]),
        (None, ["list", ["int"]]),
        ("Loop", None),
        ("list[list]", None),
        ("Callable[[int], int]", None),
        ("Iterator[int]", None),
        ("Shop", None),
        ("list[Shop]", None),
        ("3", None),
        ("no type", None),
    ],
)
def test_annotations_are_read(annotation: str | None, tree: list[Any] | None) -> None:
    """What can be searched becomes a tree, all else None; bare ones go by what was seen."""
    aliases = aliases_of("Vector = list[float]\nLoop = list['Loop']\nfrom typing import List as L")
    assert tree_of(annotation, [[1], []], aliases) == tree


@pytest.mark.parametrize(
    ("values", "tree"),
    [
        ([1, 2], ["int"]),
        ([1, None], ["union", ["int"], ["None"]]),
        ([True], ["bool"]),
        ([(1, "a"), (2, "b")], ["tuple", ["int"], ["str"]]),
        ([(1,), (1, 2)], ["tuple of any length", ["int"]]),
        ([{"a": 1.0}], ["dict", ["str"], ["float"]]),
        ([{1}], ["set", ["int"]]),
        ([[]], None),
        ([()], None),
        ([], None),
        ([1j], None),
    ],
)
def test_types_are_inferred_from_values(values: list[object], tree: list[Any] | None) -> None:
    """Observed values give their common type, or None where they do not say enough."""
    assert inferred(values) == tree


@pytest.mark.parametrize(
    ("value", "tree", "fits"),
    [
        (1, ["int"], True),
        (True, ["int"], False),
        ({"a": [1]}, ["dict", ["str"], ["list", ["int"]]], True),
        ({"a": [1.0]}, ["dict", ["str"], ["list", ["int"]]], False),
        ((1, "a"), ["tuple", ["int"], ["str"]], True),
        ((1,), ["tuple", ["int"], ["str"]], False),
        ((1, 2), ["tuple of any length", ["int"]], True),
        ([1], ["tuple of any length", ["int"]], False),
        (None, ["union", ["int"], ["None"]], True),
        ("a", ["union", ["int"], ["None"]], False),
        ({1}, ["set", ["int"]], True),
        (frozenset([1]), ["set", ["int"]], False),
        ([1] * 100, ["list", ["int"]], False),
        ([[[1] * 9] * 9] * 9, ["list", ["list", ["list", ["int"]]]], False),
    ],
)
def test_proposed_values_must_be_of_the_type(value: object, tree: list[Any], fits: bool) -> None:
    """Exact types only, and no more items than looked at."""
    assert conforms(value, tree, [50]) is fits
