"""Strategies of annotations: what each declares, and what cannot be made."""

import datetime
import math
from decimal import Decimal

import pytest

from perfbot.sandbox.drivers.values import Drained, Enum, Object
from perfbot.sandbox.inputs.annotations import strategy_for
from perfbot.sandbox.inputs.scope import Scope
from tests.drawing import drawn, many, share

ANNOTATIONS = [
    ("int", int),
    ("bool", bool),
    ("str", str),
    ("bytes", bytes),
    ("bytearray", bytearray),
    ("complex", complex),
    ("None", type(None)),
    ("float", (float, int)),
    ("list[int]", list),
    ("typing.List[int]", list),
    ("'list[int]'", list),
    ("dict[str, list[float]]", dict),
    ("Dict", dict),
    ("set[int]", set),
    ("FrozenSet[str]", frozenset),
    ("tuple[int, str]", tuple),
    ("Tuple[int, ...]", tuple),
    ("Sequence[int]", (list, tuple)),
    ("collections.abc.Mapping[str, int]", dict),
    ("MutableSequence[int]", list),
    ("Iterable[int]", (list, tuple, Drained)),
    ("Iterator[int]", Drained),
    ("int | None", (int, type(None))),
    ("Optional[str]", (str, type(None))),
    ("Union[int, str]", (int, str)),
    ("Literal['a', 3]", (str, int)),
    ("Annotated[int, 'positive']", int),
    ("Decimal", Decimal),
    ("datetime.date", datetime.date),
    ("datetime.datetime", datetime.datetime),
    ("datetime.timedelta", datetime.timedelta),
    ("range", range),
    ("Any", object),
]


@pytest.mark.parametrize(("annotation", "kind"), ANNOTATIONS)
def test_annotation_gives_its_type(annotation: str, kind: type | tuple[type, ...]) -> None:
    """Every value is of the declared type, and there is more than one where there can be."""
    values = drawn(strategy_for(annotation), 60)
    assert all(isinstance(value, kind) for value in values)
    assert annotation == "None" or len({repr(value) for value in values}) > 1


@pytest.mark.parametrize(
    "annotation",
    ["Callable[[Shelf], Shelf]", "Shelf", "list[Shelf]", "type", "dict[list[int], int]"],
)
def test_annotation_that_cannot_be_made(annotation: str) -> None:
    """Functions and the user's own classes have no values unless some were observed."""
    assert strategy_for(annotation) is None


def test_users_classes_come_from_observed_values() -> None:
    """Observed objects and enum members are passed again, of no other class."""
    shelf, red = Object("m", "Shelf", {"size": 3}), Enum("m", "Colour", "RED")
    values = drawn(strategy_for("list[Shelf]", [[shelf], []]), 100)
    inner = [item for value in values for item in value]  # type: ignore[attr-defined]
    assert inner and all(type(item) is Object and item.qualname == "Shelf" for item in inner)
    assert set(drawn(strategy_for("Colour", [red]), 20)) == {red}


def test_aliases_of_a_file() -> None:
    """Renamed imports, module-level aliases, TypeVars and NewTypes are read, not run."""
    names = Scope(
        "from typing import List as L, TypeVar, NewType\nimport typing as t\n"
        "Row = t.List[float]\nT = TypeVar('T')\nN = TypeVar('N', bound=str)\n"
        "Key = NewType('Key', bytes)\n"
    )
    made = {
        name: drawn(strategy_for(name, names=names), 40)
        for name in ("L[int]", "t.Optional[Row]", "list[T]", "N", "Key")
    }
    assert all(isinstance(value, list) for value in made["L[int]"])
    rows = [value for value in made["t.Optional[Row]"] if value is not None]
    assert rows and all(isinstance(item, (float, int)) for row in rows for item in row)  # type: ignore[attr-defined]
    assert all(type(x) in (int, bool) for value in made["list[T]"] for x in value)  # type: ignore[attr-defined]
    assert all(isinstance(value, str) for value in made["N"])
    assert all(isinstance(value, bytes) for value in made["Key"])


def test_a_recursive_alias_ends() -> None:
    """Values of an alias that names itself are nested a few deep, and end."""
    names = Scope("Tree = dict[str, 'Tree']\nJson = int | list['Json']\n")
    trees = drawn(strategy_for("Tree", names=names), 100)
    assert {} in trees
    assert any(inner for tree in trees for inner in tree.values())  # type: ignore[attr-defined]
    values = drawn(strategy_for("Json", names=names), 100)
    assert any(type(value) is int for value in values)
    assert any(isinstance(item, list) for value in values for item in listed(value))


def test_declared_types_have_edge_cases() -> None:
    """What the annotation declares is the domain: huge ints, bools, NaN, -0.0, Unicode."""
    ints = [x for args in many("def f(x: list[int]): pass") for x in args[0]]  # type: ignore[attr-defined]
    assert any(abs(x) > 2**64 for x in ints) and any(x is True for x in ints)
    assert {0, 1, -1} <= set(ints)
    floats = [x for args in many("def f(x: list[float]): pass") for x in args[0]]  # type: ignore[attr-defined]
    assert any(math.isnan(x) for x in floats) and any(math.isinf(x) for x in floats)
    assert any(x == 0 and math.copysign(1, x) < 0 for x in floats)
    assert any(type(x) is int for x in floats)
    texts = [args[0] for args in many("def f(x: str): pass")]
    assert "" in texts
    assert any(not str(text).isascii() for text in texts)
    surrogates = share(texts, lambda text: any("\ud800" <= c <= "\udfff" for c in text))
    assert 0 < surrogates < 0.1


def listed(value: object) -> list[object]:
    """The items of a list, none of anything else."""
    return value if isinstance(value, list) else []
