"""The wire: what goes in comes out, and equal bytes are equal values."""

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import io
import math
import pathlib
import random
import re
import struct
import sys
import types
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbot.sandbox.drivers.unwire import decode
from perfbot.sandbox.drivers.values import Object, WireError
from perfbot.sandbox.drivers.wire import encode

HERE = "perfbot_test_wire_classes"
RUNS = settings(max_examples=80, deadline=None)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Access(enum.Flag):
    READ = 1
    WRITE = 2


@dataclasses.dataclass
class Point:
    x: Any
    y: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    x: Any


class Pair(NamedTuple):
    left: Any
    right: Any


class Slots:
    __slots__ = ("__hidden", "first", "unset")

    def __init__(self, first: Any, hidden: Any) -> None:
        self.first = first
        self.__hidden = hidden


class Node:
    def __init__(self) -> None:
        self.next: Any = None


class Words(list[Any]):
    pass


class Table(dict[Any, Any]):
    pass


class Metres(float):
    pass


class Name(str):
    __slots__ = ()


class Broken(Exception):
    pass


class Queue(collections.deque[int]):
    pass


class Stream(io.StringIO):
    pass


class Matrix(numpy.ndarray[Any, Any]):
    pass


CLASSES = (Colour, Access, Point, Frozen, Pair, Slots, Node, Words, Table, Metres, Name, Broken)


@pytest.fixture(autouse=True, scope="module")
def importable() -> Iterator[None]:
    """Give this file's classes a module that the decoder can import by name."""
    module = types.ModuleType(HERE)
    kept = [kind.__module__ for kind in CLASSES]
    for kind in CLASSES:
        kind.__module__ = HERE
        setattr(module, kind.__name__, kind)
    sys.modules[HERE] = module
    yield
    del sys.modules[HERE]
    for kind, name in zip(CLASSES, kept, strict=True):
        kind.__module__ = name


def built(value: Any) -> Any:
    """What the sandboxed side makes of a value's encoding."""
    return decode(encode(value), build=True)


def spelt(value: Any) -> Any:
    """A value's types and content as nested tuples of text; sets in a fixed order."""
    if isinstance(value, (set, frozenset)):
        return type(value).__name__, sorted(map(repr, value))
    if isinstance(value, dict):
        return type(value).__name__, [(spelt(key), spelt(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple, collections.deque)):
        return type(value).__name__, [spelt(item) for item in value]
    return type(value).__name__, repr(value)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**70), 2**70).map(lambda n: n**9),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters(exclude_categories=())),
    st.binary(),
    st.sampled_from([..., NotImplemented]),
)
plain = st.one_of(
    scalars,
    st.decimals(),
    st.fractions(),
    st.uuids(),
    st.datetimes(timezones=st.sampled_from([None, datetime.UTC])),
    st.dates(),
    st.timedeltas(),
    st.builds(range, st.integers(-5, 5), st.integers(), st.sampled_from([1, -2])),
    st.builds(slice, st.integers(), st.none()),
    st.lists(st.integers(), min_size=14, max_size=20).map(tuple),
    st.frozensets(st.integers() | st.text()),
)
data = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(scalars, inner),
        st.lists(inner).map(collections.deque),
        st.binary().map(bytearray),
        st.sets(scalars),
        st.dictionaries(st.text(), inner).map(collections.OrderedDict),
    ),
    max_leaves=12,
)


@RUNS
@given(data)
def test_plain_data_comes_back_with_exact_types(value: Any) -> None:
    """Either side decodes plain data to a value of the same repr, types and bytes."""
    for build in (False, True):
        back = decode(encode(value), build=build)
        assert spelt(back) == spelt(value)
        assert encode(back) == encode(value)


def short(value: Any) -> str:
    """The value as a test's name, which has to be the same in every process: no addresses."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))[:40]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (0.0, -0.0),
        ([1], (1,)),
        ({1}, frozenset({1})),
        (b"a", bytearray(b"a")),
        ("1", 1),
        (1, 1 + 0j),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (list(range(20)), [float(n) for n in range(20)]),
        ([1] * 20, [1] * 19 + [True]),
        (Metres(1.5), 1.5),
        (Name("a"), "a"),
        (Words([1]), [1]),
        (Table(a=1), {"a": 1}),
        (Pair(1, 2), (1, 2)),
        (Colour.RED, Colour.BLUE),
        (Access.READ | Access.WRITE, Access.READ),
        (Access(0), Access.READ),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.defaultdict(int), {}),
        (collections.defaultdict(int), collections.defaultdict(list)),
        (collections.Counter("aab"), collections.Counter("abb")),
        (io.StringIO("one"), io.StringIO("two")),
        (random.Random(1).getstate(), random.Random(2).getstate()),
        (datetime.datetime(2020, 1, 1), datetime.date(2020, 1, 1)),
        (decimal.Decimal("1.0"), decimal.Decimal("1.00")),
        (pathlib.Path("a"), pathlib.Path("b")),
        (array.array("i", [1]), array.array("l", [1])),
        (iter([1, 2]), iter([1, 3])),
        (iter([1, 2]), iter((1, 2))),
        (ValueError("a"), ValueError("b")),
        (ValueError("a"), TypeError("a")),
        (int, float),
        (len, print),
        ({"a": 1}.get, {"a": 2}.get),
        (lambda: 1, lambda: 2),
        (lambda x=1: x, lambda x=2: x),
        (lambda *, x=1: x, lambda *, x=2: x),
        (type("K", (), {"n": 1}), type("K", (), {"n": 2})),
    ],
    ids=short,
)
def test_different_values_have_different_bytes(one: Any, other: Any) -> None:
    """Values of another type, order, content or code never encode to the same bytes."""
    assert encode(one) != encode(other)


def test_every_nan_is_the_same_nan() -> None:
    """NaNs that differ in sign or payload only are one value, in floats and in arrays."""
    odd = struct.unpack(">d", b"\xff\xf8\x00\x00\x00\x00\x00\x07")[0]
    assert math.isnan(odd)
    assert encode(odd) == encode(math.nan)
    assert encode([odd] * 20) == encode([math.nan] * 20)
    for dtype in ("f8", "c16"):
        one, other = (numpy.array([item, 1], dtype) for item in (odd, math.nan))
        assert encode(one) == encode(other)


def test_aliases_and_cycles_are_kept() -> None:
    """A shared list stays shared, an equal copy stays a copy, and cycles end."""
    shared: list[Any] = [1]
    back = built([shared, shared, [1]])
    assert back[0] is back[1] is not back[2]
    assert encode([shared, shared]) != encode([[1], [1]])
    for cyclic in ([1], {"a": 1}, Words([1]), Table(a=1)):
        if isinstance(cyclic, dict):
            cyclic["self"] = cyclic
            assert (back := built(cyclic))["self"] is back
        else:
            cyclic.append(cyclic)
            assert (back := built(cyclic))[1] is back
    node = Node()
    node.next = [node]
    assert (back := built(node)).next[0] is back
    assert decode(encode(node)).state[2]["next"][0].module == HERE


def test_references_inside_sets_point_to_what_they_did() -> None:
    """An object in a set that refers to itself does so still, whatever was sent before the set."""
    node = Node()
    node.next = node
    first, group = built([[1], {node}])
    (found,) = group
    assert first == [1]
    assert found.next is found


@pytest.mark.parametrize(
    "value",
    [
        Point(1, [2]),
        Frozen("a"),
        Pair([1], 2),
        Slots([1], {2: 3}),
        Words([1, 2]),
        Table(a=[1]),
        Metres(-0.0),
        Name("\ud800"),
        Colour.BLUE,
        Access.READ | Access.WRITE,
        Access(0),
        {Colour.RED: {Frozen(1)}},
        Broken("a", 2),
        collections.defaultdict(list, a=[1]),
        array.array("d", [1.5]),
        [int, len, Point, collections],
        pathlib.PurePosixPath("a/b"),
    ],
    ids=short,
)
def test_user_objects_are_made_again_in_the_sandbox_alone(value: Any) -> None:
    """The sandbox rebuilds objects of user classes; the parent holds stand-ins; bytes agree."""
    data = encode(value)
    back = decode(data, build=True)
    assert type(back) is type(value)
    assert encode(back) == data
    stands_in = decode(data)
    assert encode(stands_in) == data or isinstance(value, type)
    assert not isinstance(stands_in, CLASSES)


def test_user_code_is_not_run_by_either_direction() -> None:
    """Overridden methods of a class are called neither to encode nor to rebuild its objects."""
    called: list[str] = []

    class Liar:
        __slots__ = ("__dict__", "slot")

        def __init__(self, value: int) -> None:
            object.__setattr__(self, "value", value)

        def tell(name: str) -> Any:
            def method(self: Any, *args: Any) -> Any:
                called.append(name)
                return True

            return method

        for name in (
            "eq", "hash", "reduce", "reduce_ex", "getstate", "getattr", "getattribute", "setattr",
            "repr", "str", "len", "iter", "bool", "deepcopy", "instancecheck", "class_getitem",
        ):  # fmt: skip
            locals()[f"__{name}__"] = tell(name)
        __class__ = property(lambda self: called.append("class") or dict)

    Liar.__module__, Liar.__qualname__ = HERE, "Liar"
    sys.modules[HERE].Liar = Liar
    one, other = encode([Liar(1)]), encode([Liar(2)])
    assert one != other
    built_one = decode(one, build=True)[0]
    assert type(built_one) is Liar
    assert type(decode(one)[0]) is Object
    assert called == []


@pytest.mark.parametrize(
    "value",
    [
        Queue([1]),
        Stream("a"),
        random.Random(1),
        numpy.zeros(2).view(Matrix),
        numpy.array(["a"], dtype=numpy.dtypes.StringDType()),
        numpy.zeros(1, dtype=[("a", "O")]),
        memoryview(b"ab").cast("b"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_state_that_cannot_be_read_is_not_taken_for_equal(value: Any) -> None:
    """Objects whose content lies in fields of C are refused, not sent without it."""
    with pytest.raises(WireError):
        encode(value)


def test_a_cause_is_told_and_its_absence_too() -> None:
    """`raise ... from error`, `from None` and neither are three outcomes."""

    def raised_from(how: str) -> bytes:
        try:
            try:
                int("x")
            except ValueError as error:
                if how == "error":
                    raise KeyError("k") from error
                if how == "none":
                    raise KeyError("k") from None
                raise KeyError("k")  # noqa: B904
        except KeyError as error:
            return encode(error)
        raise AssertionError

    assert len({raised_from("error"), raised_from("none"), raised_from("neither")}) == 3


def test_standard_values_that_cannot_change_are_not_told_apart_by_identity() -> None:
    """One date twice, or two equal ones: nobody can see the difference. Lists are another thing."""
    day, row = datetime.date(2024, 1, 1), [1]
    assert encode([day, day]) == encode([day, datetime.date(2024, 1, 1)])
    assert encode([row, row]) != encode([row, [1]])
